import { messageOf } from '../errors.ts'
import { type Contest, pairsOf } from './contest.ts'
import { type Ground, openGround } from './ground.ts'
import { hasChromium } from './live-page.ts'
import { judge, type Row } from './row.ts'

/** What a bench came to. */
export interface Bench {
  readonly rows: readonly Row[]
  /** Contests that could not be measured. */
  readonly broken: number
}

interface RunOptions {
  /** Rounds of each contest, the dropped one included: at least 2. */
  readonly rounds: number
  /** Hears what goes on, in pieces of lines. */
  readonly say: (text: string) => void
  readonly signal: AbortSignal
}

/**
 * Runs contests one after the other on stores of their own. One that breaks is said and left out; one whose store the
 * machine lacks is skipped in one line. Throws when the signal aborts.
 */
export async function runContests(contests: readonly Contest[], options: RunOptions): Promise<Bench> {
  await using closing = new AsyncDisposableStack()
  const ground = openGround(closing)
  const rows: Row[] = []
  let broken = 0
  for (const contest of contests) {
    options.say(`${contest.goal.padEnd(10)} ${contest.title}`)
    const lack = await lackOf(contest, ground)
    if (lack !== undefined) {
      options.say(` skipped: there is no ${lack} on this machine\n`)
      continue
    }
    try {
      rows.push(...(await runContest(contest, ground, options)))
    } catch (error) {
      options.signal.throwIfAborted()
      broken += 1
      options.say(` not measured: ${messageOf(error)}\n`)
    }
  }
  return { rows, broken }
}

/** What the contest needs and the machine has not. */
async function lackOf({ needs }: Contest, ground: Ground): Promise<string | undefined> {
  if (needs === 'redis' && (await ground.redis()) === undefined) return 'redis-server'
  if (needs === 'chromium' && !hasChromium) return 'chromium'
  return undefined
}

/** All rounds of one contest, judged. */
async function runContest(
  contest: Contest,
  ground: Ground,
  { rounds, say, signal }: RunOptions,
): Promise<Row[]> {
  await using closing = new AsyncDisposableStack()
  const beganMs = performance.now()
  const round = await contest.open(ground, closing)
  const measured: Awaited<ReturnType<typeof round>>[] = []
  while (measured.length < rounds) {
    signal.throwIfAborted()
    measured.push(await round())
    say(' .')
  }
  const rows = contest.measures.map((measure) => judge(measure, pairsOf(measured, measure)))
  say(` ${((performance.now() - beganMs) / 1_000).toFixed(0)} s\n`)
  return rows
}
