import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { ensureSymbolHalt, setHalt } from '#db/halts.ts'
import { type Crashpoint, lastWords } from '../../orders/crashpoint.ts'
import { enqueueOn } from '../../queue/enqueue.ts'
import { openQueues } from '../../queue/queues.ts'
import type { Member } from '../crew.ts'
import { spreadOf } from '../percentile.ts'
import { readTruth } from '../truth.ts'
import { lateEffects } from './late-effects.ts'
import type { Scenario } from './scenario.ts'
import { harmOf, openStage } from './stage.ts'

/**
 * Where a worker stands still: with a job in hand that it has not claimed, in the middle of the claim's transaction,
 * between the claim's commit and the sending, and between the venue's answer and the books.
 */
const places: readonly Crashpoint[] = [
  'ready-not-claimed',
  'mid-claim',
  'claimed-not-sent',
  'sent-not-recorded',
]
const perRound = 4
const roundMs = 500
/** Every worker comes by each place in far less. */
const strikesWithinMs = 120_000
/** What a worker does after it was woken, it has done by then. */
const wokenMs = 5_000
/** A halt waits for the claims before it, and those of a frozen worker are ended by then. */
const haltWithinS = 15
/** Nobody trades it here: halting it changes nothing but who waits for whom. */
const haltedSymbol = 'HALT/USDT'

/** Workers that stand still for `forMs` at each place, while others go on; nothing late may come of it when they wake. */
export function freezeFor(forMs: number): Scenario {
  return {
    times: 5,
    workers: 2,
    async play(options, closing) {
      const { times, workers, say, signal } = options
      const stage = await openStage(options, closing, { pairsOfAccounts: 4 })
      const { journal, db, backend, venueUrl } = stage.field
      const queues = closing.adopt(openQueues(backend), (each) => each.close())
      const load = stage.load(enqueueOn(queues))
      await stage.hire({ name: 'worker', count: workers })
      await load.plan(perRound)
      await stage.settled()
      const victims = new Map<Crashpoint, Member>()
      for (const place of places) {
        const [member] = await stage.hire({ name: `at-${place}`, count: 1, arm: () => `${place}:1:freeze` })
        if (member) victims.set(place, member)
      }
      const strikes = (place: Crashpoint) => strikesIn(stage.logOf(`at-${place}`, 0))
      const halts: number[] = []
      const frozen = Object.fromEntries(places.map((place) => [place, 0]))
      for (let round = 0; round < times; round++) {
        const before = new Map(places.map((place) => [place, strikes(place)]))
        const struck = new Set<Crashpoint>()
        const begunMs = performance.now()
        while (struck.size < places.length && performance.now() - begunMs < strikesWithinMs) {
          signal?.throwIfAborted()
          await load.plan(perRound)
          for (const place of places)
            if (!struck.has(place) && strikes(place) > (before.get(place) ?? 0)) {
              victims.get(place)?.freeze(forMs)
              struck.add(place)
              frozen[place] = (frozen[place] ?? 0) + 1
              if (place === 'mid-claim') halts.push(await halted())
            }
          await sleep(roundMs)
        }
        const wakeMs = performance.now() + forMs + wokenMs
        while (performance.now() < wakeMs) {
          signal?.throwIfAborted()
          await load.plan(perRound)
          await sleep(roundMs)
        }
        say(`${round + 1} of ${times}: ${struck.size} stood still for ${forMs / 1_000} s each`)
        for (const victim of victims.values()) victim.kill() // it starts again, armed
      }
      await stage.settled()
      const verdict = await stage.check()
      const late = await lateEffects(journal, await readTruth(venueUrl))
      const slowHalts = halts.filter((seconds) => seconds > haltWithinS)
      const never = places.filter((place) => frozen[place] === 0)
      return {
        harm: { lateEffects: late.length, ...harmOf(verdict), haltsKeptWaiting: slowHalts.length },
        figures: {
          frozen_s: forMs / 1_000,
          ...frozen,
          orders: verdict.journal,
          executed: verdict.executed,
          haltReturned_s: spreadOf(halts),
        },
        findings: [...late, ...verdict.findings],
        void: never.length > 0 ? `nobody stood still at ${never.join(', ')}` : undefined,
      }

      /** How long a halt takes that is set now, in s. */
      async function halted(): Promise<number> {
        await ensureSymbolHalt(db, haltedSymbol)
        const begunMs = performance.now()
        const place = { scope: 'symbol', key: haltedSymbol } as const
        await setHalt(db, { ...place, mode: 'no_entries', reason: 'chaos', setBy: 'chaos' })
        const seconds = (performance.now() - begunMs) / 1_000
        await setHalt(db, { ...place, mode: 'none', reason: null, setBy: 'chaos' })
        return seconds
      }
    },
  }
}

/** How often a worker has said that it struck a crash point. */
function strikesIn(log: string): number {
  return existsSync(log) ? readFileSync(log, 'utf8').split(lastWords).length - 1 : 0
}
