import { raiseAlert } from '#db/alerts.ts'
import { healthOf, saveHealth } from '#db/source-health.ts'
import { councilStrategy } from '#src/domain/strategies/council/council.ts'
import type { MarketFeed } from '#src/exchange/market-feed.ts'
import { fetchSignals } from '#src/queue/contracts.ts'
import { done, type Outcome, type Run, skipped } from '#src/queue/job.ts'
import { afterAnswer, afterFailure, isThere, mayAsk, unasked } from '#src/signals/titan/circuit.ts'
import { fetchTitan, titanEveryMs, titanSource } from '#src/signals/titan/fetch.ts'
import { isTitanConfigured, openTitan } from '#src/signals/titan/open.ts'
import { titanDeadlineMs } from '#src/signals/titan/patience.ts'
import { TitanUnavailable } from '#src/signals/titan/unavailable.ts'
import { type JobContext, marketInterval } from './context.ts'

/** How often in a row it fails before the operator hears of it. */
const failuresToTell = 3

/** How long a question to titan may hold its turn: its deadline, and time to read the markets and to write. */
export const titanTurnMs = titanDeadlineMs + 60_000

/**
 * Asks titan, and keeps how it did for all workers. The moment it does not answer, the council is asked: nobody waits for
 * its next interval. `leastLifeMs` is the shortest life of a signal, market time.
 */
export async function askTitan(
  symbols: readonly string[],
  market: MarketFeed,
  context: JobContext,
  { signal, leastLifeMs }: Pick<Run, 'signal'> & { readonly leastLifeMs: number },
): Promise<Outcome> {
  const { db, config, clock, log, enqueue } = context
  const titan = await openTitan(config, db)
  if (!titan) return skipped('titan is not configured')
  const health = (await healthOf(db, titanSource)) ?? unasked
  if (!mayAsk(health, clock.wallNow())) return skipped('its circuit is open: the council speaks for it')
  try {
    const fetched = await fetchTitan(titan, symbols, {
      db,
      market,
      marketNow: clock.marketNow,
      leastLifeMs,
      signal,
    })
    for (const { symbol, reason } of fetched.missed)
      log.warn({ source: titanSource, symbol, reason }, 'no signal')
    if (!fetched.isAsked) return skipped('no market could be read')
    await saveHealth(db, titanSource, { ...afterAnswer(clock.wallNow()), reason: null })
    if (health.failures > 0) log.info({ source: titanSource }, 'titan answers again')
    if (fetched.isNew > 0) log.info({ source: titanSource, ...fetched }, 'signals')
    return done
  } catch (error) {
    if (!(error instanceof TitanUnavailable)) throw error
    if (signal.aborted) return skipped('the worker stops')
    const { failure, message: reason } = error
    const after = afterFailure(health, clock.wallNow())
    await saveHealth(db, titanSource, { ...after, reason })
    await enqueue(fetchSignals, { source: councilStrategy.name })
    log.warn(
      { source: titanSource, failure, reason, failures: after.failures },
      'the council speaks for titan',
    )
    if (after.failures === failuresToTell)
      await raiseAlert(db, {
        kind: 'titan-away',
        severity: 'warning',
        userId: null,
        title: 'titan does not answer',
        text: `It failed ${failuresToTell} times in a row: ${reason}. The council speaks for it.`,
        advice: 'Look at TITAN_URL or TITAN_MODEL, and at what `npx bullpen doctor` says of titan.',
      })
    return { kind: 'done', note: `${reason}: the council speaks for it` }
  }
}

/** Whether titan speaks for itself, so that the council need not. */
export async function titanSpeaks({ db, config, clock }: JobContext): Promise<boolean> {
  if (!isTitanConfigured(config)) return false
  const health = (await healthOf(db, titanSource)) ?? unasked
  return isThere(health, { nowMs: clock.wallNow(), everyMs: marketInterval(titanEveryMs, config) })
}
