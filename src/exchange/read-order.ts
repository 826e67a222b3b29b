import type { Order as CcxtOrder, Trade as CcxtTrade } from 'ccxt'
import { Decimal, type DecimalText } from '../domain/decimal.ts'
import type { OrderSide } from '../domain/side.ts'
import type { VenueFill, VenueOrder, VenueOrderStatus } from './venue-order.ts'

/**
 * An order from ccxt's answer. Undefined when the answer names no order: an answer without an id is no answer, whatever
 * else it holds.
 */
export function readOrder(answer: CcxtOrder): VenueOrder | undefined {
  const { id, side, symbol } = answer
  if (!id || !symbol || (side !== 'buy' && side !== 'sell')) return undefined
  const filled = decimal(answer.filled) ?? '0'
  const fills = (answer.trades ?? []).map((trade) =>
    readFill(trade, { order: id, symbol, side, atMs: answer.timestamp ?? 0 }),
  )
  const average = decimal(answer.average)
  return {
    venueOrderId: id,
    clientOrderId: answer.clientOrderId ?? '',
    symbol,
    side,
    status: statusOf(String(answer.status), filled),
    quantity: decimal(answer.amount) ?? '0',
    filled,
    averagePrice: average !== undefined && new Decimal(average).gt(0) ? average : null,
    updatedAtMs: answer.lastUpdateTimestamp ?? answer.timestamp ?? null,
    ...(answer.status === 'expired' && { isExpired: true }),
    ...(answer.reduceOnly === true && { isReduceOnly: true }),
    ...(limitOf(answer) !== undefined && { price: limitOf(answer) as DecimalText }),
    fills,
  }
}

/** What a stop's raw answer says of its price having been reached. */
export interface Trigger {
  readonly hasTriggered: boolean
  /** The order that the stop became, when it names one. */
  readonly becameVenueOrderId: string | undefined
}

/**
 * A stop that waits, or waited, at the venue, from ccxt's answer: under an id of its own kind, since a venue may count
 * these apart from its orders. One that has triggered is told by the order it became; in a list it is not looked up, and
 * reads as filled with nothing known of its fills.
 */
export function readStop(answer: CcxtOrder, trigger: Trigger, became?: CcxtOrder): VenueOrder | undefined {
  const stop = readOrder(answer)
  if (stop === undefined) return undefined
  const { hasTriggered, becameVenueOrderId } = trigger
  const id = { venueOrderId: `stop-${stop.venueOrderId}`, isStop: true }
  if (!hasTriggered) return { ...stop, ...id }
  // It ended, and no order came of it.
  if (becameVenueOrderId === undefined) return { ...stop, ...id, status: 'canceled', isExpired: true }
  const order = became && readOrder(became)
  if (order === undefined) return { ...stop, ...id, becameVenueOrderId }
  const { status, filled, averagePrice, updatedAtMs } = order
  return { ...stop, ...id, becameVenueOrderId, status, filled, averagePrice, updatedAtMs }
}

/** A fill from ccxt's trade; what a trade inside an order's answer leaves out is the order's. Throws without id or price. */
export function readFill(
  trade: CcxtTrade,
  order?: {
    readonly order: string
    readonly symbol: string
    readonly side: OrderSide
    readonly atMs: number
  },
): VenueFill {
  const price = decimal(trade.price)
  const quantity = decimal(trade.amount)
  const side = trade.side ?? order?.side
  if (!trade.id || price === undefined || quantity === undefined || (side !== 'buy' && side !== 'sell'))
    throw new Error(`a fill on ${order?.symbol ?? trade.symbol} came without id, price, quantity or side`)
  const raw = trade.info as { realizedPnl?: string } | undefined
  return {
    venueTradeId: trade.id,
    venueOrderId: trade.order ?? order?.order ?? '',
    symbol: order?.symbol ?? trade.symbol ?? '',
    side,
    price,
    quantity,
    cost: decimal(trade.cost) ?? new Decimal(price).times(quantity).toString(),
    fee: decimal(trade.fee?.cost) ?? '0',
    feeCurrency: trade.fee?.currency ?? '',
    realizedPnl: raw?.realizedPnl ?? null,
    isMaker: trade.takerOrMaker === 'maker',
    filledAtMs: trade.timestamp ?? order?.atMs ?? 0,
  }
}

function limitOf(answer: CcxtOrder): DecimalText | undefined {
  const price = decimal(answer.price)
  return price !== undefined && new Decimal(price).gt(0) ? price : undefined
}

function statusOf(status: string, filled: DecimalText): VenueOrderStatus {
  switch (status) {
    case 'closed':
      return 'filled'
    case 'rejected':
      return 'rejected'
    case 'canceled':
    case 'expired':
      return 'canceled'
    default:
      return new Decimal(filled).gt(0) ? 'partially_filled' : 'open'
  }
}

/** ccxt is told to give numbers as text, whatever its types say. */
function decimal(value: unknown): DecimalText | undefined {
  return value === undefined || value === null || value === ''
    ? undefined
    : new Decimal(String(value)).toString()
}
