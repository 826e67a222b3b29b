import {
  bookedTrades,
  journalPlace,
  livingOrdersOf,
  livingPositionsOf,
  openedAt,
  ordersByClientId,
  ordersByVenueId,
  symbolsOrdered,
} from '#db/account-journal.ts'
import { recoverAccount } from '#db/accounts.ts'
import type { Order } from '#db/orders.ts'
import {
  type External,
  markRestored,
  markStale,
  type Reconciliation,
  reconciliationOf,
  saveReconciled,
} from '#db/reconciliations.ts'
import type { VenueAccount } from '../../exchange/venue-account.ts'
import type { VenueFill } from '../../exchange/venue-order.ts'
import { isOurs } from '../../vault/client-order-id.ts'
import { pauseOnBadKey } from '../bad-key.ts'
import { crashpoint } from '../crashpoint.ts'
import { endOrder } from '../end.ts'
import { observeOrder } from '../observe.ts'
import { bookingContext, type OrderDesk } from '../order-desk.ts'
import { resolveOrder } from '../resolve.ts'
import type { OrderResult } from '../result.ts'
import { adoptOrder } from './adopt.ts'
import { reconcileCash } from './cash.ts'
import { DoubtBook } from './doubt.ts'
import { bookLate, faceLateOrders } from './late.ts'
import { reconcilePositions } from './positions.ts'
import { ordersIn, readReport, type Seen, type VenueReport } from './report.ts'

/** The venue is asked from so long before the last time: clocks differ, and reads lag. */
const overlapMs = 60_000

/** What reconciling an account came to. */
export interface Reconciled {
  /** `moving`: money moved while it was read, and nothing was concluded. `stale`: the report is not believed. */
  readonly kind: 'done' | 'moving' | 'stale'
  /** Whether differences were seen once, and a second look should follow soon. */
  readonly isInDoubt: boolean
  /** What looking at its orders came to, to be followed. */
  readonly results: readonly { readonly orderId: string; readonly result: OrderResult }[]
  /** Positions that were changed beside those of the results: what follows from that is to be woken. */
  readonly changed: readonly string[]
}

/**
 * Compares an account with its venue and brings the books in line: orders first, then positions, then money. What is not
 * explained is not acted upon. The user's own orders, coins and positions are noted and never touched. With a key that the
 * venue refuses the account is paused.
 * @throws VenueUnavailable when the venue cannot be asked: the account stays as it is, marked stale.
 */
export async function reconcileAccount(desk: OrderDesk, accountId: string): Promise<Reconciled> {
  try {
    return await reconcile(desk, accountId)
  } catch (error) {
    await markStale(desk.db, accountId)
    if (!(await pauseOnBadKey(desk, accountId, error))) throw error
    return { kind: 'stale', isInDoubt: false, results: [], changed: [] }
  }
}

async function reconcile(desk: OrderDesk, accountId: string): Promise<Reconciled> {
  const { db } = desk
  const before = await reconciliationOf(db, accountId)
  const venue = await desk.gateway.account(accountId)
  await abandonFromBefore(desk, accountId, before)
  const openedAtMs = (await openedAt(db, accountId))?.getTime() ?? before.createdAt.getTime()
  const report = await readReport(venue, {
    sinceMs: (before.reconciledAt ?? before.createdAt).getTime() - overlapMs,
    symbols: await symbolsOf(desk, venue, isAfterRestore(before)),
  })
  if (report === undefined) return { kind: 'moving', isInDoubt: true, results: [], changed: [] }

  crashpoint('report-read')
  const results = await resolveLiving(desk, accountId, report)
  crashpoint('living-asked')
  const isRestored = await adoptUnknown(desk, venue, report, openedAtMs)
  // The journal has lost what the venue knows: everything is looked at once more, as after a restore.
  if (isRestored && !isAfterRestore(before)) {
    await markRestored(db, accountId)
    return { kind: 'moving', isInDoubt: true, results, changed: [] }
  }
  crashpoint('unknown-adopted')
  const known = await ordersByClientId(db, accountId, [...ordersIn(report).keys()])
  await bookLate(desk, venue, report, known)
  const strange = await bookUnseen(desk, venue, report, openedAtMs)
  await recoverAccount(db, accountId)

  const doubts = new DoubtBook(before.doubts, before.nowMs, await journalPlace(db, accountId))
  const inFlight = (await livingOrdersOf(db, accountId)).filter(({ state }) => flying.includes(state))
  const late = await faceLateOrders(desk, venue, report, known, doubts)
  const compared = await reconcilePositions({ desk, venue, report, doubts, strange, inFlight })
  if (compared.isSettled && inFlight.length === 0)
    await reconcileCash(desk, venue.account, report, openedAtMs, doubts)
  crashpoint('compared-not-saved')
  // What could not be concluded today is concluded from the same executions later: the history is read from there again.
  const isConcluded = compared.isSettled || compared.isStale || isAfterRestore(before)
  await saveReconciled(db, accountId, {
    at: isConcluded ? new Date(before.nowMs) : (before.reconciledAt ?? before.createdAt),
    isStale: compared.isStale,
    doubts: doubts.kept,
    external: { orders: await externalOrders(desk, venue, report), positions: compared.external },
  })
  return {
    kind: compared.isStale ? 'stale' : 'done',
    isInDoubt: Object.keys(doubts.kept).length > 0,
    results,
    changed: [...late, ...compared.changed],
  }
}

/** Orders that may be executing this moment, or may have. */
const flying: readonly Order['state'][] = ['submitting', 'unknown', 'canceling']

function isAfterRestore({ restoredAt, reconciledAt }: Reconciliation): boolean {
  return restoredAt !== null && (reconciledAt === null || restoredAt > reconciledAt)
}

/** After a restore, what was planned before it is not sent any more. */
async function abandonFromBefore(desk: OrderDesk, accountId: string, before: Reconciliation): Promise<void> {
  if (!isAfterRestore(before)) return
  const context = {
    actor: desk.workerId,
    marketNowMs: desk.clock.marketNow(),
    monitorShards: desk.config.monitorShards,
    keys: desk.keys,
  }
  const reason = 'it was planned before the database was restored'
  for (const { id, purpose, state } of await livingOrdersOf(desk.db, accountId))
    if (state === 'planned' && purpose === 'entry')
      await endOrder(desk.db, id, ['planned'], { to: 'abandoned', reason }, context)
}

/** The symbols whose history is read: where we hold or order, and where the venue shows something. All after a restore. */
async function symbolsOf(
  desk: OrderDesk,
  { account }: VenueAccount,
  isRestored: boolean,
): Promise<(seen: Seen) => string[]> {
  const listed = new Set(await desk.feedOf(account).symbols())
  const ours = [
    ...(isRestored ? listed : []),
    ...(await livingPositionsOf(desk.db, account.id)).map(({ symbol }) => symbol),
    ...(await symbolsOrdered(desk.db, account.id)),
  ]
  return ({ balances, positions, openOrders }) => {
    const coins =
      account.market === 'spot'
        ? balances
            .filter(({ total }) => Number(total) > 0)
            .map(({ currency }) => `${currency}/${account.quote}`)
        : []
    const seen = [...positions, ...openOrders].map(({ symbol }) => symbol)
    return [...new Set([...ours, ...seen, ...coins])].filter((symbol) => listed.has(symbol))
  }
}

/** Looks at every order of ours that is not at the venue as the journal has it. */
async function resolveLiving(
  desk: OrderDesk,
  accountId: string,
  { openOrders }: VenueReport,
): Promise<Reconciled['results']> {
  const results: { orderId: string; result: OrderResult }[] = []
  const open = new Map(openOrders.map((order) => [order.clientOrderId, order]))
  for (const order of await livingOrdersOf(desk.db, accountId)) {
    if (order.state === 'planned') continue
    const there = open.get(order.clientOrderId)
    const isAsKnown = there !== undefined && order.state === there.status && order.filled === there.filled
    if (isAsKnown) continue
    results.push({ orderId: order.id, result: await resolveOrder(desk, order.id) })
  }
  return results
}

/** Takes orders of ours that the journal does not know into it; returns whether there were any. */
async function adoptUnknown(
  desk: OrderDesk,
  venue: VenueAccount,
  report: VenueReport,
  openedAtMs: number,
): Promise<boolean> {
  const { account } = venue
  const ours = [...ordersIn(report).values()].filter(
    ({ clientOrderId, updatedAtMs }) =>
      isOurs(desk.keys, account.id, clientOrderId) && (updatedAtMs ?? openedAtMs) >= openedAtMs,
  )
  const known = await ordersByClientId(
    desk.db,
    account.id,
    ours.map(({ clientOrderId }) => clientOrderId),
  )
  let isAny = false
  // Entries before the exits that reduce them.
  const unknown = ours.filter(({ clientOrderId }) => !known.has(clientOrderId))
  for (const order of unknown.sort((a, b) => (a.updatedAtMs ?? 0) - (b.updatedAtMs ?? 0)))
    isAny = (await adoptOrder(desk, venue, order)) || isAny
  return isAny
}

/** Books executions of our orders that were never seen here; returns those of others that are not booked, by symbol. */
async function bookUnseen(
  desk: OrderDesk,
  venue: VenueAccount,
  report: VenueReport,
  openedAtMs: number,
): Promise<Map<string, VenueFill[]>> {
  const { account } = venue
  const strange = new Map<string, VenueFill[]>()
  for (const [symbol, { fills }] of report.history) {
    const booked = await bookedTrades(desk.db, account.id, symbol)
    const fresh = fills.filter(
      ({ venueTradeId, filledAtMs }) => filledAtMs > openedAtMs && !booked.has(venueTradeId),
    )
    if (fresh.length === 0) continue
    const ours = await ordersByVenueId(
      desk.db,
      account.id,
      symbol,
      fresh.map(({ venueOrderId }) => venueOrderId),
    )
    const context = await bookingContext(desk, account, symbol)
    for (const order of new Set(ours.values())) {
      const there = await venue.orderByClientId(order)
      if (there) await observeOrder(desk, order, venue, there, context)
    }
    const others = fresh.filter(({ venueOrderId }) => !ours.has(venueOrderId))
    if (others.length > 0) strange.set(symbol, others)
  }
  return strange
}

/** Open orders without our tag: shown, counted out of what is free, never touched. */
async function externalOrders(
  desk: OrderDesk,
  { account }: VenueAccount,
  { openOrders }: VenueReport,
): Promise<External['orders']> {
  // A stop that the venue attached to an entry of ours has no id of ours there.
  const ours = new Set((await livingOrdersOf(desk.db, account.id)).map(({ venueOrderId }) => venueOrderId))
  return openOrders
    .filter(({ clientOrderId }) => !isOurs(desk.keys, account.id, clientOrderId))
    .filter(({ venueOrderId }) => !ours.has(venueOrderId))
    .map(({ symbol, side, quantity, filled, price }) => ({
      symbol,
      side,
      quantity,
      filled,
      price: price ?? null,
    }))
}
