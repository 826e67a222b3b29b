import { type Db, inTransaction } from '#db/client.ts'
import { type Fill, fillsOfOrder, fillsOfPosition, insertFill, lastFeePrice, totalsOf } from '#db/fills.ts'
import { insertLedger } from '#db/ledger.ts'
import { recordEvent } from '#db/order-events.ts'
import { changeOrder, lockOrder, moveOrder, type Order, orderOrThrow } from '#db/orders.ts'
import { lockPosition, type Position } from '#db/positions.ts'
import { noteStopRemoved, requestCancel } from '#db/stops.ts'
import { Decimal, type DecimalText } from '../domain/decimal.ts'
import type { MarketFilters } from '../domain/market-filters.ts'
import { isEnded, isLateTruth, legalTransition, type OrderState } from '../domain/order.ts'
import type { PositionState } from '../domain/position.ts'
import { entrySide } from '../domain/side.ts'
import type { VenueFill, VenueOrder } from '../exchange/venue-order.ts'
import { bookFill, ledgerOf } from './booking.ts'
import { crashpoint } from './crashpoint.ts'
import { repriceEntry } from './reprice.ts'
import { releaseOrder, type SettleContext, settlePosition } from './settle.ts'
import { tellOpened } from './trade-alerts.ts'

/** What booking needs besides the venue's answer. */
export interface BookingContext extends SettleContext {
  readonly filters: Pick<MarketFilters, 'base' | 'quote'>
  readonly isSpot: boolean
  /** What a coin costs in quote now, for fees charged in it; undefined when it has no price. */
  readonly priceOf: (currency: string) => DecimalText | undefined
}

/** An order as the venue tells it, with all its executions that are known. */
export interface Observed {
  readonly order: VenueOrder
  readonly fills: readonly VenueFill[]
}

/** What became of an order and its position by booking an answer of the venue. */
export interface Recorded {
  readonly state: OrderState
  readonly newFills: number
  /** Whether every execution the venue speaks of is booked; until then the order is asked for again. */
  readonly isComplete: boolean
  readonly positionState: PositionState
  /** What the fills moved beyond the position; more than '0' is a critical alert. */
  readonly excess: DecimalText
  /** Whether an ending that was believed turned out wrong: a critical alert. */
  readonly isLateTruth: boolean
  /**
   * What follows when somebody else has taken a resting stop away: another one, or none any more, since that was the
   * second time in ten minutes.
   */
  readonly removedStop?: 'rearmed' | 'declined'
}

/**
 * Books what the venue says of an order, in one transaction with all its consequences. Repeated and reordered answers
 * are harmless: a fill is booked once by the venue's trade id, and an older answer moves nothing back.
 */
export function recordOrder(
  db: Db,
  orderId: string,
  observed: Observed,
  context: BookingContext,
): Promise<Recorded> {
  return inTransaction(db, async (tx) => {
    const { positionId } = await orderOrThrow(tx, orderId)
    const before = await lockPosition(tx, positionId)
    const order = await lockOrder(tx, orderId)
    const booked = await bookFills(tx, order, before, observed.fills, context)
    crashpoint('mid-record')
    const { quantity, cost } = totalsOf(await fillsOfOrder(tx, orderId))
    const isComplete = new Decimal(quantity).gte(observed.order.filled)
    const to = nextState(order.state, observed.order, quantity, booked.newFills > 0)
    const reserved = Decimal.min(order.reserved, Decimal.max(0, new Decimal(order.quantity).minus(quantity)))
    const change = {
      venueOrderId: observed.order.venueOrderId,
      ...(observed.order.becameVenueOrderId !== undefined && {
        becameVenueOrderId: observed.order.becameVenueOrderId,
      }),
      filled: quantity,
      silentSince: null,
      ...(new Decimal(quantity).gt(0) && { averagePrice: new Decimal(cost).div(quantity).toString() }),
      ...(order.purpose === 'exit' && { reserved: reserved.toString() }),
      ...(to === 'rejected' && order.failureReason === null && { failureReason: refusedLater }),
    }
    const evidence = {
      venueOrderId: observed.order.venueOrderId,
      status: observed.order.status,
      filled: observed.order.filled,
      fills: booked.newFills,
      ...(booked.excess !== '0' && { excess: booked.excess }),
    }
    const grounds = { actor: context.actor, evidence }
    if (to !== order.state) await moveOrder(tx, order, to, grounds, change)
    else {
      await changeOrder(tx, orderId, change)
      if (booked.newFills > 0) await recordEvent(tx, order, order.state, to, grounds)
    }
    if (isEnded(to)) await releaseOrder(tx, order, to === 'filled', new Decimal(quantity).gt(0))
    if (
      order.purpose === 'entry' &&
      to === 'canceled' &&
      to !== order.state &&
      new Decimal(quantity).isZero()
    )
      await repriceEntry(tx, order, booked.position, context)
    // What was given up long ago is not wanted any more: only what has filled of it stays.
    if (order.purpose === 'entry' && isLateTruth(order.state, to) && !isEnded(to))
      await requestCancel(tx, [orderId])
    const stop = isRemoved(order, to, observed.order) ? await noteStopRemoved(tx, positionId) : undefined
    const now = stop === 'declined' ? { ...booked.position, stopDeclinedAt: new Date() } : booked.position
    const positionState = await settlePosition(tx, now, context)
    const isEntered = order.purpose === 'entry' && isEnded(to) && !isEnded(order.state)
    if (isEntered && new Decimal(quantity).gt(0)) await tellOpened(tx, now)
    crashpoint('mid-settle')
    return {
      state: to,
      newFills: booked.newFills,
      isComplete,
      positionState,
      excess: booked.excess,
      isLateTruth: isLateTruth(order.state, to),
      ...(stop !== undefined && { removedStop: stop }),
    }
  })
}

/** Why an order was rejected that the venue had taken: its answer says no more. */
const refusedLater = 'the venue refused it after it had taken it'

/** Whether a resting stop has gone without our asking, by somebody's hand and not by the venue's rules. */
function isRemoved(order: Order, to: OrderState, venue: VenueOrder): boolean {
  return (
    order.purpose === 'stop' &&
    (order.state === 'open' || order.state === 'partially_filled') &&
    to === 'canceled' &&
    order.cancelRequestedAt === null &&
    venue.becameVenueOrderId === undefined &&
    venue.isExpired !== true
  )
}

async function bookFills(
  tx: Db,
  order: Order,
  before: Position,
  fills: readonly VenueFill[],
  context: BookingContext,
): Promise<{ position: Position; newFills: number; excess: DecimalText }> {
  let position = before
  let newFills = 0
  let excess = new Decimal(0)
  const coins = { ...context.filters, isSpot: context.isSpot }
  const owner = {
    userId: order.userId,
    accountId: order.accountId,
    orderId: order.id,
    positionId: order.positionId,
  }
  for (const venueFill of [...fills].sort(byTime)) {
    const fill = await pricedFill(tx, order.accountId, venueFill, context)
    if (!(await insertFill(tx, owner, fill))) continue
    const booked = bookFill(position, fill, coins)
    await insertLedger(tx, owner, ledgerOf(fill, coins, booked.excess))
    position = { ...position, quantityOpen: booked.quantityOpen, quantityEntered: booked.quantityEntered }
    excess = excess.plus(booked.excess)
    newFills += 1
  }
  if (newFills === 0) return { position, newFills, excess: '0' }
  if (order.closeReason !== null) position = { ...position, closeReason: order.closeReason }
  if (order.side === entrySide(position.side)) {
    const entries = (await fillsOfPosition(tx, position.id)).filter((fill) => fill.side === order.side)
    const { quantity, cost } = totalsOf(entries)
    position = { ...position, entryPrice: new Decimal(cost).div(quantity).toString() }
  }
  return { position, newFills, excess: excess.toString() }
}

/** The fill with its fee's price in quote: one for quote, the fill's own for base, the market's for a third coin. */
export async function pricedFill(
  tx: Db,
  accountId: string,
  fill: VenueFill,
  context: BookingContext,
): Promise<Fill> {
  const { filledAtMs, venueOrderId: _, ...rest } = fill
  const { base, quote } = context.filters
  // A fill is always booked: a coin without a price now is taken at the price it last had here.
  const feePrice =
    fill.feeCurrency === quote || new Decimal(fill.fee).isZero()
      ? '1'
      : fill.feeCurrency === base
        ? fill.price
        : (context.priceOf(fill.feeCurrency) ?? (await lastFeePrice(tx, accountId, fill.feeCurrency)) ?? '0')
  return { ...rest, feeCurrency: fill.feeCurrency || quote, feePrice, filledAt: new Date(filledAtMs) }
}

/**
 * Where an answer takes an order. An ending is believed when all the executions it speaks of are booked. A snapshot
 * that is older than what is known moves nothing; new fills move even an order that had ended.
 */
function nextState(
  from: OrderState,
  venue: VenueOrder,
  booked: DecimalText,
  hasNewFills: boolean,
): OrderState {
  const filled = new Decimal(booked)
  const isComplete = filled.gte(venue.filled)
  const living: OrderState = filled.gt(0) ? 'partially_filled' : 'open'
  const isOver = venue.status !== 'open' && venue.status !== 'partially_filled'
  let to = isOver && isComplete ? (venue.status as OrderState) : living
  if (filled.gte(venue.quantity) && filled.gt(0)) to = 'filled'
  if (from === 'canceled' && !hasNewFills) return from
  if (from === 'canceling' && !(isOver && isComplete)) return from
  return legalTransition(from, to) ? to : from
}

function byTime(a: VenueFill, b: VenueFill): number {
  return a.filledAtMs - b.filledAtMs || a.venueTradeId.localeCompare(b.venueTradeId, 'en', { numeric: true })
}
