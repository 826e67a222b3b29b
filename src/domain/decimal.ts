import { Decimal } from 'decimal.js'

// Never exponent notation between 1e-30 and 1e30, and sizes round down: venues refuse 1e-9, and a size rounded up is one we cannot pay.
Decimal.set({ precision: 40, rounding: Decimal.ROUND_DOWN, toExpNeg: -30, toExpPos: 30 })

/** A decimal number as text: how money and quantities cross every border (database, queue, venue, API). */
export type DecimalText = string

export { Decimal }

/** Sum of decimal texts; '0' for none. */
export function sum(values: Iterable<DecimalText>): DecimalText {
  let total = new Decimal(0)
  for (const value of values) total = total.plus(value)
  return total.toString()
}
