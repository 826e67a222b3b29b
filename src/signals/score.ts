import type { Candle } from '../domain/candle.ts'

/** How long after its birth a signal is judged, market time. */
export const scoringHorizonMs = 6 * 3_600_000

/** What is judged: the side it took, where, and its own targets. */
export interface JudgedSignal {
  readonly action: 'BUY' | 'SELL'
  readonly price: number
  readonly stopLoss: number | null
  readonly takeProfit: number | null
}

/**
 * How a signal turned out over the candles of its horizon: a hit when its take profit came before its stop loss, and,
 * where neither was reached or set, when the price moved its way. A candle that reaches both counts as the stop.
 * `move` is the signed move to the end of the judgement as a ratio. Undefined without candles.
 */
export function scoreSignal(
  signal: JudgedSignal,
  candles: readonly Candle[],
): { readonly isHit: boolean; readonly move: number } | undefined {
  const last = candles.at(-1)
  if (!last) return undefined
  const direction = signal.action === 'BUY' ? 1 : -1
  const moveTo = (price: number) => (direction * (price - signal.price)) / signal.price
  for (const candle of candles) {
    const worst = direction > 0 ? candle.low : candle.high
    const best = direction > 0 ? candle.high : candle.low
    if (signal.stopLoss !== null && direction * (worst - signal.stopLoss) <= 0)
      return { isHit: false, move: moveTo(signal.stopLoss) }
    if (signal.takeProfit !== null && direction * (best - signal.takeProfit) >= 0)
      return { isHit: true, move: moveTo(signal.takeProfit) }
  }
  const move = moveTo(last.close)
  return { isHit: move > 0, move }
}
