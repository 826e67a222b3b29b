import { instrumentOf, type SignedCall } from './call.ts'
import { bnbSwitch, feeRates } from './fees.ts'
import { wireSymbol } from './instruments.ts'

/** GET /api/v3/account */
export function spotAccount({ account, exchange, parameters }: SignedCall) {
  exchange.advance()
  const balances = [...account.balances].map(([asset, { free, locked }]) => ({
    asset,
    free: free.toFixed(8),
    locked: locked.toFixed(8),
  }))
  const { maker, taker } = feeRates.spot
  return {
    makerCommission: 10,
    takerCommission: 10,
    buyerCommission: 0,
    sellerCommission: 0,
    commissionRates: { maker, taker, buyer: '0.00000000', seller: '0.00000000' },
    canTrade: true,
    canWithdraw: true,
    canDeposit: true,
    brokered: false,
    requireSelfTradePrevention: false,
    preventSor: false,
    updateTime: Math.max(
      account.createdAt,
      ...[...account.balances.values()].map(({ updatedAt }) => updatedAt),
    ),
    accountType: 'SPOT',
    balances: parameters.flag('omitZeroBalances')
      ? balances.filter(({ free, locked }) => Number(free) + Number(locked) > 0)
      : balances,
    permissions: ['SPOT'],
  }
}

/** GET /api/v3/account/commission */
export function spotCommission(call: SignedCall) {
  const instrument = instrumentOf(call, 'spot')
  const none = { maker: '0.00000000', taker: '0.00000000', buyer: '0.00000000', seller: '0.00000000' }
  const isBurning = call.account.settings.get(bnbSwitch.spot) === 'true'
  return {
    symbol: wireSymbol(instrument.symbol),
    standardCommission: { ...none, ...feeRates.spot },
    taxCommission: none,
    discount: {
      enabledForAccount: isBurning,
      enabledForSymbol: true,
      discountAsset: 'BNB',
      discount: '0.75000000',
    },
  }
}
