import type { binance, Order as CcxtOrder } from 'ccxt'
import { z } from 'zod'
import { asNumber, type MarketCalls, noId, type OrderToSend } from '../market-calls.ts'
import { readFill, readOrder, readStop } from '../read-order.ts'
import type { VenueClient } from '../venue-class.ts'
import type { VenueOrder } from '../venue-order.ts'

/** The guard refuses a write 1.5 s after the claim; the rest is for the network and the clocks' difference. */
export const orderWindowMs = 3_000
const window = { recvWindow: 5_000 }
/** Stops on futures are orders of another kind, with ids of their own. */
const asStop = { trigger: true }
const most = 1_000

const algoOrder = z.object({ algoStatus: z.string(), actualOrderId: z.coerce.string().optional() })

/** The calls that both markets share, and what they need of either. */
type OrderCallsOfBinance = Omit<MarketCalls, 'holdings'>

/** The orders of one of Binance's markets. */
export function binanceOrders({
  type,
  hasStops,
}: {
  type: 'spot' | 'swap'
  hasStops: boolean
}): OrderCallsOfBinance {
  const isApart = (order: { readonly type?: OrderToSend['type'] }) => hasStops && order.type === 'stop_market'

  /** A stop, and when it has triggered, the order it became. */
  async function followed(venue: VenueClient, symbol: string, answer: CcxtOrder) {
    const trigger = readTrigger(answer.info)
    const id = trigger.becameVenueOrderId
    if (id === undefined) return readStop(answer, trigger)
    return readStop(answer, trigger, await venue.fetchOrder(id, symbol, window))
  }

  return {
    async place(venue, order) {
      const answer = await venue.createOrder(
        order.symbol,
        order.type === 'stop_market' ? 'market' : order.type,
        order.side,
        asNumber(order.quantity),
        asNumber(order.price),
        {
          clientOrderId: order.clientOrderId,
          timestamp: order.signedAtMs,
          recvWindow: orderWindowMs,
          ...(order.isReduceOnly && { reduceOnly: true }),
          ...(order.stopPrice !== undefined && { stopLossPrice: order.stopPrice }),
        },
      )
      return isApart(order) ? readStop(answer, readTrigger(answer.info)) : readOrder(answer)
    },

    async cancel(venue, order) {
      const { symbol, clientOrderId } = order
      const how = { clientOrderId, ...(isApart(order) && asStop), ...window }
      const answer = await venue.cancelOrder(noId, symbol, how)
      // What is said of a cancelled stop is too little to read: it is asked for by its id.
      return isApart(order) ? undefined : readOrder(answer)
    },

    async find(venue, order) {
      const { symbol, clientOrderId } = order
      const how = { clientOrderId, ...(isApart(order) && asStop), ...window }
      const answer = await venue.fetchOrder(noId, symbol, how)
      return named(isApart(order) ? await followed(venue, symbol, answer) : readOrder(answer))
    },

    async fillsOf(venue, symbol, venueOrderId) {
      const trades = await venue.fetchMyTrades(symbol, undefined, most, { orderId: venueOrderId, ...window })
      return trades.map((trade) => readFill(trade))
    },

    async fillsSince(venue, symbol, sinceMs) {
      const trades = await venue.fetchMyTrades(symbol, Math.floor(sinceMs), most, window)
      return trades.map((trade) => readFill(trade))
    },

    async openOrders(venue, symbol) {
      return read(await venue.fetchOpenOrders(symbol, undefined, undefined, { type, ...window }))
    },

    async ordersSince(venue, symbol, sinceMs) {
      return read(await venue.fetchOrders(symbol, Math.floor(sinceMs), most, window))
    },

    ...(hasStops &&
      ({
        async stopsApart(venue, symbol, sinceMs) {
          const how = { type, ...asStop, ...window }
          const answers =
            sinceMs === undefined
              ? await venue.fetchOpenOrders(symbol, undefined, undefined, how)
              : await venue.fetchOrders(symbol, Math.floor(sinceMs), most, how)
          return answers.flatMap((answer) => readStop(answer, readTrigger(answer.info)) ?? [])
        },
      } satisfies Pick<MarketCalls, 'stopsApart'>)),
  }
}

/** The same client as ccxt's class of Binance, with the endpoints that no other venue has. */
export function asBinance(venue: VenueClient): InstanceType<typeof binance> {
  return venue as InstanceType<typeof binance>
}

/** An answer that names no order is not one that says there is none. */
function named(order: VenueOrder | undefined): VenueOrder {
  if (order === undefined) throw new Error('the answer names no order')
  return order
}

function read(answers: readonly CcxtOrder[]): VenueOrder[] {
  return answers.flatMap((answer) => readOrder(answer) ?? [])
}

function readTrigger(raw: unknown) {
  const { algoStatus, actualOrderId } = algoOrder.parse(raw)
  return {
    hasTriggered: algoStatus === 'TRIGGERED' || algoStatus === 'FINISHED',
    becameVenueOrderId: actualOrderId || undefined,
  }
}
