import { Decimal } from '../../../domain/decimal.ts'
import { assetOf } from './assets.ts'
import { instrumentsOf, type PrivateCall, type PrivateEndpoint } from './call.ts'
import { feeRates } from './fees.ts'
import { pairOf } from './pair.ts'
import { keyInfo } from './permissions.ts'

const dollars = ['USD', 'USDT', 'USDC']

/** What an account has, and what its key may do. */
export const balanceEndpoints: Readonly<Record<string, PrivateEndpoint>> = {
  Balance: {
    anyOf: ['query-funds'],
    cost: 1,
    answer: (call) => byAsset(call, ({ balance }) => balance),
  },
  BalanceEx: { anyOf: ['query-funds'], cost: 1, answer: (call) => byAsset(call, (purse) => purse) },
  TradeBalance: { anyOf: ['query-funds'], cost: 1, answer: tradeBalance },
  OpenPositions: { anyOf: ['query-open-trades'], cost: 1, answer: () => ({}) },
  TradeVolume: { anyOf: ['query-funds'], cost: 1, answer: tradeVolume },
  GetApiKeyInfo: { cost: 1, answer: ({ account }) => keyInfo(account) },
  GetWebSocketsToken: {
    anyOf: ['create-ws-token'],
    cost: 1,
    answer: ({ account, tokens, exchange }) => tokens.issue(account.seed.apiKey, exchange.clock.wallNow()),
  },
}

function byAsset<T>(
  { account, exchange }: PrivateCall,
  shown: (purse: { balance: string; hold_trade: string }) => T,
): Record<string, T> {
  exchange.advance()
  return Object.fromEntries(
    [...account.balances].map(([currency, { free, locked }]) => {
      const { id, decimals } = assetOf(currency)
      const hold = locked.toDecimalPlaces(decimals, Decimal.ROUND_UP)
      return [id, shown({ balance: free.plus(locked).toFixed(decimals), hold_trade: hold.toFixed(decimals) })]
    }),
  )
}

/** What everything is worth in dollars; there is no margin. */
function tradeBalance({ account, exchange, pairs }: PrivateCall) {
  exchange.advance()
  let worth = new Decimal(0)
  for (const [currency, { free, locked }] of account.balances) {
    const pair = pairs.all.find(({ base, quote }) => base === currency && dollars.includes(quote))
    const price = dollars.includes(currency) ? 1 : pair === undefined ? 0 : exchange.lastPrice(pair)
    worth = worth.plus(free.plus(locked).times(price))
  }
  const total = worth.toFixed(4)
  const none = '0.0000'
  return { eb: total, tb: total, m: none, uv: none, ul: none, n: none, c: none, v: none, e: total, mf: total }
}

function tradeVolume(call: PrivateCall) {
  const fees = (rate: string) =>
    Object.fromEntries(
      instrumentsOf(call).map(({ symbol }) => {
        const fee = new Decimal(rate).times(100).toFixed(4)
        return [pairOf(symbol).id, { fee, minfee: fee, maxfee: fee, nextfee: null, tiervolume: '0.0000' }]
      }),
    )
  return { currency: 'ZUSD', volume: '0.0000', fees: fees(feeRates.taker), fees_maker: fees(feeRates.maker) }
}
