import type { DecimalText } from '../domain/decimal.ts'
import { type Account, futuresTwin, type Hand, type MarginMode, type Transfer } from './core/account.ts'
import type { AccountMarket, Market } from './core/instrument.ts'
import type { Ledger } from './core/ledger.ts'
import type { Order, OrderStatus } from './core/order.ts'
import type { Leg } from './core/position.ts'
import { venues } from './venues/index.ts'
import type { Venue } from './venues/venue.ts'

/** The simulator's truth about its accounts, without any secret. All amounts are decimal text. */
export interface LedgerReport {
  readonly accounts: readonly AccountReport[]
}

interface AccountReport {
  readonly venue: string
  readonly market: AccountMarket
  readonly apiKey: string
  readonly balances: Readonly<Record<string, { free: DecimalText; locked: DecimalText }>>
  readonly positions: readonly PositionReport[]
  readonly orders: readonly OrderReport[]
  readonly transfers: readonly Transfer[]
  readonly hands: readonly Hand[]
  readonly isRevoked: boolean
}

interface PositionReport {
  readonly symbol: string
  readonly leg: Leg | undefined // of an account in hedge mode
  readonly quantity: DecimalText // negative when short
  readonly entryPrice: DecimalText // 0 when flat
  readonly cost: DecimalText // Σ quantity·price of what is open, exact
  readonly realizedPnl: DecimalText
  readonly leverage: number | undefined // undefined: never set
  readonly marginMode: MarginMode
  readonly margin: DecimalText // set aside for it alone
}

interface OrderReport {
  readonly market: Market
  readonly symbol: string
  readonly orderId: number
  readonly clientOrderId: string
  readonly side: 'buy' | 'sell'
  readonly type: string // the venue's word: MARKET, LIMIT, STOP_MARKET, …
  readonly status: OrderStatus
  readonly quantity: DecimalText
  readonly filled: DecimalText
  readonly filledQuote: DecimalText
  readonly price: DecimalText | undefined
  readonly triggerPrice: DecimalText | undefined
  readonly reduceOnly: boolean
  readonly isConditional: boolean // lives under an id of its own; triggering starts another order
  readonly becameOrderId: number | undefined
  readonly bornOf: number | undefined // the conditional order that became this one; both carry one client id
  readonly attachedTo: number | undefined // the order that brought this one along
  readonly byHand: boolean // placed in the venue's own app
  readonly isForced: boolean // placed by the venue, to take a position away
  readonly endedByHand: boolean
  readonly receivedAt: number // wall time its request came in
  readonly lateMs: number // how much later it was executed
  readonly createdAt: number
  readonly updatedAt: number
  readonly fills: readonly FillReport[]
}

interface FillReport {
  readonly tradeId: string // as the venue names it
  readonly price: DecimalText
  readonly quantity: DecimalText
  readonly quoteQuantity: DecimalText
  readonly fee: DecimalText
  readonly feeCurrency: string
  readonly time: number // wall
  readonly marketTime: number
  readonly maker: boolean
  readonly realizedPnl: DecimalText
}

type NameTrade = NonNullable<Venue['tradeIdOf']>

const tradeNames = new Map<string, NameTrade | undefined>(
  venues.map(({ name, tradeIdOf }) => [name, tradeIdOf]),
)

/** Everything the ledger knows, of one account or of all. */
export function reportOf(ledger: Ledger, apiKey?: string): LedgerReport {
  const accounts = [...ledger.accounts.values()].filter(
    ({ seed }) => apiKey === undefined || seed.apiKey === apiKey || seed.apiKey === futuresTwin(apiKey),
  )
  return { accounts: accounts.map(accountReport) }
}

function accountReport(account: Account): AccountReport {
  const { venue, market, apiKey } = account.seed
  const balances = [...account.balances].map(([asset, { free, locked }]) => [
    asset,
    { free: free.toString(), locked: locked.toString() },
  ])
  const positions = [...account.positions.values()].map(
    ({ symbol, leg, quantity, cost, realized, margin }) => ({
      symbol,
      leg,
      quantity: quantity.toString(),
      entryPrice: quantity.eq(0) ? '0' : cost.div(quantity).toDecimalPlaces(12).toString(),
      cost: cost.toString(),
      realizedPnl: realized.toString(),
      leverage: account.leverage.get(symbol),
      marginMode: account.marginMode(symbol),
      margin: margin.toString(),
    }),
  )
  const nameTrade = tradeNames.get(venue) ?? ((_market, id) => String(id))
  const orders = [...account.orders.values()].map((order) => orderReport(order, nameTrade))
  const { transfers, hands, isRevoked } = account
  return {
    venue,
    market,
    apiKey,
    balances: Object.fromEntries(balances),
    positions,
    orders,
    transfers,
    hands,
    isRevoked,
  }
}

function orderReport(order: Order, nameTrade: NameTrade): OrderReport {
  const { record } = order
  const receivedAt = record.receivedAt ?? record.createdAt
  return {
    market: order.market,
    symbol: record.symbol,
    orderId: record.id,
    clientOrderId: record.clientOrderId,
    side: record.side,
    type: record.wire.type ?? record.type,
    status: order.status,
    quantity: record.quantity,
    filled: order.filled.toString(),
    filledQuote: order.filledQuote.toString(),
    price: record.price,
    triggerPrice: record.trigger?.price,
    reduceOnly: record.reduceOnly,
    isConditional: record.trigger?.becomesNew === true,
    becameOrderId: order.becameOrderId,
    bornOf: record.bornOf,
    attachedTo: record.attachedTo,
    byHand: record.byHand === true,
    isForced: record.forced !== undefined,
    endedByHand: order.endedByHand,
    receivedAt,
    lateMs: record.bornOf === undefined ? record.createdAt - receivedAt : 0,
    createdAt: record.createdAt,
    updatedAt: order.updatedAt,
    fills: order.fills.map((fill) => ({
      tradeId: nameTrade(order.market, fill.id),
      price: fill.price,
      quantity: fill.quantity,
      quoteQuantity: fill.quoteQuantity,
      fee: fill.fee,
      feeCurrency: fill.feeCurrency,
      time: fill.at,
      marketTime: fill.marketMs,
      maker: fill.maker,
      realizedPnl: fill.realizedPnl,
    })),
  }
}
