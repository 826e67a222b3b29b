import { type Candle, isClosed, type Timeframe } from '../domain/candle.ts'
import type { MarketContext } from '../domain/market/market-context.ts'
import type { Appetite } from '../domain/strategies/strategy.ts'

/** How a source reads its market: candles oldest first with the forming one last, and the spread. */
export interface MarketReader {
  candles(symbol: string, timeframe: Timeframe, limit: number): Promise<readonly Candle[]>
  /** (ask − bid) / mid. */
  spread(symbol: string): Promise<number | undefined>
}

/**
 * Reads what a source looks at: so many closed candles of each length where the market has them, and the forming one.
 * Candles of a length that the market lacks are an empty list.
 */
export async function readContext(
  market: MarketReader,
  symbol: string,
  appetite: Appetite,
  marketNowMs: number,
): Promise<MarketContext> {
  const wanted = Object.entries(appetite) as [Timeframe, number][]
  const [spread, ...lists] = await Promise.all([
    market.spread(symbol),
    ...wanted.map(([timeframe, limit]) => market.candles(symbol, timeframe, limit + 1)),
  ])
  const candles: Partial<Record<Timeframe, readonly Candle[]>> = {}
  const forming: Timeframe[] = []
  for (const [i, [timeframe]] of wanted.entries()) {
    const list = lists[i] ?? []
    candles[timeframe] = list
    const last = list.at(-1)
    if (last && !isClosed(last, timeframe, marketNowMs)) forming.push(timeframe)
  }
  return { symbol, nowMs: marketNowMs, candles, forming, ...(spread !== undefined && { spread }) }
}
