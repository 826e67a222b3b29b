import { Decimal } from '../../../domain/decimal.ts'
import type { FeeOf } from '../../core/fee.ts'
import { assetOf } from './assets.ts'

/** Fee rates as ratios of the cost, for who trades little. */
export const feeRates = { maker: '0.0025', taker: '0.004' } as const

/** A fee is taken from the quote currency, on both sides, unless the order asked for the base (`oflags=fcib`). */
export const krakenFee: FeeOf = ({ instrument, price, quantity, maker, wire }) => {
  const rate = feeRates[maker ? 'maker' : 'taker']
  const isInBase = hasFlag(wire.oflags, 'fcib')
  const currency = isInBase ? instrument.base : instrument.quote
  const of = isInBase ? quantity : price.times(quantity)
  const fee = new Decimal(of).times(rate).toDecimalPlaces(assetOf(currency).decimals)
  return { fee, currency }
}

/** Whether an order's flags, between commas, have this one. */
export function hasFlag(flags: string | undefined, flag: string): boolean {
  return flags?.split(',').includes(flag) ?? false
}
