import { z } from 'zod'
import { asNumber, type MarketCalls, noId, type OrderToSend } from '../market-calls.ts'
import type { VenueClient } from '../venue-class.ts'
import type { VenueOrder } from '../venue-order.ts'
import { type ListCall, type Question, rowsOf, rowsSince } from './bybit-pages.ts'
import { type BybitType, executionRow, isTrade, orderRow, toFill, toOrder } from './bybit-rows.ts'

/** The venue's own default. The guard refuses a write 1.5 s after the claim; the rest is for the network and the clocks. */
export const orderWindowMs = 5_000

const acknowledged = z.looseObject({ orderId: z.string().min(1), orderLinkId: z.string() })

const listOf = (call: ListCall) => ({ call, row: orderRow, pageSize: 50 })
const openList = listOf((venue, question) => venue.privateGetV5OrderRealtime(question))
const endedList = listOf((venue, question) => venue.privateGetV5OrderHistory(question))
const executionList = {
  call: ((venue, question) => venue.privateGetV5ExecutionList(question)) satisfies ListCall,
  row: executionRow,
  pageSize: 100,
}

type OrderCallsOfBybit = Omit<MarketCalls, 'holdings'>

/** The orders of one of Bybit's markets. */
export function bybitOrders(type: BybitType): OrderCallsOfBybit {
  const category = type === 'spot' ? 'spot' : 'linear'
  const about = (venue: VenueClient, symbol: string): Question => ({
    category,
    symbol: String(venue.marketId(symbol)),
  })
  const read = (venue: VenueClient, rows: readonly z.infer<typeof orderRow>[]) =>
    rows.map((row) => toOrder(venue, type, row))

  /** What waits and what has ended, as far as the two lists answer a question. */
  async function listed(venue: VenueClient, question: Question): Promise<z.infer<typeof orderRow>[]> {
    const open = await rowsOf(venue, openList, question)
    return open.length > 0 ? open : rowsOf(venue, endedList, question)
  }

  /** The stop-loss that the venue made of an entry's: it is without an id of ours, and names the entry as its parent. */
  async function attached(venue: VenueClient, symbol: string, entry: string) {
    const question = { ...about(venue, symbol), orderFilter: 'StopOrder' }
    const isMeant = (row: z.infer<typeof orderRow>) =>
      row.parentOrderLinkId === entry && row.stopOrderType === 'StopLoss'
    const open = (await rowsOf(venue, openList, question)).find(isMeant)
    return open ?? (await rowsOf(venue, endedList, about(venue, symbol))).find(isMeant)
  }

  return {
    async place(venue, order) {
      signAt(venue, order.signedAtMs)
      const answer = await venue.createOrder(
        order.symbol,
        order.type === 'stop_market' ? 'market' : order.type,
        order.side,
        asNumber(order.quantity),
        asNumber(order.price),
        {
          clientOrderId: order.clientOrderId,
          ...(order.isReduceOnly && { reduceOnly: true }),
          ...(order.stopPrice !== undefined && { stopLossPrice: order.stopPrice, closeOnTrigger: true }),
          ...(order.attachedStop !== undefined && { stopLoss: { triggerPrice: order.attachedStop } }),
        },
      )
      return asAcknowledged(answer.info, order)
    },

    async cancel(venue, order) {
      const meant =
        order.attachedTo == null
          ? { orderLinkId: order.clientOrderId }
          : { orderId: (await attached(venue, order.symbol, order.attachedTo))?.orderId ?? '' }
      if (meant.orderId === '') return undefined
      await venue.cancelOrder(noId, order.symbol, meant)
      // The answer is an acknowledgement: what becomes of the order is asked for.
      return undefined
    },

    async find(venue, order) {
      if (order.attachedTo != null) {
        const row = await attached(venue, order.symbol, order.attachedTo)
        return row && { ...toOrder(venue, type, row), clientOrderId: order.clientOrderId }
      }
      const question = { ...about(venue, order.symbol), orderLinkId: order.clientOrderId }
      const [row] = await listed(venue, question)
      return row && toOrder(venue, type, row)
    },

    async fillsOf(venue, symbol, venueOrderId) {
      const rows = await rowsOf(venue, executionList, { ...about(venue, symbol), orderId: venueOrderId })
      return rows.filter(isTrade).map((row) => toFill(venue, type, row))
    },

    async fillsSince(venue, symbol, sinceMs) {
      const rows = await rowsSince(venue, executionList, about(venue, symbol), sinceMs)
      const fills = rows.filter(isTrade).map((row) => toFill(venue, type, row))
      return fills.sort((a, b) => a.filledAtMs - b.filledAtMs)
    },

    async openOrders(venue, symbol) {
      const everywhere: Question = type === 'spot' ? { category } : { category, settleCoin: 'USDT' }
      const question = symbol === undefined ? everywhere : about(venue, symbol)
      return read(venue, await rowsOf(venue, openList, question))
    },

    async ordersSince(venue, symbol, sinceMs) {
      const question = about(venue, symbol)
      // An order that ends between two answers is in one of them: what waits is asked for first, and what has just ended
      // besides the history, which may be behind.
      const rows = [
        ...(await rowsOf(venue, openList, question)),
        ...(await rowsOf(venue, openList, { ...question, openOnly: 1 })),
        ...(await rowsSince(venue, endedList, question, sinceMs)),
      ]
      const latest = new Map(rows.map((row) => [row.orderId, row]))
      const recent = [...latest.values()].filter(({ createdTime }) => createdTime >= sinceMs)
      return read(
        venue,
        recent.sort((a, b) => a.createdTime - b.createdTime),
      )
    },
  }
}

/** Signs a client's next request with a moment, and lets the venue take it for so long after that. */
function signAt(venue: VenueClient, atMs: number): void {
  venue.nonce = () => atMs
  venue.options = { ...venue.options, recvWindow: orderWindowMs }
}

/** An order that the venue has acknowledged and says nothing about: undefined when it does not even say which. */
function asAcknowledged(raw: unknown, order: OrderToSend): VenueOrder | undefined {
  const read = acknowledged.safeParse(raw)
  if (!read.success) return undefined
  return {
    venueOrderId: read.data.orderId,
    clientOrderId: read.data.orderLinkId,
    symbol: order.symbol,
    side: order.side,
    status: 'open',
    quantity: order.quantity,
    filled: '0',
    averagePrice: null,
    updatedAtMs: null,
    ...(order.price !== undefined && { price: order.price }),
    ...(order.isReduceOnly && { isReduceOnly: true }),
    ...(order.type === 'stop_market' && { isStop: true }),
    fills: [],
  }
}
