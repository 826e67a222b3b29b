import { setTimeout as sleep } from 'node:timers/promises'
import { enqueueOn } from '../../queue/enqueue.ts'
import { openQueues } from '../../queue/queues.ts'
import type { FaultScript } from '../../simulator/faults/rule.ts'
import { disturbVenue } from '../whims.ts'
import type { Scenario } from './scenario.ts'
import { harmOf, openStage } from './stage.ts'

/** Every outcome is known by then, at p99, in s. */
const knownWithinS = 45
const perRound = 8
const roundMs = 250
const sayEveryMs = 10_000

/** No order is answered: half of them are executed, a tenth of all late by up to 8 s, and reads are 3 s old. */
function silentVenue(seed: number): FaultScript {
  const match = { request: 'order' } as const
  return {
    seed,
    rules: [
      { fault: 'late-accept', match, probability: 0.1, afterMs: [0, 8_000] },
      { fault: 'drop-after-accept', match, probability: 0.34 },
      { fault: '-1007-executed', match, probability: 0.25 },
      { fault: '-1007-not-executed', match, probability: 0.5 },
      { fault: 'drop-before', match },
      { fault: 'stale-read', match: { request: ['query', 'fills', 'account'] }, afterMs: 3_000 },
    ],
  }
}

/** A venue that answers no order at all: every outcome is found out, and none wrongly. */
export const unknown: Scenario = {
  times: 2_000,
  workers: 4,
  async play(options, closing) {
    const { seed, times, workers, say, signal } = options
    const stage = await openStage(options, closing, { pairsOfAccounts: 8 })
    const { journal, backend, venueUrl } = stage.field
    const queues = closing.adopt(openQueues(backend), (each) => each.close())
    const load = stage.load(enqueueOn(queues))
    await stage.hire({ name: 'worker', count: workers })
    const calm = await disturbVenue(venueUrl, silentVenue(seed))
    let saidMs = performance.now()
    for (let count = 0; count < times; count = await unknowns()) {
      signal?.throwIfAborted()
      await load.plan(perRound)
      await goOn()
      if (performance.now() - saidMs > sayEveryMs) {
        saidMs = performance.now()
        say(`${count} of ${times} outcomes were unknown`)
      }
      await sleep(roundMs)
    }
    await stage.settled()
    await calm()
    const verdict = await stage.check()
    const { p99 } = verdict.resolve_s
    return {
      harm: { ...harmOf(verdict), tooSlow: p99 > knownWithinS ? 1 : 0 },
      figures: {
        unknown: await unknowns(),
        orders: verdict.journal,
        executed: verdict.executed,
        resolve_s: verdict.resolve_s,
      },
      findings: verdict.findings,
      void:
        verdict.executed === 0 || verdict.executed === verdict.journal
          ? 'all outcomes were the same'
          : undefined,
    }

    /** How many orders have ever been unknown. */
    async function unknowns(): Promise<number> {
      const [row] = await journal.query<{ count: number }>(
        `select count(distinct order_id)::int as count from order_events where to_state = 'unknown'`,
      )
      return row?.count ?? 0
    }

    /** What an operator would do who wants to go on. */
    async function goOn(): Promise<void> {
      await journal.query(
        `update accounts set status = 'active', status_reason = null where status in ('paused', 'degraded')`,
      )
    }
  },
}
