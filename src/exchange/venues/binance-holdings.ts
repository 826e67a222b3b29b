import { z } from 'zod'
import { Decimal } from '../../domain/decimal.ts'
import type { Mode } from '../../domain/market.ts'
import type { EntrySettings, MarketCalls } from '../market-calls.ts'
import { readPosition } from '../read-position.ts'
import type { VenueClient } from '../venue-class.ts'
import type { KeyPermissions, VenueMovement } from '../venue-order.ts'
import { asBinance } from './binance-calls.ts'

const window = { recvWindow: 5_000 }

const spotBalances = z.object({
  balances: z.array(z.object({ asset: z.string(), free: z.string(), locked: z.string() })),
})
const futuresBalances = z.object({
  assets: z.array(z.object({ asset: z.string(), walletBalance: z.string(), availableBalance: z.string() })),
  totalWalletBalance: z.string(),
  totalMarginBalance: z.string(),
  totalInitialMargin: z.string(),
  totalMaintMargin: z.string(),
  availableBalance: z.string(),
})
const income = z.array(
  z.object({
    symbol: z.string(),
    incomeType: z.string(),
    income: z.string(),
    asset: z.string(),
    time: z.coerce.number(),
    tranId: z.coerce.string(),
  }),
)
/** What an execution makes is told with the execution. */
const ofExecutions = ['REALIZED_PNL', 'COMMISSION']
const restrictions = z.object({
  enableWithdrawals: z.boolean(),
  enableSpotAndMarginTrading: z.boolean(),
  enableFutures: z.boolean(),
  ipRestrict: z.boolean(),
})

type Holdings = 'holdings' | 'positions' | 'movementsSince' | 'entrySettings'

/** What a spot account holds. */
export const spotHoldings: Pick<MarketCalls, 'holdings'> = {
  async holdings(venue) {
    const { info } = await venue.fetchBalance({ type: 'spot', ...window })
    const balances = spotBalances.parse(info).balances.map(({ asset, free, locked }) => ({
      currency: asset,
      free,
      total: new Decimal(free).plus(locked).toString(),
    }))
    return { balances, margin: undefined }
  },
}

const entrySettings: EntrySettings = {
  ofAccount: [
    { asked: 'one-way position mode', set: (venue) => venue.setPositionMode(false, undefined, window) },
  ],
  ofSymbol: [{ asked: 'cross margin', set: (venue, symbol) => venue.setMarginMode('cross', symbol, window) }],
  setLeverage: (venue, symbol, leverage) => venue.setLeverage(leverage, symbol, window),
}

/** What a futures account holds and owes, and how it is set up. */
export const futuresHoldings: Pick<MarketCalls, Holdings> = {
  async holdings(venue) {
    const { info } = await venue.fetchBalance({ type: 'swap', ...window })
    const parsed = futuresBalances.parse(info)
    return {
      balances: parsed.assets.map(({ asset, walletBalance, availableBalance }) => ({
        currency: asset,
        free: availableBalance,
        total: walletBalance,
      })),
      margin: {
        wallet: parsed.totalWalletBalance,
        equity: parsed.totalMarginBalance,
        initialMargin: parsed.totalInitialMargin,
        maintenanceMargin: parsed.totalMaintMargin,
        available: parsed.availableBalance,
      },
    }
  },

  async positions(venue) {
    return (await venue.fetchPositions(undefined, window)).flatMap((position) => readPosition(position) ?? [])
  },

  async movementsSince(venue, sinceMs) {
    const asked = { startTime: Math.floor(sinceMs), limit: 1_000, ...window }
    const raw = await asBinance(venue).fapiPrivateGetIncome(asked)
    return income
      .parse(raw)
      .filter(({ incomeType }) => !ofExecutions.includes(incomeType))
      .map(({ symbol, incomeType, income: amount, asset, time, tranId }) => ({
        id: `${incomeType}-${tranId}`,
        kind: kindOf(incomeType, amount),
        currency: asset,
        amount,
        symbol: symbol === '' ? null : venue.safeSymbol(symbol, undefined, undefined, 'swap'),
        atMs: time,
      }))
  },

  entrySettings,
}

/** What a key of Binance may do. Its testnets have no such question: there a key that reads may trade, and nothing is real. */
export async function keyPermissions(venue: VenueClient, mode: Mode): Promise<KeyPermissions> {
  if (mode === 'testnet') {
    await venue.fetchBalance(window)
    return { canTrade: true, canWithdraw: false, isIpRestricted: false }
  }
  const parsed = restrictions.parse(await asBinance(venue).sapiGetAccountApiRestrictions(window))
  return {
    canTrade: parsed.enableSpotAndMarginTrading || parsed.enableFutures,
    canWithdraw: parsed.enableWithdrawals,
    isIpRestricted: parsed.ipRestrict,
  }
}

function kindOf(incomeType: string, amount: string): VenueMovement['kind'] {
  if (incomeType === 'FUNDING_FEE') return 'funding'
  if (incomeType === 'TRANSFER') return amount.startsWith('-') ? 'withdrawal' : 'deposit'
  return 'adjustment'
}
