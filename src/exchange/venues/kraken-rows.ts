import { z } from 'zod'
import { Decimal } from '../../domain/decimal.ts'
import type { VenueClient } from '../venue-class.ts'
import type { VenueFill, VenueOrder, VenueOrderStatus } from '../venue-order.ts'

const amount = z.union([z.string(), z.number()]).transform((text) => new Decimal(text).toString())
/** Seconds, with a fraction; ours are milliseconds. */
const moment = z.coerce.number().transform((seconds) => Math.round(seconds * 1_000))

/** An order as the look-ups of the venue tell it, without its id, which is the row's name. */
export const orderRow = z.looseObject({
  cl_ord_id: z.string().nullish(),
  status: z.string(),
  reason: z.string().nullish(),
  opentm: moment,
  closetm: moment.optional(),
  descr: z.looseObject({
    pair: z.string(),
    type: z.enum(['buy', 'sell']),
    ordertype: z.string(),
    price: z.string(),
    price2: z.string(),
  }),
  vol: amount,
  vol_exec: amount,
  price: amount,
  oflags: z.string().optional(),
  trades: z.array(z.string()).optional(),
})

/** An execution as the venue tells it, without its id. Its fee is in the quote currency. */
export const tradeRow = z.looseObject({
  ordertxid: z.string().min(1),
  pair: z.string(),
  time: moment,
  type: z.enum(['buy', 'sell']),
  price: amount,
  cost: amount,
  fee: amount,
  vol: amount,
  maker: z.boolean().optional(),
})

export type OrderRow = z.infer<typeof orderRow>

const statuses: Readonly<Record<string, VenueOrderStatus>> = {
  pending: 'open',
  open: 'open',
  closed: 'filled',
  canceled: 'canceled',
  expired: 'canceled',
}

/** An order in our words. Throws on a state the venue is not known to have. */
export function toOrder(venue: VenueClient, id: string, row: OrderRow): VenueOrder {
  const status = statuses[row.status]
  if (status === undefined) throw new Error(`order ${id} is in the state "${row.status}", which is not known`)
  const isPartial = status === 'open' && new Decimal(row.vol_exec).gt(0)
  const { ordertype, price, price2 } = row.descr
  const limit = ordertype.endsWith('-limit') ? price2 : ordertype === 'limit' ? price : undefined
  const isByVenue =
    row.status === 'expired' || (row.status === 'canceled' && row.reason != null && !/user/i.test(row.reason))
  return {
    venueOrderId: id,
    clientOrderId: row.cl_ord_id ?? '',
    symbol: symbolOf(venue, row.descr.pair),
    side: row.descr.type,
    status: isPartial ? 'partially_filled' : status,
    quantity: row.vol,
    filled: row.vol_exec,
    averagePrice: new Decimal(row.price).gt(0) ? row.price : null,
    updatedAtMs: row.closetm ?? row.opentm,
    ...(limit !== undefined && { price: new Decimal(limit).toString() }),
    ...(isByVenue && { isExpired: true }),
    fills: [],
  }
}

/** A fill in our words. */
export function toFill(venue: VenueClient, id: string, row: z.infer<typeof tradeRow>): VenueFill {
  const symbol = symbolOf(venue, row.pair)
  return {
    venueTradeId: id,
    venueOrderId: row.ordertxid,
    symbol,
    side: row.type,
    price: row.price,
    quantity: row.vol,
    cost: row.cost,
    fee: row.fee,
    feeCurrency: symbol.split('/')[1] ?? '',
    realizedPnl: null,
    isMaker: row.maker === true,
    filledAtMs: row.time,
  }
}

/** Our symbol of a pair by its id or its altname, as orders and trades name it. */
function symbolOf(venue: VenueClient, pair: string): string {
  const byAltname = (venue.options.marketsByAltname ?? {}) as Record<string, { symbol?: string }>
  const symbol = byAltname[pair]?.symbol ?? venue.markets_by_id?.[pair]?.[0]?.symbol
  if (symbol === undefined) throw new Error(`the venue names the pair ${pair}, which it does not list`)
  return symbol
}
