import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from '#db/client.ts'
import { orderCloseAll } from '#db/halt-orders.ts'
import { wake as askToSend } from '#jobs/follow.ts'
import { wallClock } from '../../clock.ts'
import { messageOf, systemCode, VenueUnavailable } from '../../errors.ts'
import { createGateway } from '../../exchange/gateway.ts'
import { createLog } from '../../log.ts'
import type { Wake } from '../../orders/close-position.ts'
import type { OrderDesk } from '../../orders/order-desk.ts'
import { enqueueOn } from '../../queue/enqueue.ts'
import { openQueues } from '../../queue/queues.ts'
import type { Journal } from '../journal.ts'
import { random } from '../random.ts'
import { attempt, type Watched } from './evaluator.ts'
import type { Scenario } from './scenario.ts'
import { harmOf, openStage } from './stage.ts'

const evaluators = 64
/** Few positions for many: everybody wants the same thing at the same moment. */
const bases = ['BTC', 'ETH', 'SOL']
const hotAtOnce = 8
const hotForMs = 400
const lookMs = 200
const sayEvery = 5_000
/** Everything on an account is closed once in so many attempts. */
const closeAllEvery = 4_000
const deadlock = '40P01'

/** Evaluators that race for stops, levels, resting stops and close-alls of the same positions, over connections of their own. */
export const evaluatorRace: Scenario = {
  times: 100_000,
  workers: 2,
  async play(options, closing) {
    const { seed, times, workers, say, signal } = options
    const stage = await openStage(options, closing, { pairsOfAccounts: 4 })
    const { field, accounts } = stage
    const { journal, keys, feedOf, stores, venueUrl } = field
    const db = closing.adopt(connect(stores.databaseUrl, 'bullpen_worker', { max: evaluators }), (each) =>
      each.destroy(),
    )
    const gateway = closing.adopt(createGateway({ db, keys, simulatorUrl: async () => venueUrl }), (each) =>
      each.close(),
    )
    const desk: OrderDesk = {
      db,
      gateway,
      feedOf,
      keys,
      clock: wallClock,
      log: createLog({ level: 'silent', role: 'chaos' }),
      workerId: 'chaos-evaluator',
      config: { monitorShards: 4, replaySpeed: 1 },
    }
    const queues = closing.adopt(openQueues(field.backend), (each) => each.close())
    const enqueue = enqueueOn(queues)
    const load = stage.load(enqueue, bases)
    await stage.hire({ name: 'worker', count: workers })

    let watched: readonly Watched[] = []
    let isOver = false
    const look = async () => {
      while (!isOver) {
        await load.plan(accounts.length * bases.length)
        watched = await living(journal)
        await sleep(lookMs)
      }
    }
    const looking = look()
    while (watched.length < hotAtOnce) await sleep(lookMs)

    const begunMs = performance.now()
    const counts = { attempts: 0, planned: 0, deadlocks: 0, errors: 0 }
    const findings: string[] = []
    const wake: Wake = (order) => void askToSend(enqueue, order, 0).catch(() => {}) // the sweeper wakes it
    const evaluate = async (lane: number) => {
      const next = random(seed, 100 + lane)
      while (counts.attempts < times) {
        signal?.throwIfAborted()
        const at = Math.floor(performance.now() / hotForMs) * hotAtOnce + Math.floor(next() * hotAtOnce)
        const hot = watched[at % watched.length]
        if (!hot) {
          await sleep(lookMs)
          continue
        }
        counts.attempts += 1
        if (counts.attempts % sayEvery === 0) say(`${counts.attempts} of ${times} attempts`)
        if (counts.attempts % closeAllEvery === 0) await closeAll(counts.attempts / closeAllEvery)
        try {
          if (await attempt(desk, next, hot, wake)) counts.planned += 1
        } catch (error) {
          if (error instanceof VenueUnavailable) continue
          counts[systemCode(error) === deadlock ? 'deadlocks' : 'errors'] += 1
          findings.push(messageOf(error))
        }
      }
    }
    const closeAll = async (nth: number) => {
      const key = accounts[nth % accounts.length]?.id ?? ''
      const order = { scope: 'account', key, reason: 'chaos', by: 'chaos' } as const
      await db.transaction().execute((tx) => orderCloseAll(tx, order))
    }
    await Promise.all(Array.from({ length: evaluators }, (_, lane) => evaluate(lane)))
    const seconds = (performance.now() - begunMs) / 1_000
    isOver = true
    await looking
    await stage.settled()

    const verdict = await stage.check()
    const [told] = await journal.query<{ deadlocks: number }>(
      'select deadlocks::int from pg_stat_database where datname = current_database()',
    )
    const doubled = await doubleSlots(journal)
    return {
      harm: {
        doubleSlots: doubled.length,
        ...harmOf(verdict),
        deadlocks: Math.max(counts.deadlocks, told?.deadlocks ?? 0),
        errors: counts.errors,
      },
      figures: {
        evaluators,
        attempts: counts.attempts,
        planned: counts.planned,
        attempts_perS: Math.round(counts.attempts / seconds),
        orders: verdict.journal,
        executed: verdict.executed,
      },
      findings: [...doubled, ...new Set(findings), ...verdict.findings].slice(0, 100),
      void: counts.planned < times / 1_000 ? 'hardly anything was planned' : undefined,
    }
  },
}

async function living({ query }: Journal): Promise<Watched[]> {
  return query<{ id: string; market: 'spot' | 'futures'; quantity: string; price: number }>(
    `select p.id, case when p.symbol like '%:%' then 'futures' else 'spot' end as market,
       p.qty_open::text as quantity, p.entry_price::float8 as price
     from positions p where p.state in ('open', 'closing') and p.qty_open > 0 order by p.id`,
  )
}

/** Slots of a position that two orders held at the same time, by the order of events; one line each. */
async function doubleSlots({ query }: Journal): Promise<string[]> {
  const rows = await query<{ position_id: string; slot: string; one: string; other: string }>(
    `with held as (
       select s.position_id, s.slot, s.order_id, min(e.id) as born,
         min(e.id) filter (where e.to_state in ('filled', 'canceled', 'rejected', 'not_at_venue', 'abandoned', 'manual')) as died
       from order_slots s join order_events e using (order_id) group by 1, 2, 3)
     select a.position_id, a.slot, a.order_id as one, b.order_id as other from held a join held b
       on a.position_id = b.position_id and a.slot = b.slot and a.born < b.born and (a.died is null or b.born < a.died)`,
  )
  return rows.map(
    ({ position_id, slot, one, other }) =>
      `${slot} of position ${position_id} was held by ${one} and ${other}`,
  )
}
