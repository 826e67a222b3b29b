import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type BacktestClaim,
  claimBacktest,
  dueBacktests,
  endCancelled,
  failBacktest,
  finishBacktest,
  releaseBacktest,
  renewBacktest,
} from '#db/backtests.ts'
import { type BacktestTerms, backtestLimits } from '#src/domain/backtest.ts'
import { messageOf, UserError, VenueUnavailable } from '#src/errors.ts'
import { backtest } from '#src/queue/contracts.ts'
import { done, failed, type Outcome, type Run, skipped } from '#src/queue/job.ts'
import { type JobContext, job } from './context.ts'
import { runAsked } from './run-asked.ts'

/** A run whose worker has not been heard of for this long is taken by another. */
const leaseMs = 20_000
const renewEveryMs = 1_000
/** The board learns so often how far it is. */
const tellEveryMs = 5_000
/** Where nobody has taken a run by then, it is offered again. */
const offerEveryMs = 10_000
/** A run that has lost so many workers is what kills them. */
const mostClaims = 5

/**
 * Runs one backtest that a user asked for. The database says whose turn it is, and offers what waits: a lost queue, or a worker
 * that was killed in the middle of a run, costs seconds.
 */
export default job(backtest, {
  schedule: async ({ db }) =>
    (await dueBacktests(db, backtestLimits.atOnce)).map((id) => ({
      key: `backtest-${id}`,
      data: { backtestId: id },
      everyMs: offerEveryMs,
    })),

  async run({ backtestId }, context, run) {
    const { db, workerId } = context
    const { atOnce } = backtestLimits
    const claimed = await claimBacktest(db, backtestId, { workerId, leaseMs, atOnce, isRetry: run.isRetry })
    if (!claimed) return skipped('it is over, another worker runs it, or its user has enough under way')
    const { claim, terms } = claimed
    if (claim.claims > mostClaims && !run.isRetry)
      return end(context, claim, {
        reason: `it was begun ${claim.claims - 1} times, and each time its worker was lost`,
        advice: 'Ask for fewer symbols or days, and tell the operator.',
      })
    return hold(context, claim, terms, run)
  },
})

/** Runs it under a lease that is renewed, and ends it as it came out. */
async function hold(
  context: JobContext,
  claim: BacktestClaim,
  terms: BacktestTerms,
  { signal, tell }: Run,
): Promise<Outcome> {
  const { db, log } = context
  const folder = await mkdtemp(join(tmpdir(), 'bullpen-backtest-'))
  const stop = new AbortController()
  const at = { progress: 0, doing: 'getting ready' }
  const lease: { verdict: Awaited<ReturnType<typeof renewBacktest>> } = { verdict: 'goes-on' }
  let renewing: Promise<void> = Promise.resolve()
  const shown = { doing: '', atMs: 0 }
  const renew = async () => {
    lease.verdict = await renewBacktest(db, claim, { leaseMs, ...at })
    if (lease.verdict !== 'goes-on') stop.abort(new Error(lease.verdict))
    const isNews = at.doing !== shown.doing && !at.doing.startsWith('at ')
    if (!isNews && performance.now() - shown.atMs < tellEveryMs) return
    Object.assign(shown, { doing: at.doing, atMs: performance.now() })
    await tell?.(at.progress, isNews ? at.doing : undefined)
  }
  const timer = setInterval(() => {
    renewing = renewing
      .then(() => (lease.verdict === 'goes-on' ? renew() : undefined))
      .catch((error) =>
        log.warn({ err: error, backtestId: claim.id }, 'a backtest could not renew its lease'),
      )
  }, renewEveryMs)
  try {
    const outcome = await runAsked(context, terms, {
      folder,
      signal: AbortSignal.any([signal, stop.signal]),
      tell: (progress, doing) => Object.assign(at, { progress, doing }),
    })
    if (!(await finishBacktest(db, claim, outcome))) return skipped('another worker runs it by now')
    return done
  } catch (error) {
    await renewing
    if (lease.verdict === 'cancelled') return cancelled(context, claim)
    if (lease.verdict === 'lost') return skipped('another worker runs it by now')
    if (signal.aborted) {
      await releaseBacktest(db, claim)
      return skipped('its worker stops: another begins it anew')
    }
    return end(context, claim, reasonOf(error), !(error instanceof UserError))
  } finally {
    clearInterval(timer)
    await renewing
    await rm(folder, { recursive: true, force: true })
  }
}

async function cancelled({ db }: JobContext, claim: BacktestClaim): Promise<Outcome> {
  await endCancelled(db, claim)
  return { kind: 'done', note: 'cancelled by its user' }
}

/** Ends it as failed. What its user can mend is no failure of the program, and does not stand on the board as one. */
async function end(
  { db }: JobContext,
  claim: BacktestClaim,
  why: { readonly reason: string; readonly advice: string },
  isOurs = true,
): Promise<Outcome> {
  await failBacktest(db, claim, why)
  return isOurs ? failed(why.reason, why.advice) : { kind: 'done', note: `refused: ${why.reason}` }
}

function reasonOf(error: unknown): { readonly reason: string; readonly advice: string } {
  const reason = messageOf(error)
  if (error instanceof VenueUnavailable) return { reason, advice: 'Ask again in a few minutes.' }
  if (error instanceof UserError) return { reason, advice: adviceFor(reason) }
  return { reason, advice: 'Ask again; when it fails again, tell the operator.' }
}

function adviceFor(reason: string): string {
  if (/does not list/.test(reason)) return 'Leave that symbol out, or choose an account where it is traded.'
  if (/candle opens|candles of/.test(reason))
    return 'Choose another time, or longer candles: no venue keeps short ones for ever.'
  if (/strategy/.test(reason)) return 'Correct the strategy or its parameters, and ask again.'
  if (/said nothing/.test(reason)) return 'Ask for fewer days, or look for an endless loop in the strategy.'
  if (/simulator|times$|patience/.test(reason)) return 'Ask again in a few minutes.'
  return 'Change what it names, and ask again.'
}
