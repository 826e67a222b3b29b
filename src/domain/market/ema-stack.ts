import { Ema } from './ema.ts'
import { signOf } from './series.ts'

/**
 * How the averages of three periods stand: +1 fast above middle above slow, −1 the reverse, ±0.3 by the faster pair when
 * only half of the order holds. NaN when the slowest has too little history.
 */
export function emaStack(closes: readonly number[], periods: readonly [number, number, number]): number {
  const [fastEma, middleEma, slowEma] = [new Ema(periods[0]), new Ema(periods[1]), new Ema(periods[2])]
  let [fast, middle, slow] = [Number.NaN, Number.NaN, Number.NaN]
  for (let i = 0; i < closes.length; i++) {
    const close = closes[i] as number
    fast = fastEma.next(close)
    middle = middleEma.next(close)
    slow = slowEma.next(close)
  }
  if (Number.isNaN(slow)) return Number.NaN
  const upper = signOf(fast - middle, slow)
  const lower = signOf(middle - slow, slow)
  return upper === lower ? upper : upper * 0.3
}
