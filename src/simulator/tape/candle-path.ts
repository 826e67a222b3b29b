import type { Candle } from './candle.ts'

/** Into how many points a recorded candle is drawn out. */
export const pointsPerCandle = 60

/** Index of the last candle that opened at or before a time; -1 when none has. */
export function indexAt(candles: readonly Candle[], marketMs: number): number {
  let [low, high] = [0, candles.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((candles[middle] as Candle).time <= marketMs) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** Which of a candle's 60 points a time falls into. */
export function stepOf(candle: Candle, stepMs: number, marketMs: number): number {
  return Math.min(pointsPerCandle - 1, Math.floor(((marketMs - candle.time) / stepMs) * pointsPerCandle))
}

/** The price at one of a candle's 60 steps: open, the extreme it came from, the other one, close, joined by straight lines. */
export function pointOf(candle: Candle, step: number, decimals: number): number {
  const { open, high, low, close } = candle
  const [first, second] = close >= open ? [low, high] : [high, low]
  if (step === 20) return first
  if (step === 40) return second
  if (step === 59) return close
  const price =
    step < 20
      ? open + ((first - open) * step) / 20
      : step < 40
        ? first + ((second - first) * (step - 20)) / 20
        : second + ((close - second) * (step - 40)) / 19
  return Number(price.toFixed(decimals))
}

/** The candle as far as it has come at `nowMs`. */
export function formed(candle: Candle, stepMs: number, nowMs: number, decimals: number): Candle {
  if (candle.time + stepMs <= nowMs) return candle
  const last = stepOf(candle, stepMs, nowMs)
  let { open: high, open: low } = candle
  for (let step = 0; step <= last; step++) {
    const price = pointOf(candle, step, decimals)
    high = Math.max(high, price)
    low = Math.min(low, price)
  }
  const close = pointOf(candle, last, decimals)
  return { ...candle, high, low, close, volume: (candle.volume * (last + 1)) / pointsPerCandle }
}
