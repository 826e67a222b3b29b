import { isClosed, type Timeframe } from '../domain/candle.ts'
import type { DecisionInput } from '../domain/entries/decision.ts'
import { setupFeatures, setupWindows } from '../domain/learning/setup-features.ts'
import { setupProbability } from '../domain/learning/setup-model.ts'
import type { Signal } from '../domain/signal.ts'
import type { MarketFeed } from '../exchange/market-feed.ts'
import type { SetupFilter } from '../signals/setup-weights.ts'

/** What the ML filter says of the setup that a signal proposes on an account's own market; nothing without a model. */
export async function filteredBy(
  filter: SetupFilter,
  feed: Pick<MarketFeed, 'candles'>,
  asked: { readonly signal: Signal; readonly symbol: string; readonly marketNowMs: number },
): Promise<Pick<DecisionInput, 'mlProbability' | 'mlRefusal'>> {
  if ('refused' in filter) return { mlRefusal: filter.refused }
  if (filter.weights === undefined) return {}
  const { signal, symbol, marketNowMs: nowMs } = asked
  const closed = async (timeframe: Timeframe, count: number) => {
    const candles = await feed.candles(symbol, timeframe, count + 1)
    return candles.filter((candle) => isClosed(candle, timeframe, nowMs))
  }
  const [fives, hours] = await Promise.all([
    closed('5m', setupWindows['5m']),
    closed('1h', setupWindows['1h']),
  ])
  const side = signal.action === 'BUY' ? 'long' : 'short'
  const features = setupFeatures({ side, confidence: signal.confidence, fives, hours, nowMs })
  return { mlProbability: features === undefined ? null : setupProbability(filter.weights, features) }
}
