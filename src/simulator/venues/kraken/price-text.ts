import type { Instrument } from '../../core/instrument.ts'

/** A price at the instrument's tick, in its number of digits. */
export function priceText({ tick }: Instrument, price: number): string {
  const one = tick.toNumber()
  return (Math.round(price / one) * one).toFixed(tick.decimalPlaces())
}

/** A moment in seconds, as the venue writes it: with its milliseconds after the point. */
export function secondsOf(ms: number): number {
  return ms / 1000
}
