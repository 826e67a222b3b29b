import type { Instrument } from '../../core/instrument.ts'

/** A price at the instrument's tick, with the tick's digits. */
export function priceText({ tick }: Instrument, price: number): string {
  const size = tick.toNumber()
  return (Math.round(price / size) * size).toFixed(tick.decimalPlaces())
}
