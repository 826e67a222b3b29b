import { Decimal } from '../../../domain/decimal.ts'
import type { FeeOf } from '../../core/fee.ts'

/** Fee rates as ratios of the notional, without any discount. */
export const feeRates = {
  spot: { maker: '0.001', taker: '0.001' },
  futures: { maker: '0.0002', taker: '0.0005' },
} as const

/** What is left of a fee that is paid in BNB: 75 % on spot, 90 % on futures. */
const bnbPart = { spot: '0.75', futures: '0.9' } as const

/** The account's switch for paying fees in BNB. */
export const bnbSwitch = { spot: 'bnbBurn', futures: 'feeBurn' } as const

/** Spot takes the fee from what is received, futures from the wallet; BNB when the account says so and has enough of it. */
export const binanceFee: FeeOf = (execution, priceOf) => {
  const { account, instrument, side, price, quantity, maker } = execution
  const { market, base, quote } = instrument
  const rate = feeRates[market][maker ? 'maker' : 'taker']
  const notional = price.times(quantity)
  if (account.settings.get(bnbSwitch[market]) === 'true' && quote === 'USDT') {
    const bnbPrice = base === 'BNB' ? price : priceOf('BNB/USDT')
    if (bnbPrice !== undefined) {
      const fee = notional.times(rate).times(bnbPart[market]).div(bnbPrice).toDecimalPlaces(8)
      if (account.balance('BNB').free.gte(fee)) return { fee, currency: 'BNB' }
    }
  }
  const isInBase = market === 'spot' && side === 'buy'
  const fee = new Decimal(isInBase ? quantity : notional).times(rate).toDecimalPlaces(8)
  return { fee, currency: isInBase ? base : quote }
}
