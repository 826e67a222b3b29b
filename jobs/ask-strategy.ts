import { recordAudit } from '#db/audit.ts'
import type { MarketFeed } from '#src/exchange/market-feed.ts'
import { done, failed, type Outcome, skipped } from '#src/queue/job.ts'
import { recordWords } from '#src/signals/strategies/record-words.ts'
import { type JobContext, leastLifeWallMs } from './context.ts'

/** Shows one of the operator's strategies what has closed and records what it says. One that failed is told of once. */
export async function askStrategy(
  source: string,
  symbols: readonly string[],
  market: MarketFeed,
  { db, strategies, clock, config, log, workerId }: JobContext,
): Promise<Outcome> {
  const look = await strategies.look(source, symbols, market, clock.marketNow())
  if (look.state === 'gone') return skipped(`${source} is not in the folder any more`)
  if (look.state === 'paused') {
    if (!look.isNews) return skipped(`${source} is paused: ${look.reason}`)
    log.error({ source, reason: look.reason }, 'a strategy is paused until its file changes')
    await recordAudit(db, {
      actor: workerId,
      action: 'strategy-paused',
      target: source,
      details: { reason: look.reason },
    })
    return failed(`${source} is paused: ${look.reason}`, 'it goes on when its file changes')
  }
  for (const { symbol, reason } of look.missed) log.warn({ source, symbol, reason }, 'no candles')
  const leastMs = leastLifeWallMs * config.replaySpeed
  const isNew = await recordWords(db, source, look.words, { stepMs: look.stepMs, leastMs })
  if (isNew > 0) log.info({ source, said: look.words.length, isNew }, 'signals')
  return done
}
