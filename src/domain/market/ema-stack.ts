import { Ema } from './ema.ts'
import { lastOf, signOf } from './series.ts'

/**
 * How the averages of three periods stand: +1 fast above middle above slow, −1 the reverse, ±0.3 by the faster pair when
 * only half of the order holds. NaN when the slowest has too little history.
 */
export function emaStack(closes: readonly number[], periods: readonly [number, number, number]): number {
  const [fast, middle, slow] = periods.map((period) => lastOf(new Ema(period), closes)) as [
    number,
    number,
    number,
  ]
  if (Number.isNaN(slow)) return Number.NaN
  const upper = signOf(fast - middle, slow)
  const lower = signOf(middle - slow, slow)
  return upper === lower ? upper : upper * 0.3
}
