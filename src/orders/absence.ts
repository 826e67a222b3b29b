import { bookedTrades } from '#db/account-journal.ts'
import { ledgerBalances } from '#db/ledger.ts'
import { type Evidence, recordRound } from '#db/order-evidence.ts'
import { lockOrder, type Order } from '#db/orders.ts'
import { findPosition } from '#db/positions.ts'
import { reconciliationOf } from '#db/reconciliations.ts'
import { Decimal, type DecimalText, sum } from '../domain/decimal.ts'
import type { VenueAccount } from '../exchange/venue-account.ts'
import type { VenueFill, VenueOrder } from '../exchange/venue-order.ts'
import { crashpoint } from './crashpoint.ts'
import type { OrderDesk } from './order-desk.ts'

/** Fills and orders are asked for from so long before the sending: clocks differ, and the order may be older than our row says. */
const beforeSendingMs = 10_000
/** Further back than this no round looks, however long an account has not been settled. */
const unsettledAtMostMs = 60 * 60_000

/**
 * One round of looking for an order that the venue did not give by its id: every question of a round asked, and every
 * answer written down. Returns what speaks for the order being there after all, or undefined when nothing does. Throws
 * VenueUnavailable when one question was not answered, or by a stale clock: that is no round, and nothing is written.
 */
export async function lookForAbsent(
  desk: OrderDesk,
  order: Order,
  venue: VenueAccount,
  sentAgoMs: number,
): Promise<string | undefined> {
  const begun = performance.now()
  const serverTimeMs = await venue.askTime()
  const sinceMs = serverTimeMs - Math.max(sentAgoMs, await unsettledForMs(desk, order)) - beforeSendingMs
  const [byId, open, closed, fills, holding, booked] = await Promise.all([
    venue.orderByClientId(order),
    venue.openOrders(order.symbol),
    venue.ordersSince(order.symbol, sinceMs),
    venue.fillsSince(order.symbol, sinceMs),
    holdingNow(desk, order, venue),
    bookedTrades(desk.db, order.accountId, order.symbol),
  ])
  const news = fills.filter((fill) => !booked.has(fill.venueTradeId))
  const listed = [...open, ...closed]
  const expected = new Decimal(holding.books).plus(movedByOthers(order, news, listed)).toString()
  crashpoint('round-not-written')
  const answers: Evidence[] = [
    { kind: 'by-id', found: byId !== undefined, details: { status: byId?.status ?? null } },
    { kind: 'open-orders', ...listing(order, open) },
    { kind: 'closed-orders', ...listing(order, closed) },
    { kind: 'fills', ...unaccounted(news, listed) },
    {
      kind: 'balance-or-position',
      found: expected !== holding.venue,
      details: { ...holding, ...(expected !== holding.books && { expected }) },
    },
  ]
  await desk.db.transaction().execute(async (tx) => {
    await lockOrder(tx, order.id)
    await recordRound(tx, order, { serverTimeMs, tookMs: performance.now() - begun, answers })
  })
  crashpoint('round-written')
  const sign = answers.find(({ found }) => found)
  return sign && signs[sign.kind]
}

const signs: Readonly<Record<Evidence['kind'], string>> = {
  'by-id': 'the venue has it',
  'open-orders': 'the venue lists it, but does not give it by its id yet',
  'closed-orders': 'the venue lists it, but does not give it by its id yet',
  fills: 'there is a fill of an order that is not listed',
  'balance-or-position': 'the venue holds something else than the books say',
}

function listing(order: Order, listed: readonly VenueOrder[]): Pick<Evidence, 'found' | 'details'> {
  const found = listed.some((one) => one.clientOrderId === order.clientOrderId)
  return { found, details: { listed: listed.length } }
}

/** For how long, in ms, the account has not been settled with its venue: what others did since may not be booked. */
async function unsettledForMs(desk: OrderDesk, { accountId }: Order): Promise<number> {
  const { reconciledAt, createdAt, nowMs } = await reconciliationOf(desk.db, accountId)
  return Math.min(unsettledAtMostMs, nowMs - (reconciledAt ?? createdAt).getTime())
}

/**
 * What executions of other orders, the user's own among them, moved that is not in the books yet: signed, in the order's
 * coin. Without them what a user does by hand meanwhile would keep the order unknown for ever.
 */
function movedByOthers(order: Order, news: readonly VenueFill[], listed: readonly VenueOrder[]): DecimalText {
  const others = new Set(
    listed.filter((one) => one.clientOrderId !== order.clientOrderId).map((one) => one.venueOrderId),
  )
  const base = order.symbol.split('/', 1)[0]
  const isSpot = !order.symbol.includes(':')
  return sum(
    news
      .filter((fill) => others.has(fill.venueOrderId))
      .flatMap(({ side, quantity, fee, feeCurrency }) => [
        new Decimal(quantity).times(side === 'buy' ? 1 : -1).toString(),
        ...(isSpot && feeCurrency === base ? [new Decimal(fee).neg().toString()] : []),
      ]),
  )
}

/** Fills whose order is not listed may be the order's. */
function unaccounted(
  fills: readonly VenueFill[],
  listed: readonly VenueOrder[],
): Pick<Evidence, 'found' | 'details'> {
  const known = new Set(listed.map((one) => one.venueOrderId))
  const strange = fills.filter((fill) => !known.has(fill.venueOrderId))
  return {
    found: strange.length > 0,
    details: { fills: fills.length, unlisted: strange.map((fill) => fill.venueTradeId) },
  }
}

/** What the books and the venue say of the order's coin, or of its position on futures; exact decimals. */
async function holdingNow(
  desk: OrderDesk,
  order: Order,
  venue: VenueAccount,
): Promise<{ of: string; books: string; venue: string }> {
  if (venue.account.market === 'spot') {
    const base = order.symbol.split('/', 1)[0] ?? ''
    const [books, balances] = await Promise.all([ledgerBalances(desk.db, order.accountId), venue.balances()])
    const held = balances.find((balance) => balance.currency === base)?.total
    return { of: base, books: text(books.get(base)), venue: text(held) }
  }
  const position = await findPosition(desk.db, order.positionId)
  const books = new Decimal(position?.quantityOpen ?? '0').times(position?.side === 'short' ? -1 : 1)
  const held = (await venue.positions()).find(({ symbol }) => symbol === order.symbol)?.quantity
  return { of: order.symbol, books: text(books.toString()), venue: text(held) }
}

function text(amount: string | undefined): string {
  return new Decimal(amount ?? '0').plus(0).toString()
}
