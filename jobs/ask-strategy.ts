import { raiseAlert } from '#db/alerts.ts'
import { recordAudit } from '#db/audit.ts'
import { healthOf, saveHealth } from '#db/source-health.ts'
import { describeStrategy } from '#db/strategies.ts'
import type { MarketFeed } from '#src/exchange/market-feed.ts'
import { done, failed, type Outcome, type Run, skipped } from '#src/queue/job.ts'
import { recordWords } from '#src/signals/strategies/record-words.ts'
import { type JobContext, leastLifeWallMs } from './context.ts'

/**
 * Shows one of the operator's strategies what has closed and records what it says. One that failed is told of once, and is
 * paused until its file changes or a person retries the failed job: what went well for one worker lets the others go on too.
 */
export async function askStrategy(
  source: string,
  symbols: readonly string[],
  market: MarketFeed,
  { db, strategies, clock, config, log, workerId }: JobContext,
  { isRetry }: Pick<Run, 'isRetry'>,
): Promise<Outcome> {
  const health = await healthOf(db, source)
  if (isRetry || health?.failures === 0) strategies.goOn(source)
  const look = await strategies.look(source, symbols, market, clock.marketNow())
  if (look.state === 'gone') return skipped(`${source} is not in the folder any more`)
  if (look.state === 'paused') {
    const { reason } = look
    if (!look.isNews) return skipped(`${source} is paused: ${reason}`)
    await saveHealth(db, source, {
      failures: (health?.failures ?? 0) + 1,
      retryAtMs: null,
      answeredAtMs: health?.answeredAtMs ?? null,
      reason,
    })
    log.error({ source, reason }, 'a strategy is paused until its file changes or its job is retried')
    await recordAudit(db, { actor: workerId, action: 'strategy-paused', target: source, details: { reason } })
    await raiseAlert(db, {
      kind: 'strategy-paused',
      severity: 'warning',
      userId: null,
      subject: source,
      title: `The strategy ${source} is paused`,
      text: `It says nothing any more: ${reason}.`,
      advice: 'Change its file, or retry its failed job at /ops/queues.',
    })
    return failed(
      `${source} is paused: ${reason}`,
      'it goes on when its file changes, or when this job is retried',
    )
  }
  if (look.isFirst) await describeStrategy(db, { source, ...look.described })
  if (look.isFirst && health !== undefined && health.failures > 0) {
    await saveHealth(db, source, {
      failures: 0,
      retryAtMs: null,
      answeredAtMs: clock.wallNow(),
      reason: null,
    })
    log.info({ source }, 'a strategy goes on')
  }
  for (const { symbol, reason } of look.missed) log.warn({ source, symbol, reason }, 'no candles')
  const leastMs = leastLifeWallMs * config.replaySpeed
  const isNew = await recordWords(db, source, look.words, { stepMs: look.stepMs, leastMs })
  if (isNew > 0) log.info({ source, said: look.words.length, isNew }, 'signals')
  return done
}
