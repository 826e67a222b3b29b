import { Decimal, type DecimalText } from '../domain/decimal.ts'
import { OrderOutcomeUnknown, OrderRejected } from '../errors.ts'
import { meaningOf, sendFailure } from './answers.ts'
import type { OrderName } from './market-calls.ts'
import type { Approved, OrderRequest } from './order-request.ts'
import type { CallKind } from './rate-limit.ts'
import type { SignedConnection } from './signed-connection.ts'
import type { VenueClient } from './venue-class.ts'
import type { VenueFill, VenueOrder } from './venue-order.ts'

/** A write later than this after the claim is refused: whoever wakes up late must not send. */
const latestWriteMs = 1_500

/** What an account asks about orders, and the one place where one is sent. */
export interface OrderCalls {
  /**
   * Sends an order: one HTTP request, signed with the time of its claim.
   * @throws OrderRejected certainly not executed. VenueUnavailable: nothing has happened. OrderOutcomeUnknown: look it up.
   */
  placeOrder(request: Approved<OrderRequest>): Promise<VenueOrder>
  /** Takes an order back. Undefined when the venue has no such open order. Throws OrderOutcomeUnknown in doubt. */
  cancelOrder(order: OrderName): Promise<VenueOrder | undefined>
  /**
   * An order by the id we gave it; undefined when the venue says that there is none. A stop is another kind of order at
   * some venues: without its type it is not found. One that has triggered is followed to the order it became.
   */
  orderByClientId(order: OrderName): Promise<VenueOrder | undefined>
  /** Every execution of an order; of a stop, those of the order it became. */
  fillsOf(order: {
    readonly symbol: string
    readonly venueOrderId: string
    readonly becameVenueOrderId?: string | null
  }): Promise<VenueFill[]>
  /** Executions on a symbol since a moment of the venue's clock, oldest first. */
  fillsSince(symbol: string, sinceMs: number): Promise<VenueFill[]>
  /** Orders that wait, stops among them. */
  openOrders(symbol?: string): Promise<VenueOrder[]>
  /** Orders of a symbol, ended ones and stops too, since a moment of the venue's clock. */
  ordersSince(symbol: string, sinceMs: number): Promise<VenueOrder[]>
}

/** The order calls of an account. */
export function orderCalls({ account, connection, client, wallNow }: SignedConnection): OrderCalls {
  const { card, market } = connection
  const { calls } = market
  const ask = <T>(kind: CallKind, asked: string, question: (client: VenueClient) => Promise<T>) =>
    connection.call(client, { asked, kind }, question)

  async function stopsApart(symbol: string | undefined, sinceMs?: number): Promise<VenueOrder[]> {
    const { stopsApart: list } = calls
    return list ? ask('stops', 'stop orders', (venue) => list(venue, symbol, sinceMs)) : []
  }

  return {
    async placeOrder(request) {
      if (request.isReduceOnly && !market.hasReduceOnly)
        throw new OrderRejected(
          `a reduce-only order on ${request.symbol} was not sent: ${account.market} has none`,
          {
            code: 'reduce-only-not-valid',
            advice: 'spot: use margin or futures',
          },
        )
      if (request.attachedStop !== undefined && !market.hasAttachedStop)
        throw new OrderRejected(
          `an order with a stop on ${request.symbol} was not sent: ${card.exchange} attaches none`,
          {
            code: 'other',
            advice: 'place the stop as an order of its own',
          },
        )
      await connection.requireSymbol(request.symbol)
      requireRounded(client, request)
      const offsetMs = await connection.clockOffsetMs()
      const { wallMs, monotonicMs } = request.claimedAt
      const asked = `the ${request.type} order to ${request.side} ${request.quantity} ${request.symbol}`
      const guard = () => {
        const late = Math.max(wallNow() - wallMs, performance.now() - monotonicMs)
        return late > latestWriteMs
          ? `it came to be written ${Math.round(late)} ms after its claim`
          : undefined
      }
      const signedAtMs = Math.floor(wallMs + offsetMs)
      const isUrgent = request.isExit === true || request.type === 'stop_market'
      const how = { asked, kind: 'place', isUrgent, guard, failure: sendFailure } as const
      const order = await connection.call(client, how, (venue) =>
        calls.place(venue, { ...request, signedAtMs }),
      )
      if (order?.clientOrderId !== request.clientOrderId)
        throw new OrderOutcomeUnknown(`${card.exchange} answered ${asked} without naming it`)
      return order
    },

    async cancelOrder(order) {
      const asked = `cancelling ${order.clientOrderId} on ${order.symbol}`
      try {
        return await connection.call(client, { asked, kind: 'cancel', failure: sendFailure }, (venue) =>
          calls.cancel(venue, order),
        )
      } catch (error) {
        if (meaningOf(card, (error as Error).cause)?.proves === 'absent') return undefined
        throw error
      }
    },

    async orderByClientId(order) {
      const { clientOrderId } = order
      const found = await ask('find', `order ${clientOrderId}`, async (venue) => {
        try {
          return await calls.find(venue, order)
        } catch (thrown) {
          if (meaningOf(card, thrown)?.proves === 'absent') return undefined
          throw thrown
        }
      })
      // Some venues ignore an id they do not understand, and answer with another order.
      if (found !== undefined && found.clientOrderId !== clientOrderId)
        throw new OrderOutcomeUnknown(
          `${card.exchange} answered the question for order ${clientOrderId} with another`,
        )
      return found
    },

    async fillsOf({ symbol, venueOrderId: own, becameVenueOrderId }) {
      const venueOrderId = becameVenueOrderId ?? own
      const fills = await ask('fills', `the fills of order ${venueOrderId}`, (venue) =>
        calls.fillsOf(venue, symbol, venueOrderId),
      )
      return fills.filter((fill) => fill.venueOrderId === venueOrderId)
    },

    fillsSince: (symbol, sinceMs) =>
      ask('orders', `the fills on ${symbol}`, (venue) => calls.fillsSince(venue, symbol, sinceMs)),

    async openOrders(symbol) {
      const orders = await ask(
        symbol === undefined ? 'all-open-orders' : 'open-orders',
        'open orders',
        (venue) => calls.openOrders(venue, symbol),
      )
      return [...orders, ...(await stopsApart(symbol))]
    },

    async ordersSince(symbol, sinceMs) {
      const orders = await ask('orders', `the orders on ${symbol}`, (venue) =>
        calls.ordersSince(venue, symbol, sinceMs),
      )
      return [...orders, ...(await stopsApart(symbol, sinceMs))]
    },
  }
}

/** The library cuts what is finer than the venue's step without a word; the journal must hold what is sent. */
function requireRounded(client: VenueClient, { symbol, quantity, price }: OrderRequest): void {
  const isRounded = (text: DecimalText, rounded: () => unknown) => {
    try {
      return new Decimal(String(rounded())).eq(text)
    } catch {
      return false // it refuses what would be cut to nothing
    }
  }
  if (
    isRounded(quantity, () => client.amountToPrecision(symbol, quantity)) &&
    (price === undefined || isRounded(price, () => client.priceToPrecision(symbol, price)))
  )
    return
  const at = price === undefined ? '' : ` at ${price}`
  throw new OrderRejected(`${quantity} ${symbol}${at} is finer than the venue takes: it was not sent`, {
    code: 'filter',
    advice: 'round to the symbol’s filters',
  })
}
