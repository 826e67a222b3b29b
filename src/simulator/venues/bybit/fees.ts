import { Decimal } from '../../../domain/decimal.ts'
import type { FeeOf } from '../../core/fee.ts'

/** Fee rates as ratios of the notional, of an account without discounts. */
export const feeRates = {
  spot: { maker: '0.001', taker: '0.001' },
  futures: { maker: '0.0002', taker: '0.00055' },
} as const

/** Spot takes the fee from what is received, linear from the wallet in the settlement coin. */
export const bybitFee: FeeOf = ({ instrument, side, price, quantity, maker }) => {
  const { market, base, quote } = instrument
  const rate = feeRates[market][maker ? 'maker' : 'taker']
  const isInBase = market === 'spot' && side === 'buy'
  const amount = isInBase ? quantity : price.times(quantity)
  return { fee: new Decimal(amount).times(rate).toDecimalPlaces(8), currency: isInBase ? base : quote }
}
