import { setTimeout as sleep } from 'node:timers/promises'
import type { Journal } from '../journal.ts'
import type { Load } from '../load.ts'
import { type Spread, spreadOf } from '../percentile.ts'
import type { Played, ScenarioOptions } from './scenario.ts'
import { harmOf, type Stage } from './stage.ts'

/** Work goes on within this after a queue was lost, in s. */
const goOnWithin = 10
/** Orders that are planned in one go before the queue is lost, and after. */
const burst = 40
const fresh = 8
/** The venue takes so long for each answer meanwhile that most of them wait or are in hand. */
const slowVenue = { delayMs: 250, forMs: 1_500 }
const roundEndsMs = 120_000
const lookMs = 50

/** What the loss of a queue was. */
interface Lost {
  /** Jobs it took along that somebody had been promised. */
  readonly jobs: number
  /** For how long no worker was there because its process was still starting; it is not counted to what follows. */
  readonly startS?: number
  /** What goes on beside the work, and is over before the next round. */
  readonly beside?: Promise<unknown>
}

/** One way to lose a queue. */
export interface Losing {
  readonly load: Load
  /** What comes before each burst. */
  readonly beforeBurst?: (round: number) => Promise<void> | void
  /** Loses the queue of a round. */
  lose(round: number): Promise<Lost>
}

/**
 * Loses the queue again and again, each time with a burst of orders waiting and in hand, and measures by the journal how
 * soon one is sent that was planned after the loss, and how soon the last is that was waiting when it was lost.
 */
export async function loseAgainAndAgain(
  { times, say, signal }: ScenarioOptions,
  stage: Stage,
  { load, beforeBurst, lose }: Losing,
): Promise<Played> {
  const { journal, proxies } = stage.field
  await load.plan(burst)
  await stage.settled()
  const goOn: number[] = []
  const caughtUp: number[] = []
  const starts: number[] = []
  const findings: string[] = []
  let jobsLost = 0
  let waiting = 0
  for (let round = 0; round < times; round++) {
    signal?.throwIfAborted()
    await beforeBurst?.(round)
    proxies.venue.slow(slowVenue.delayMs, slowVenue.forMs)
    await load.plan(burst)
    const before = await standing(journal)
    const { jobs, startS = 0, beside } = await lose(round)
    jobsLost += jobs
    starts.push(startS)
    await load.plan(fresh)
    const took = await untilGoneOn(journal, before, startS)
    waiting += took.waiting
    goOn.push(took.nextS)
    caughtUp.push(took.lastS)
    say(
      `${round + 1} of ${times}: a new order left after ${took.nextS} s, the last of ${took.waiting} that waited after ${took.lastS} s`,
    )
    if (took.nextS > goOnWithin) findings.push(`round ${round + 1}: ${took.nextS} s to a new order`)
    await beside
    await stage.settled()
  }
  const verdict = await stage.check()
  const figures: Record<string, number | Spread> = {
    rounds: times,
    orders: verdict.journal,
    executed: verdict.executed,
    jobsLost,
    waitingWhenLost: waiting,
    goOn_s: spreadOf(goOn),
    caughtUp_s: spreadOf(caughtUp),
    ...(Math.max(...starts) > 0 && { processesStart_s: spreadOf(starts.filter((seconds) => seconds > 0)) }),
  }
  return {
    harm: { ...harmOf(verdict), tooLate: findings.length },
    figures,
    findings: [...findings, ...verdict.findings],
    void: jobsLost === 0 || waiting === 0 ? 'no job was lost: nothing was tried' : undefined,
  }
}

/** A moment of the journal, and which orders wait to be sent then. */
interface Standing {
  readonly at: string
  readonly planned: readonly string[]
}

async function standing({ query }: Journal): Promise<Standing> {
  const [row] = await query<{ at: string; planned: string[] }>(
    `select clock_timestamp()::text as at, array(select id::text from orders where state = 'planned') as planned`,
  )
  if (!row) throw new Error('the database did not say how it stands')
  return row
}

/** From when the loss began and processes had started, in s: until an order planned since is claimed, and until each that waited was claimed or ended. */
async function untilGoneOn(
  { query }: Journal,
  { at, planned }: Standing,
  startS: number,
): Promise<{ readonly nextS: number; readonly lastS: number; readonly waiting: number }> {
  const begunMs = performance.now()
  for (;;) {
    const [row] = await query<{ next: string | null; last: string | null; left: number }>(
      `select extract(epoch from min(at) filter (where to_state = 'submitting' and planned_at > $1::timestamptz) - $1::timestamptz)::text as next,
         extract(epoch from max(at) filter (where order_id = any ($2::uuid[])) - $1::timestamptz)::text as last,
         (select count(*)::int from orders where id = any ($2::uuid[]) and state = 'planned') as left
       from order_events e join orders o on o.id = e.order_id
       where e.at > $1::timestamptz and e.from_state = 'planned'`,
      [at, planned],
    )
    const isOver = row !== undefined && row.next !== null && row.left === 0
    if (isOver || performance.now() - begunMs > roundEndsMs) {
      const late = roundEndsMs / 1_000
      const seconds = (text: string | null | undefined) =>
        Math.round(Math.max(0, Number(text ?? late) - startS) * 1_000) / 1_000
      return {
        nextS: seconds(row?.next),
        lastS: planned.length === 0 ? 0 : row?.left === 0 ? seconds(row.last) : late,
        waiting: planned.length,
      }
    }
    await sleep(lookMs)
  }
}
