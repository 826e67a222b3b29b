import type { Instrument } from '../../core/instrument.ts'

/** A price at the instrument's tick, in the venue's number of digits. */
export function priceText(instrument: Instrument, price: number): string {
  const tick = instrument.tick.toNumber()
  const rounded = Math.round(price / tick) * tick
  return rounded.toFixed(instrument.market === 'spot' ? 8 : instrument.tick.decimalPlaces())
}
