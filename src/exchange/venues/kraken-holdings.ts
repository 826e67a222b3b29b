import { z } from 'zod'
import { Decimal } from '../../domain/decimal.ts'
import type { MarketCalls } from '../market-calls.ts'
import type { VenueClient } from '../venue-class.ts'
import type { KeyPermissions, VenueMovement } from '../venue-order.ts'
import { since } from './kraken-calls.ts'
import { allRowsOf, asKraken, type Endpoint } from './kraken-pages.ts'

const balances = z.looseObject({
  result: z.record(z.string(), z.looseObject({ balance: z.string(), hold_trade: z.string().default('0') })),
})
const ledgerRow = z.looseObject({
  time: z.coerce.number().transform((seconds) => Math.round(seconds * 1_000)),
  type: z.string(),
  asset: z.string(),
  amount: z.string(),
  fee: z.string(),
})
const ledger: Endpoint<typeof ledgerRow> = {
  ask: (venue, question) => venue.privatePostLedgers(question),
  under: 'ledger',
  row: ledgerRow,
}
const keyInfo = z.looseObject({
  result: z.looseObject({ permissions: z.array(z.string()), ip_allowlist: z.array(z.string()).optional() }),
})
/** What sending orders and following them takes. */
const tradingTakes = ['query-funds', 'query-open-trades', 'query-closed-trades', 'modify-trades']

/** What a spot account holds, and what moved in it. */
export const krakenHoldings: Pick<MarketCalls, 'holdings' | 'movementsSince'> = {
  async holdings(venue) {
    const { result } = balances.parse(await asKraken(venue).privatePostBalanceEx())
    const found = Object.entries(result).map(([asset, { balance, hold_trade }]) => ({
      currency: codeOf(venue, asset),
      free: new Decimal(balance).minus(hold_trade).toString(),
      total: new Decimal(balance).toString(),
    }))
    return { balances: found, margin: undefined }
  },

  async movementsSince(venue, sinceMs) {
    const rows = await allRowsOf(venue, ledger, since(sinceMs))
    return rows
      .filter(([, { type, time }]) => type !== 'trade' && time >= sinceMs)
      .map(([id, { type, asset, amount, fee, time }]) => ({
        id,
        kind: kindOf(type),
        currency: codeOf(venue, asset),
        amount: new Decimal(amount).minus(fee).toString(),
        symbol: null,
        atMs: time,
      }))
  },
}

/** What a key of Kraken may do. */
export async function keyPermissions(venue: VenueClient): Promise<KeyPermissions> {
  const { result } = keyInfo.parse(await asKraken(venue).privatePostGetApiKeyInfo())
  return {
    canTrade: tradingTakes.every((one) => result.permissions.includes(one)),
    canWithdraw: result.permissions.includes('withdraw-funds'),
    isIpRestricted: (result.ip_allowlist ?? []).length > 0,
  }
}

function kindOf(type: string): VenueMovement['kind'] {
  return type === 'deposit' || type === 'withdrawal' ? type : 'adjustment'
}

/** Our name of a currency: XXBT is BTC. */
function codeOf(venue: VenueClient, asset: string): string {
  return venue.safeCurrencyCode(asset) ?? asset
}
