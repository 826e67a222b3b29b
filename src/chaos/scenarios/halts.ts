import { setTimeout as sleep } from 'node:timers/promises'
import { orderHalt } from '#db/halt-orders.ts'
import { ensureSymbolHalt, type HaltPlace } from '#db/halts.ts'
import { enqueueOn } from '../../queue/enqueue.ts'
import { openQueues } from '../../queue/queues.ts'
import type { Journal } from '../journal.ts'
import { spreadOf } from '../percentile.ts'
import { oneOf, type Random, random, wholeBetween } from '../random.ts'
import type { Scenario } from './scenario.ts'
import { harmOf, openStage, type Stage } from './stage.ts'

/** Of so many halts in a row, the last few find Redis down. */
const turn = 25
const downInTurn = 5
/** Entries that are planned right before a halt, so that some wait, and some are being claimed. */
const burst = 16
const flattens = 0.05
/** A port that nobody listens on. */
const nowhere = 1

/** Halts of every scope among many workers, some while Redis is down: once one has returned, no entry of its scope is claimed. */
export const halts: Scenario = {
  times: 200,
  workers: 16,
  async play(options, closing) {
    const { seed, times, workers, say, signal } = options
    const stage = await openStage({ ...options, backend: 'redis' }, closing, { pairsOfAccounts: 6 })
    const { journal, backend, proxies, stores } = stage.field
    const next = random(seed, 40)
    const queues = closing.adopt(openQueues(backend), (each) => each.close())
    const load = stage.load(enqueueOn(queues))
    await stage.hire({ name: 'worker', count: workers })
    const redisPort = Number(new URL(stores.redisUrl ?? '').port)
    const returned: number[] = []
    const broken: string[] = []
    let withoutRedis = 0
    for (let i = 0; i < times; i++) {
      signal?.throwIfAborted()
      const place = i % turn
      if (place === turn - downInTurn) proxies.queue.point(nowhere)
      if (place === 0) proxies.queue.point(redisPort)
      if (place >= turn - downInTurn) withoutRedis += 1
      await load.plan(burst)
      await sleep(wholeBetween(next, 0, 200))
      const halt = await haltFor(wholeBetween(next, 200, 600), stage, next)
      returned.push(halt.returnedAfterS)
      broken.push(...halt.broken)
      await sleep(wholeBetween(next, 100, 400))
      if ((i + 1) % turn === 0) say(`${i + 1} of ${times} halts`)
    }
    proxies.queue.point(redisPort)
    await stage.settled()
    const verdict = await stage.check()
    const [entries] = await journal.query<{ sent: number; refused: number }>(
      `select count(*) filter (where sent_at is not null)::int as sent,
         count(*) filter (where state = 'abandoned' and failure_reason like 'a halt on%')::int as refused
       from orders where purpose = 'entry'`,
    )
    const { sent = 0, refused = 0 } = entries ?? {}
    return {
      harm: { claimedAfterHalt: broken.length, ...harmOf(verdict) },
      figures: {
        halts: times,
        withoutRedis,
        workers,
        entriesSent: sent,
        entriesRefused: refused,
        haltReturned_s: spreadOf(returned),
      },
      findings: [...broken, ...verdict.findings],
      void: sent === 0 || refused === 0 ? 'no entry met a halt' : undefined,
    }
  },
}

/** Sets a halt, keeps it for a while and lifts it: how long setting it took, and the entries that were claimed meanwhile. */
async function haltFor(
  forMs: number,
  stage: Stage,
  next: Random,
): Promise<{ readonly returnedAfterS: number; readonly broken: readonly string[] }> {
  const { db, journal } = stage.field
  const place = placeOf(stage, next)
  if (place.scope === 'symbol') await ensureSymbolHalt(db, place.key)
  const order = { ...place, reason: 'chaos', by: 'chaos' }
  const mode = place.scope === 'account' && next() < flattens ? 'flatten' : 'no_entries'
  const begunMs = performance.now()
  await db.transaction().execute((tx) => orderHalt(tx, { ...order, mode }))
  const returnedAfterS = (performance.now() - begunMs) / 1_000
  const [now] = await journal.query<{ at: string }>('select clock_timestamp()::text as at')
  await sleep(forMs)
  const broken = await claimedSince(journal, place, now?.at ?? '')
  await db.transaction().execute((tx) => orderHalt(tx, { ...order, mode: 'none' }))
  // Automatic halts count from a halt's last change on, and are not what this is about.
  await journal.query(`update halts set set_at = now() + interval '10 years' where scope = $1 and key = $2`, [
    place.scope,
    place.key,
  ])
  return { returnedAfterS, broken }
}

/** Entries in a place that were claimed after a moment of the database's clock; one line each. */
async function claimedSince({ query }: Journal, { scope, key }: HaltPlace, at: string): Promise<string[]> {
  const rows = await query<{ id: string; seconds: string }>(
    `select o.id, extract(epoch from e.at - $3::timestamptz)::numeric(9, 3)::text as seconds
     from order_events e join orders o on o.id = e.order_id
     where e.to_state = 'submitting' and e.at > $3::timestamptz and o.purpose = 'entry' and case $1
       when 'global' then true when 'exchange' then o.exchange = $2 when 'user' then o.user_id::text = $2
       when 'account' then o.account_id::text = $2 else split_part(o.symbol, ':', 1) = $2 end`,
    [scope, key, at],
  )
  return rows.map(
    ({ id, seconds }) =>
      `entry ${id} was claimed ${seconds} s after the halt on ${scope} ${key} had returned`,
  )
}

function placeOf({ accounts }: Stage, next: Random): HaltPlace {
  const { id, userId } = oneOf(next, accounts)
  return oneOf<HaltPlace>(next, [
    { scope: 'global', key: '*' },
    { scope: 'exchange', key: 'binance' },
    { scope: 'user', key: userId },
    { scope: 'account', key: id },
    { scope: 'symbol', key: `${oneOf(next, ['BTC', 'ETH', 'SOL'])}/USDT` },
  ])
}
