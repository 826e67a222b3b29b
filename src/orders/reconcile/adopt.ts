import { livingPositionsOf } from '#db/account-journal.ts'
import { adoptPosition } from '#db/adopted-positions.ts'
import type { Db } from '#db/client.ts'
import { insertFoundOrder } from '#db/found-orders.ts'
import { orderOrThrow } from '#db/orders.ts'
import { findSettings } from '#db/trading-settings.ts'
import { Decimal } from '../../domain/decimal.ts'
import { exitRulesFor } from '../../domain/exits/exit-rules.ts'
import { type MarketFilters, roundPrice } from '../../domain/market-filters.ts'
import { directionOf, exitSide, type Side } from '../../domain/side.ts'
import { resolveSettings } from '../../domain/trading-settings.ts'
import type { VenueAccount } from '../../exchange/venue-account.ts'
import type { VenueOrder } from '../../exchange/venue-order.ts'
import { raiseAlarm } from '../alarm.ts'
import { crashpoint } from '../crashpoint.ts'
import { observeOrder } from '../observe.ts'
import { bookingContext, type OrderDesk } from '../order-desk.ts'

/**
 * Takes an order of ours that the journal does not know into it, with everything that executed of it. An entry opens a
 * position with the user's stops, an exit reduces the position it belongs to. A stop is taken back: the position's own one
 * is planned anew, and without a position it would close what is the user's. Returns whether there was anything to adopt.
 */
export async function adoptOrder(desk: OrderDesk, venue: VenueAccount, found: VenueOrder): Promise<boolean> {
  const { account } = venue
  const about = {
    userId: account.userId,
    accountId: account.id,
    symbol: found.symbol,
    target: found.clientOrderId,
  }
  const isOver = found.status !== 'open' && found.status !== 'partially_filled'
  if (found.isStop) {
    if (isOver) return false
    await venue.cancelOrder({ ...found, type: 'stop_market' })
    const text = `a stop of ours on ${found.symbol} that the journal does not know was taken back`
    await raiseAlarm(desk, { event: 'stray-stop', ...about, text })
    return true
  }
  if (isOver && new Decimal(found.filled).isZero()) return false
  const orderId = await takeIn(desk, venue, found)
  if (orderId === undefined) return false
  crashpoint('adopted-not-booked')
  const context = await bookingContext(desk, account, found.symbol)
  await observeOrder(desk, await orderOrThrow(desk.db, orderId), venue, found, context)
  await raiseAlarm(desk, {
    event: 'order-adopted',
    ...about,
    text: `an order of ours on ${found.symbol} that the journal does not know was taken in: the database was restored`,
    details: { venueOrderId: found.venueOrderId, side: found.side, filled: found.filled },
  })
  return true
}

async function takeIn(
  desk: OrderDesk,
  { account }: VenueAccount,
  found: VenueOrder,
): Promise<string | undefined> {
  const filters = await desk.feedOf(account).filters(found.symbol)
  if (!filters) return undefined
  const price = found.averagePrice ?? found.price ?? (await priceNow(desk, account, found.symbol))
  return desk.db.transaction().execute(async (tx) => {
    const positions = (await livingPositionsOf(tx, account.id)).filter(
      ({ symbol }) => symbol === found.symbol,
    )
    const reduced = positions.find(
      ({ side, quantityOpen }) => exitSide(side) === found.side && new Decimal(quantityOpen).gt(0),
    )
    const isSpot = account.market === 'spot'
    const isExit = found.isReduceOnly === true || (isSpot ? found.side === 'sell' : false)
    // An exit without a position: what it did is in the venue's balances, and goes to the ledger from there.
    if (isExit && !reduced) return undefined
    const positionId =
      isExit && reduced
        ? reduced.id
        : await openPosition(tx, account, found, { price, filters, isStray: positions.length > 0 })
    return insertFoundOrder(
      tx,
      {
        userId: account.userId,
        accountId: account.id,
        positionId,
        exchange: account.exchange,
        symbol: found.symbol,
        side: found.side,
        purpose: isExit ? 'exit' : 'entry',
        type: found.price === undefined ? 'market' : 'limit',
        quantity: found.quantity,
        price,
        isReduceOnly: found.isReduceOnly === true,
        clientOrderId: found.clientOrderId,
        venueOrderId: found.venueOrderId,
        state: 'open',
        closeReason: isExit ? 'reconciled' : null,
        at: new Date(found.updatedAtMs ?? desk.clock.wallNow()),
      },
      { actor: desk.workerId, evidence: { adopted: found.venueOrderId, status: found.status } },
    )
  })
}

/** A position with the user's own stops, as a percentage of its entry price; null where the user has none. */
export async function openPosition(
  tx: Db,
  account: VenueAccount['account'],
  found: { readonly symbol: string; readonly side: VenueOrder['side'] },
  { price, filters, isStray }: { price: string; filters: MarketFilters; isStray: boolean },
): Promise<string> {
  const settings = resolveSettings({
    ...(await findSettings(tx, account.userId, account.id)),
    market: account.market,
  })
  const side: Side = found.side === 'buy' ? 'long' : 'short'
  const away = (ratio: number | null, sign: 1 | -1) =>
    ratio === null ? null : roundPrice(Number(price) * (1 + sign * directionOf(side) * ratio), filters)
  return adoptPosition(tx, {
    userId: account.userId,
    accountId: account.id,
    source: 'adopted',
    symbol: found.symbol,
    side,
    state: isStray ? 'stray' : 'opening',
    stopLoss: away(settings.stopLoss, -1),
    takeProfit: away(settings.takeProfit, 1),
    rules: exitRulesFor(settings, filters, account.market),
  })
}

async function priceNow(desk: OrderDesk, account: VenueAccount['account'], symbol: string): Promise<string> {
  const price = (await desk.feedOf(account).prices()).get(symbol)
  if (price === undefined) throw new Error(`${symbol} has no price`)
  return new Decimal(price).toString()
}
