import type { Candle } from '../candle.ts'

/** Prices at which a market turned before; null where there is none on that side. */
export interface Levels {
  /** The nearest low under the last close. */
  readonly support: number | null
  /** The nearest high above it. */
  readonly resistance: number | null
}

/** Candles on either side that a turn stands out from. */
const wings = 2

/**
 * Support and resistance in a window: of the candles whose low is under (whose high is above) those of the two before and the
 * two after, the ones nearest to the last close. The last candles are no turn yet.
 */
export function levelsOf(candles: readonly Candle[]): Levels {
  const close = candles.at(-1)?.close
  if (close === undefined) return { support: null, resistance: null }
  let support: number | null = null
  let resistance: number | null = null
  for (let i = wings; i < candles.length - wings; i++) {
    const { low, high } = candles[i] as Candle
    const beside = [...candles.slice(i - wings, i), ...candles.slice(i + 1, i + 1 + wings)]
    if (low < close && low > (support ?? 0) && beside.every((other) => other.low > low)) support = low
    if (
      high > close &&
      high < (resistance ?? Number.POSITIVE_INFINITY) &&
      beside.every((other) => other.high < high)
    )
      resistance = high
  }
  return { support, resistance }
}
