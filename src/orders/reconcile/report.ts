import { Decimal } from '../../domain/decimal.ts'
import type { VenueAccount } from '../../exchange/venue-account.ts'
import type {
  VenueBalance,
  VenueFill,
  VenueMovement,
  VenueOrder,
  VenuePosition,
} from '../../exchange/venue-order.ts'

/** Venues tell at most seven days from a moment on; one day less is asked for, since clocks differ. */
const sliceMs = 6 * 86_400_000
/** Symbols asked for at once, so that one account does not take the budget of all. */
const atOnce = 4

/** Everything an account's venue says of it, read while nothing moved. */
export interface VenueReport {
  readonly balances: readonly VenueBalance[]
  /** Of futures; a symbol that is not here was not said to be flat, it was not named. */
  readonly positions: readonly VenuePosition[]
  readonly openOrders: readonly VenueOrder[]
  /** Orders and executions since the moment that was asked from, by symbol. */
  readonly history: ReadonlyMap<string, SymbolHistory>
  /** undefined where the venue does not tell. */
  readonly movements: readonly VenueMovement[] | undefined
}

/** What happened on one symbol. */
export interface SymbolHistory {
  readonly orders: readonly VenueOrder[]
  readonly fills: readonly VenueFill[]
}

/**
 * Reads an account at its venue: what it holds before and after everything else, so that a report in whose middle money
 * moved is none. Undefined then. Throws VenueUnavailable when one question was not answered, or by a stale clock.
 */
export async function readReport(
  venue: VenueAccount,
  wanted: { readonly sinceMs: number; readonly symbols: (seen: Seen) => readonly string[] },
): Promise<VenueReport | undefined> {
  const nowMs = await venue.askTime()
  const before = await standing(venue)
  const openOrders = await venue.openOrders()
  const symbols = wanted.symbols({ ...before, openOrders })
  const history = new Map<string, SymbolHistory>()
  for (let from = 0; from < symbols.length; from += atOnce)
    await Promise.all(
      symbols.slice(from, from + atOnce).map(async (symbol) => {
        history.set(symbol, await historyOf(venue, symbol, wanted.sinceMs, nowMs))
      }),
    )
  const movements = await venue.movementsSince(wanted.sinceMs)
  const after = await standing(venue)
  if (textOf(before) !== textOf(after)) return undefined
  return { ...after, openOrders, history, movements }
}

/** Every order that a report tells of, once, by its client id; one that rests as its own list has it. */
export function ordersIn({ history, openOrders }: VenueReport): Map<string, VenueOrder> {
  const told = new Map<string, VenueOrder>()
  for (const { orders } of history.values()) for (const order of orders) told.set(order.clientOrderId, order)
  for (const order of openOrders) told.set(order.clientOrderId, order)
  return told
}

/** What is known when the symbols are chosen. */
export interface Seen {
  readonly balances: readonly VenueBalance[]
  readonly positions: readonly VenuePosition[]
  readonly openOrders: readonly VenueOrder[]
}

async function standing(venue: VenueAccount): Promise<Pick<VenueReport, 'balances' | 'positions'>> {
  const [balances, positions] = await Promise.all([venue.balances(), venue.positions()])
  return { balances, positions: positions.filter(({ quantity }) => !new Decimal(quantity).isZero()) }
}

function textOf({ balances, positions }: Pick<VenueReport, 'balances' | 'positions'>): string {
  const held = balances.map(({ currency, total }) => `${currency} ${total}`).sort()
  return [...held, ...positions.map(({ symbol, quantity }) => `${symbol} ${quantity}`).sort()].join(' ')
}

async function historyOf(
  venue: VenueAccount,
  symbol: string,
  sinceMs: number,
  nowMs: number,
): Promise<SymbolHistory> {
  const orders = new Map<string, VenueOrder>()
  const fills = new Map<string, VenueFill>()
  for (let from = sinceMs; from <= nowMs; from += sliceMs) {
    const [someOrders, someFills] = await Promise.all([
      venue.ordersSince(symbol, from),
      venue.fillsSince(symbol, from),
    ])
    for (const order of someOrders) orders.set(order.venueOrderId, order)
    for (const fill of someFills) fills.set(fill.venueTradeId, fill)
  }
  return { orders: [...orders.values()], fills: [...fills.values()] }
}
