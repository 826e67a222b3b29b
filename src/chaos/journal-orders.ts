import { sum } from '../domain/decimal.ts'
import type { Journal } from './journal.ts'
import { byClientId, isExecuted, type Truth, type VenueBooks, type VenueOrder } from './truth.ts'

/** An order of the journal, as the checker reads it. */
export interface OrderRow {
  readonly id: string
  readonly api_key: string
  readonly account_id: string
  readonly position_id: string
  readonly symbol: string
  readonly purpose: string
  readonly type: string
  readonly quantity: string
  readonly filled: string
  readonly state: string
  /** As the venue knows it: a stop that it attached, by its entry. */
  readonly name: string
  readonly failure_reason: string | null
  readonly slots: string[]
  /** Written down for what the user did in the venue's own app; it stands for no order of ours. */
  readonly is_by_hand: boolean
  /** Found at the venue, and not planned here. */
  readonly is_adopted: boolean
  /** Epoch ms. */
  readonly planned_ms: number
}

/** What the venue executed for an order: the part behind each of its own orders, or behind each execution by hand. */
export interface Effect {
  readonly filled: string
  /** Epoch ms of each execution. */
  readonly times: readonly number[]
}

/** The journal's orders beside what the venue did for them. */
export interface JournalOrders {
  readonly orders: readonly OrderRow[]
  executedOf(order: OrderRow): readonly Effect[]
  /** The conditional orders that rested at the venue for it. */
  restingOf(order: OrderRow): readonly VenueOrder[]
  /** Executions at the venue that nobody meant, one line each. */
  readonly strange: readonly string[]
  /** Bookings of something by hand that the venue does not know, one line each. */
  readonly invented: readonly string[]
}

/** An account of Bullpen's in a run. */
export interface CheckedAccount {
  readonly account_id: string
  readonly api_key: string
  readonly books: VenueBooks
}

/** The accounts that Bullpen trades on. Throws when the simulator does not know one. */
export async function checkedAccounts({ query }: Journal, truth: Truth): Promise<CheckedAccount[]> {
  const rows = await query<{ account_id: string; api_key: string }>(
    `select account_id, api_key from chaos.accounts where handler = 'bullpen'`,
  )
  return rows.map((row) => {
    const books = truth.get(row.api_key)
    if (!books) throw new Error(`the simulator has no account ${row.account_id}`)
    return { ...row, books }
  })
}

/** Reads the journal and puts the venue's truth beside it. */
export async function readOrders(
  journal: Journal,
  accounts: readonly CheckedAccount[],
): Promise<JournalOrders> {
  const orders = await journal.query<OrderRow>(
    `select o.id, a.api_key, o.account_id, o.position_id, o.symbol, o.purpose, o.type, o.quantity, o.filled, o.state,
       coalesce('attached to ' || o.attached_to, o.client_order_id) as name, o.failure_reason,
       array(select slot from order_slots s where s.order_id = o.id) as slots,
       coalesce(born.evidence ? 'byHand', false) as is_by_hand, coalesce(born.evidence ? 'adopted', false) as is_adopted,
       (extract(epoch from o.planned_at) * 1000)::float8 as planned_ms
     from orders o join chaos.accounts a using (account_id)
     left join order_events born on born.order_id = o.id and born.from_state is null
     where a.handler = 'bullpen' order by o.planned_at`,
  )
  const known = new Set(orders.map((order) => `${order.api_key} ${order.name}`))
  const venue = new Map<string, VenueOrder[]>()
  const trades = new Map<string, { quantity: string; time: number }>()
  const strange: string[] = []
  for (const { account_id, api_key, books } of accounts) {
    for (const [clientId, found] of byClientId(books)) {
      const name = `${api_key} ${clientId}`
      venue.set(name, found)
      const isForeign = found.every(({ byHand }) => byHand) && !isTag(clientId)
      if (!isForeign && !known.has(name) && found.some(isExecuted))
        strange.push(`the venue executed ${clientId} on account ${account_id}, which no order meant`)
    }
    for (const { symbol, fills, byHand } of books.orders)
      if (byHand) for (const fill of fills) trades.set(`${api_key} ${plain(symbol)} ${fill.tradeId}`, fill)
  }
  const { effects, invented } = await byHand(journal, trades)
  const venueOf = (order: OrderRow) => venue.get(`${order.api_key} ${order.name}`) ?? []
  return {
    orders,
    executedOf: (order) => effects.get(order.id) ?? venueOf(order).filter(isExecuted).map(effectOf),
    restingOf: (order) => venueOf(order).filter((one) => one.triggerPrice !== undefined),
    strange,
    invented,
  }
}

/** What orders that stand for somebody's hands booked, and what of that the venue does not know. */
async function byHand(
  { query }: Journal,
  trades: ReadonlyMap<string, { readonly time: number }>,
): Promise<{ effects: Map<string, Effect[]>; invented: string[] }> {
  const fills = await query<{
    order_id: string
    api_key: string
    symbol: string
    trade: string
    quantity: string
  }>(
    `select f.order_id, a.api_key, f.symbol, regexp_replace(f.venue_trade_id, '(-rest)+$', '') as trade, f.quantity
     from fills f join chaos.accounts a using (account_id)
     join order_events born on born.order_id = f.order_id and born.from_state is null
     where a.handler = 'bullpen' and born.evidence ? 'byHand'`,
  )
  const invented: string[] = []
  const effects = Map.groupBy(
    fills.map(({ order_id, api_key, symbol, trade, quantity }) => {
      const found = trades.get(`${api_key} ${plain(symbol)} ${trade}`)
      if (!found)
        invented.push(`order ${order_id} books trade ${trade} on ${symbol}, which nobody's hand made`)
      return { order_id, filled: quantity, times: found ? [found.time] : [] }
    }),
    ({ order_id }) => order_id,
  )
  return { effects, invented }
}

function effectOf({ filled, fills }: VenueOrder): Effect {
  return { filled, times: fills.map(({ time }) => time) }
}

/** How much was executed of an order in all. */
export function filledOf(effects: readonly Effect[]): string {
  return sum(effects.map(({ filled }) => filled))
}

/** Whether an id has the form of ours: 32 lower-case hex characters. */
function isTag(clientId: string): boolean {
  return /^[0-9a-f]{32}$/.test(clientId)
}

/** A symbol without its settlement coin, which the simulator leaves out. */
export function plain(symbol: string): string {
  return symbol.split(':', 1)[0] ?? symbol
}
