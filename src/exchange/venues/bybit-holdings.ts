import { z } from 'zod'
import { Decimal, type DecimalText } from '../../domain/decimal.ts'
import type { EntrySettings, MarketCalls } from '../market-calls.ts'
import type { VenueClient } from '../venue-class.ts'
import type { KeyPermissions, VenueBalance, VenueMovement } from '../venue-order.ts'
import { asBybit, type ListCall, rowsOf, rowsSince } from './bybit-pages.ts'

const settlement = 'USDT'
/** An amount as text; an empty one is nothing. */
const amount = z.string().transform((text) => (text === '' ? '0' : text))

const coinRow = z.looseObject({
  coin: z.string(),
  equity: amount,
  walletBalance: amount,
  locked: amount,
  totalOrderIM: amount,
  totalPositionIM: amount,
  totalPositionMM: amount,
})
const wallet = z.looseObject({
  result: z.looseObject({
    list: z.array(z.looseObject({ totalAvailableBalance: amount, coin: z.array(coinRow) })).min(1),
  }),
})
const positionRow = z.looseObject({
  symbol: z.string(),
  side: z.string(),
  size: amount,
  avgPrice: amount,
  markPrice: amount,
  liqPrice: z.string(),
  unrealisedPnl: amount,
  positionIM: amount,
  positionMM: amount,
})
const logRow = z.looseObject({
  id: z.string(),
  symbol: z.string(),
  type: z.string(),
  change: amount,
  currency: z.string(),
  transactionTime: z.coerce.number(),
})
const keyInfo = z.looseObject({
  result: z.looseObject({
    readOnly: z.coerce.number(),
    uta: z.coerce.number(),
    ips: z.array(z.string()),
    permissions: z.looseObject({
      ContractTrade: z.array(z.string()).optional(),
      Spot: z.array(z.string()).optional(),
      Wallet: z.array(z.string()).optional(),
    }),
  }),
})

const positionList = {
  call: ((venue, question) => venue.privateGetV5PositionList(question)) satisfies ListCall,
  row: positionRow,
  pageSize: 200,
}
const transactionLog = {
  call: ((venue, question) => venue.privateGetV5AccountTransactionLog(question)) satisfies ListCall,
  row: logRow,
  pageSize: 50,
}

/** What an execution makes is told with the execution. */
const ofExecutions = ['TRADE', 'LIQUIDATION', 'ADL', 'DELIVERY']

async function walletOf(venue: VenueClient) {
  const answer = await asBybit(venue).privateGetV5AccountWalletBalance({ accountType: 'UNIFIED' })
  const [account] = wallet.parse(answer).result.list
  if (account === undefined) throw new Error('the answer names no account')
  return account
}

/** What is free of a coin is what neither orders nor positions hold. */
function balanceOf(row: z.infer<typeof coinRow>): VenueBalance {
  const used = new Decimal(row.locked).plus(row.totalOrderIM).plus(row.totalPositionIM)
  const free = Decimal.max(0, new Decimal(row.walletBalance).minus(used))
  return { currency: row.coin, free: free.toString(), total: new Decimal(row.walletBalance).toString() }
}

/** What the wallet holds, and what moved it without an execution. */
export const spotHoldings: Pick<MarketCalls, 'holdings' | 'movementsSince'> = {
  async holdings(venue) {
    return { balances: (await walletOf(venue)).coin.map(balanceOf), margin: undefined }
  },

  async movementsSince(venue, sinceMs) {
    const rows = await rowsSince(venue, transactionLog, { accountType: 'UNIFIED' }, sinceMs)
    return rows
      .filter(({ type }) => !ofExecutions.includes(type))
      .map(({ id, symbol, type, change, currency, transactionTime }) => ({
        id,
        kind: kindOf(type),
        currency,
        amount: change,
        symbol: symbol === '' ? null : venue.safeSymbol(symbol, undefined, undefined, 'swap'),
        atMs: transactionTime,
      }))
  },
}

const entrySettings: EntrySettings = {
  // Both are of the whole account.
  ofAccount: [
    { asked: 'one-way position mode', set: (venue) => venue.setPositionMode(false) },
    { asked: 'cross margin', set: (venue) => venue.setMarginMode('cross') },
  ],
  ofSymbol: [],
  setLeverage: (venue, symbol, leverage) => venue.setLeverage(leverage, symbol),
}

/** The same wallet as a linear account uses it: with margin, positions and their settings. */
export const linearHoldings: Pick<
  MarketCalls,
  'holdings' | 'movementsSince' | 'positions' | 'entrySettings'
> = {
  ...spotHoldings,

  async holdings(venue) {
    const { coin, totalAvailableBalance } = await walletOf(venue)
    const row = coin.find((each) => each.coin === settlement)
    const margin = {
      wallet: row?.walletBalance ?? '0',
      equity: row?.equity ?? '0',
      initialMargin: new Decimal(row?.totalOrderIM ?? 0).plus(row?.totalPositionIM ?? 0).toString(),
      maintenanceMargin: row?.totalPositionMM ?? '0',
      available: totalAvailableBalance,
    }
    return { balances: coin.map(balanceOf), margin }
  },

  async positions(venue) {
    const rows = await rowsOf(venue, positionList, { category: 'linear', settleCoin: settlement })
    return rows
      .filter(({ size }) => new Decimal(size).gt(0))
      .map((row) => ({
        symbol: venue.safeSymbol(row.symbol, undefined, undefined, 'swap'),
        quantity: row.side === 'Sell' ? `-${row.size}` : row.size,
        entryPrice: row.avgPrice,
        markPrice: priceOrNull(row.markPrice),
        liquidationPrice: priceOrNull(row.liqPrice),
        unrealizedPnl: row.unrealisedPnl,
        initialMargin: row.positionIM,
        maintenanceMargin: row.positionMM,
        isolatedMargin: null,
      }))
  },

  entrySettings,
}

/** What a key of Bybit may do. One of an account that is not unified may not trade for us: it would be asked otherwise. */
export async function keyPermissions(venue: VenueClient): Promise<KeyPermissions> {
  const { result } = keyInfo.parse(await asBybit(venue).privateGetV5UserQueryApi())
  const { ContractTrade = [], Spot = [], Wallet = [] } = result.permissions
  const isLinear = ContractTrade.includes('Order') && ContractTrade.includes('Position')
  return {
    canTrade: result.readOnly === 0 && result.uta === 1 && (Spot.includes('SpotTrade') || isLinear),
    canWithdraw: Wallet.includes('Withdraw'),
    isIpRestricted: result.ips.length > 0 && !result.ips.includes('*'),
  }
}

function priceOrNull(text: DecimalText): DecimalText | null {
  return text === '' || new Decimal(text).isZero() ? null : text
}

function kindOf(type: string): VenueMovement['kind'] {
  if (type === 'SETTLEMENT') return 'funding'
  if (type === 'TRANSFER_IN') return 'deposit'
  return type === 'TRANSFER_OUT' ? 'withdrawal' : 'adjustment'
}
