import { z } from 'zod'
import { asNumber, type MarketCalls, type OrderToSend } from '../market-calls.ts'
import type { VenueOrder } from '../venue-order.ts'
import { allRowsOf, asKraken, type Endpoint, type Question, rowsOf } from './kraken-pages.ts'
import { type OrderRow, orderRow, toFill, toOrder, tradeRow } from './kraken-rows.ts'

/**
 * The deadline that goes with an order. The venue wants it two seconds ahead at least, of which the guard leaves 1.5 s to
 * the writing; and its clock is known to a second, by which the deadline may come too early.
 */
export const orderWindowMs = 5_000

const acknowledged = z.looseObject({
  txid: z.array(z.string().min(1)).min(1),
  cl_ord_id: z.string().optional(),
})
const mostTradesAtOnce = 20

const openOrders: Endpoint<typeof orderRow> = {
  ask: (venue, question) => venue.privatePostOpenOrders(question),
  under: 'open',
  row: orderRow,
}
const closedOrders: Endpoint<typeof orderRow> = {
  ask: (venue, question) => venue.privatePostClosedOrders(question),
  under: 'closed',
  row: orderRow,
}
const orders: Endpoint<typeof orderRow> = {
  ask: (venue, question) => venue.privatePostQueryOrders(question),
  under: undefined,
  row: orderRow,
}
const trades: Endpoint<typeof tradeRow> = {
  ask: (venue, question) => venue.privatePostQueryTrades(question),
  under: undefined,
  row: tradeRow,
}
const tradesHistory: Endpoint<typeof tradeRow> = {
  ask: (venue, question) => venue.privatePostTradesHistory(question),
  under: 'trades',
  row: tradeRow,
}

/** The orders of Kraken's spot market. Its lists are of all pairs. */
export const krakenOrders: Omit<MarketCalls, 'holdings'> = {
  async place(venue, order) {
    const answer = await venue.createOrder(
      order.symbol,
      order.type === 'stop_market' ? 'market' : order.type,
      order.side,
      asNumber(order.quantity),
      asNumber(order.price),
      {
        clientOrderId: order.clientOrderId,
        // Trades tell their fee in the quote currency: it is to be taken from there.
        oflags: 'fciq',
        deadline: new Date(order.signedAtMs + orderWindowMs).toISOString(),
        ...(order.stopPrice !== undefined && { stopLossPrice: order.stopPrice }),
      },
    )
    return asAcknowledged(answer.info, order)
  },

  async cancel(venue, { clientOrderId }) {
    // The class makes an error of its own of an unknown order, and loses the venue's answer with it.
    await asKraken(venue).privatePostCancelOrder({ cl_ord_id: clientOrderId })
    return undefined
  },

  async find(venue, { clientOrderId }) {
    const question = { cl_ord_id: clientOrderId }
    const [id, row] = newestOf(await rowsOf(venue, openOrders, question), clientOrderId) ?? []
    if (id !== undefined && row !== undefined) return toOrder(venue, id, row)
    // One that ends between the two questions is in the second list by then.
    const ended = newestOf(await rowsOf(venue, closedOrders, question), clientOrderId)
    return ended && toOrder(venue, ...ended)
  },

  async fillsOf(venue, _, venueOrderId) {
    const found = await rowsOf(venue, orders, { txid: venueOrderId, trades: true })
    const ids = found.flatMap(([id, row]) => (id === venueOrderId ? (row.trades ?? []) : []))
    const fills = []
    for (let from = 0; from < ids.length; from += mostTradesAtOnce) {
      const txid = ids.slice(from, from + mostTradesAtOnce).join(',')
      for (const [id, row] of await rowsOf(venue, trades, { txid })) fills.push(toFill(venue, id, row))
    }
    return fills
  },

  async fillsSince(venue, symbol, sinceMs) {
    const rows = await allRowsOf(venue, tradesHistory, since(sinceMs))
    return rows
      .map(([id, row]) => toFill(venue, id, row))
      .filter((fill) => fill.symbol === symbol && fill.filledAtMs >= sinceMs)
      .sort((a, b) => a.filledAtMs - b.filledAtMs)
  },

  async openOrders(venue, symbol) {
    const all = (await rowsOf(venue, openOrders, {})).map(([id, row]) => toOrder(venue, id, row))
    return all.filter((order) => symbol === undefined || order.symbol === symbol)
  },

  async ordersSince(venue, symbol, sinceMs) {
    // An order that ends between the two answers is in the second: what waits is asked for first.
    const rows = new Map([
      ...(await rowsOf(venue, openOrders, {})),
      ...(await allRowsOf(venue, closedOrders, since(sinceMs))),
    ])
    return [...rows]
      .filter(([, row]) => row.opentm >= sinceMs)
      .sort(([, a], [, b]) => a.opentm - b.opentm)
      .map(([id, row]) => toOrder(venue, id, row))
      .filter((order) => order.symbol === symbol)
  },
}

/** From a second before on: the venue takes whole seconds, and only what is later. */
export function since(sinceMs: number): Question {
  return { start: Math.floor(sinceMs / 1_000) - 1 }
}

/** The newest order under our id. Throws when the venue answers with others: it has not understood the question then. */
function newestOf(
  rows: readonly [string, OrderRow][],
  clientOrderId: string,
): [string, OrderRow] | undefined {
  const stranger = rows.find(([, row]) => row.cl_ord_id !== clientOrderId)
  if (stranger !== undefined) throw new Error(`the venue answers the question for one order with others`)
  return rows.toSorted(([, a], [, b]) => b.opentm - a.opentm)[0]
}

/** An order that the venue has taken, of which it tells no more than its id: undefined when it does not even say that. */
function asAcknowledged(raw: unknown, order: OrderToSend): VenueOrder | undefined {
  const read = acknowledged.safeParse(raw)
  const [venueOrderId] = read.success ? read.data.txid : []
  if (venueOrderId === undefined) return undefined
  return {
    venueOrderId,
    clientOrderId: read.data?.cl_ord_id ?? order.clientOrderId,
    symbol: order.symbol,
    side: order.side,
    status: 'open',
    quantity: order.quantity,
    filled: '0',
    averagePrice: null,
    updatedAtMs: null,
    ...(order.price !== undefined && { price: order.price }),
    ...(order.type === 'stop_market' && { isStop: true }),
    fills: [],
  }
}
