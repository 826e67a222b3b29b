import { z } from 'zod'
import { Decimal, type DecimalText } from '../../domain/decimal.ts'
import type { VenueClient } from '../venue-class.ts'
import type { VenueFill, VenueOrder, VenueOrderStatus } from '../venue-order.ts'

/** Amounts are text; an empty one is none. */
const amount = z.string().transform((text) => new Decimal(text === '' ? '0' : text).toString())
const side = z.enum(['Buy', 'Sell']).transform((word) => (word === 'Buy' ? 'buy' : 'sell'))

/** An order as the lists and the stream of the venue tell it. */
export const orderRow = z.looseObject({
  orderId: z.string().min(1),
  orderLinkId: z.string(),
  symbol: z.string(),
  side,
  orderStatus: z.string(),
  cancelType: z.string().optional(),
  qty: amount,
  marketUnit: z.string().optional(),
  leavesQty: amount,
  cumExecQty: amount,
  avgPrice: amount,
  price: amount,
  reduceOnly: z.boolean(),
  stopOrderType: z.string().optional(),
  parentOrderLinkId: z.string().optional(),
  createdTime: z.coerce.number(),
  updatedTime: z.coerce.number(),
})

/** An execution as the list and the stream of the venue tell it. */
export const executionRow = z.looseObject({
  execId: z.string().min(1),
  orderId: z.string(),
  symbol: z.string(),
  side,
  execType: z.string(),
  execPrice: amount,
  execQty: amount,
  execValue: amount,
  execFee: amount,
  feeCoin: z.string().optional(),
  feeCurrency: z.string().optional(),
  execPnl: amount.optional(),
  isMaker: z.boolean(),
  execTime: z.coerce.number(),
})

type OrderRow = z.infer<typeof orderRow>
type ExecutionRow = z.infer<typeof executionRow>

/** Which of the venue's two markets rows are of, in ccxt's word. */
export type BybitType = 'spot' | 'swap'

const statuses: Readonly<Record<string, VenueOrderStatus>> = {
  Created: 'open',
  New: 'open',
  Untriggered: 'open',
  Triggered: 'open',
  Active: 'open',
  PartiallyFilled: 'partially_filled',
  Filled: 'filled',
  Rejected: 'rejected',
  Cancelled: 'canceled',
  PartiallyFilledCanceled: 'canceled',
  Deactivated: 'canceled',
}

/** An order in our words. Throws on a status that is not on the venue's list: it would say nothing about what may follow. */
export function toOrder(venue: VenueClient, type: BybitType, row: OrderRow): VenueOrder {
  const status = statuses[row.orderStatus]
  if (status === undefined) throw new Error(`order ${row.orderId} has the status ${row.orderStatus}`)
  const isQuoteSized = row.marketUnit === 'quoteCoin'
  const hasEndedByItself = status === 'canceled' && row.cancelType !== 'CancelByUser'
  return {
    venueOrderId: row.orderId,
    clientOrderId: row.orderLinkId,
    symbol: symbolOf(venue, type, row.symbol),
    side: row.side,
    status: status === 'open' && isPositive(row.cumExecQty) ? 'partially_filled' : status,
    quantity: isQuoteSized ? new Decimal(row.cumExecQty).plus(row.leavesQty).toString() : row.qty,
    filled: row.cumExecQty,
    averagePrice: isPositive(row.avgPrice) ? row.avgPrice : null,
    updatedAtMs: row.updatedTime,
    ...(isPositive(row.price) && { price: row.price }),
    ...(row.reduceOnly && { isReduceOnly: true }),
    // Until its price comes it is a stop; from then on it is the order that was always under its id.
    ...(row.orderStatus === 'Untriggered' && { isStop: true }),
    ...(hasEndedByItself && { isExpired: true }),
    fills: [],
  }
}

/** An execution in our words. */
export function toFill(venue: VenueClient, type: BybitType, row: ExecutionRow): VenueFill {
  const symbol = symbolOf(venue, type, row.symbol)
  return {
    venueTradeId: row.execId,
    venueOrderId: row.orderId,
    symbol,
    side: row.side,
    price: row.execPrice,
    quantity: row.execQty,
    cost: row.execValue,
    fee: row.execFee,
    feeCurrency: row.feeCoin || row.feeCurrency || feeCoinOf(type, symbol, row),
    realizedPnl: type === 'swap' ? (row.execPnl ?? null) : null,
    isMaker: row.isMaker,
    filledAtMs: row.execTime,
  }
}

/** Executions that move coins or a position; funding is told with the rest of the money. */
export function isTrade({ execType }: ExecutionRow): boolean {
  return execType !== 'Funding'
}

function symbolOf(venue: VenueClient, type: BybitType, id: string): string {
  return venue.safeSymbol(id, undefined, undefined, type)
}

/** The rule where a row does not name it: spot charges in what is received, linear in what it settles in. */
function feeCoinOf(type: BybitType, symbol: string, row: ExecutionRow): string {
  const [pair = '', settle] = symbol.split(':')
  const [base = '', quote = ''] = pair.split('/')
  if (type === 'swap') return settle ?? quote
  return row.side === 'buy' ? base : quote
}

function isPositive(text: DecimalText): boolean {
  return new Decimal(text).gt(0)
}
