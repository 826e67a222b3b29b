import { Decimal } from '../domain/decimal.ts'
import { booksDiffer } from './books-differ.ts'
import { haltsBroken } from './halts-broken.ts'
import type { Journal } from './journal.ts'
import { checkedAccounts, filledOf, type JournalOrders, type OrderRow, readOrders } from './journal-orders.ts'
import { ownCoinsTouched } from './own-coins.ts'
import { type Spread, spreadOf } from './percentile.ts'
import { type Story, storiesOf } from './stories.ts'
import type { Truth } from './truth.ts'
import { bareTooLong, unprotected } from './unprotected.ts'

/** What the checker found of Bullpen's orders. Every count of harm should be 0. */
export interface Verdict {
  /** Orders the load planned. */
  readonly orders: number
  /** Orders in the journal, those planned by Bullpen itself (stops, next attempts) included. */
  readonly journal: number
  readonly executed: number
  /** Orders without an effect, by what is recorded of them. */
  readonly reasons: readonly { readonly state: string; readonly reason: string; readonly count: number }[]
  readonly duplicates: number
  readonly lost: number
  readonly unresolved: number
  readonly oversold: number
  readonly booksDiffer: number
  /** Entries claimed after a halt on them had returned. */
  readonly haltsBroken: number
  /** Coins of the user's own that are gone. */
  readonly ownCoinsTouched: number
  readonly unprotected_s: Spread
  /** Of those times the ones beyond 30 s, and those of them in which no exit was planned by then. */
  readonly bare: { readonly long: number; readonly notClosing: number }
  /** The longest of those times, told. */
  readonly unprotected: readonly Story[]
  readonly resolve_s: Spread
  /** One line for each harm, the first hundred. */
  readonly findings: readonly string[]
}

/** Every kind of harm that is counted. */
export const harms = [
  'duplicates',
  'lost',
  'unresolved',
  'oversold',
  'booksDiffer',
  'haltsBroken',
  'ownCoinsTouched',
] as const
type Harm = (typeof harms)[number]

/** Says that something is wrong, and how often. */
type Find = (kind: Harm, text: string, count?: number) => void

const living = ['planned', 'submitting', 'unknown', 'canceling', 'manual']

/** Compares Postgres with the simulator's truth; it reads nothing else, least of all what the program says of itself. */
export async function checkBullpen(journal: Journal, truth: Truth): Promise<Verdict> {
  const { query } = journal
  const findings: string[] = []
  const counts = Object.fromEntries(harms.map((kind) => [kind, 0])) as Record<Harm, number>
  const find: Find = (kind, text, count = 1) => {
    counts[kind] += count
    findings.push(`${kind}: ${text}`)
  }
  const accounts = await checkedAccounts(journal, truth)
  const read = await readOrders(journal, accounts)
  const { orders, executedOf, strange, invented } = read
  for (const text of strange) find('duplicates', text)
  for (const text of invented) find('lost', text)
  for (const order of orders) checkOrder(order, read, find)

  const intents = await query<{ order_id: string }>('select order_id from chaos.intents')
  const known = new Set(orders.map(({ id }) => id))
  for (const { order_id } of intents)
    if (!known.has(order_id)) find('lost', `order ${order_id} was planned, and is not in the journal`)

  const open = await query<{ id: string }>(
    `select id from positions where state in ('open', 'closing', 'stray') and qty_open > 0`,
  )
  const stillOpen = new Set(open.map(({ id }) => id))
  for (const own of Map.groupBy(orders, (order) => order.position_id).values())
    checkPosition(own, stillOpen, read, find)
  const excess =
    await query(`select l.account_id, l.symbol, l.amount from ledger l join chaos.accounts a using (account_id)
    where l.kind = 'excess' and a.handler = 'bullpen'`)
  if (excess.length > 0) find('oversold', `${excess.length} rows of excess in the ledger`, excess.length)

  for (const account of accounts) {
    for (const line of await booksDiffer(journal, account))
      find('booksDiffer', `account ${account.account_id}: ${line}`)
    for (const line of await ownCoinsTouched(journal, account)) find('ownCoinsTouched', line)
  }
  for (const line of await haltsBroken(journal)) find('haltsBroken', line)

  const stretches = unprotected(read, truth, Date.now())
  const withoutEffect = orders.filter((order) => executedOf(order).length === 0)
  return {
    orders: intents.length,
    journal: orders.length,
    executed: orders.length - withoutEffect.length,
    reasons: reasonsOf(withoutEffect),
    ...counts,
    unprotected_s: spreadOf(stretches.map(({ fromMs, toMs }) => (toMs - fromMs) / 1_000)),
    bare: bareTooLong(stretches, orders),
    unprotected: await storiesOf(journal, stretches),
    resolve_s: spreadOf(await resolveTimes(query)),
    findings: findings.slice(0, 100),
  }
}

/** One order against what the venue did for it. */
function checkOrder(order: OrderRow, { executedOf }: JournalOrders, find: Find): void {
  const name = `order ${order.id} (${order.slots.join(', ')} of position ${order.position_id}, ${order.state})`
  const executed = executedOf(order)
  if (executed.length > 1 && !order.is_by_hand)
    find('duplicates', `${name} was executed ${executed.length} times`, executed.length - 1)
  const atVenue = filledOf(executed)
  if (new Decimal(atVenue).gt(order.quantity))
    find('duplicates', `${name} of ${order.quantity} was executed for ${atVenue}`)
  if (!new Decimal(atVenue).eq(order.filled))
    find('lost', `${name}: ${atVenue} was executed, and ${order.filled} is booked`)
  const isOver = !living.includes(order.state)
  const rests = order.state === 'open' || order.state === 'partially_filled'
  if (!isOver || (rests && order.purpose !== 'stop')) find('unresolved', name)
  else if (!rests && executed.length === 0 && order.failure_reason === null && order.state !== 'canceled')
    find('lost', `${name} has no effect, and no reason is recorded`)
}

/** All orders of one position: entered once, each slot filled once, no more out than in, and nothing forgotten. */
function checkPosition(
  own: readonly OrderRow[],
  stillOpen: ReadonlySet<string>,
  { executedOf }: JournalOrders,
  find: Find,
): void {
  const name = `position ${own[0]?.position_id}`
  const entries = own.filter((order) => order.purpose === 'entry' && executedOf(order).length > 0)
  if (entries.length > 1)
    find('duplicates', `${name} was entered ${entries.length} times`, entries.length - 1)
  for (const slot of new Set(own.flatMap(({ slots }) => slots))) {
    if (slot === 'entry' || slot === 'close') continue
    const full = own.filter(
      (order) => order.slots.includes(slot) && new Decimal(filledOf(executedOf(order))).gte(order.quantity),
    )
    if (full.length > 1)
      find('duplicates', `${slot} of ${name} was filled ${full.length} times`, full.length - 1)
  }
  const exits = own.filter((order) => order.purpose !== 'entry')
  const bought = filledOf(entries.flatMap(executedOf))
  const sold = filledOf(exits.flatMap(executedOf))
  if (new Decimal(sold).gt(bought)) find('oversold', `${name}: ${bought} in, ${sold} out`)
  const last = own.filter(({ purpose }) => purpose === 'exit').at(-1)
  if (last?.state === 'not_at_venue' && stillOpen.has(last.position_id))
    find('lost', `the exit ${last.id} of ${name} never reached the venue, and nothing followed it`)
}

function reasonsOf(orders: readonly OrderRow[]): Verdict['reasons'] {
  return [...Map.groupBy(orders, (order) => `${order.state}|${shortened(order.failure_reason)}`)].map(
    ([key, own]) => {
      const [state = '', reason = ''] = key.split('|')
      return { state, reason, count: own.length }
    },
  )
}

/** Seconds from each time an order became unknown until it was known again. */
async function resolveTimes(query: Journal['query']): Promise<number[]> {
  const rows = await query<{ seconds: string }>(
    `select extract(epoch from (select min(l.at) from order_events l
         where l.order_id = e.order_id and l.id > e.id and l.to_state <> 'unknown') - e.at)::text as seconds
     from order_events e where e.to_state = 'unknown' and e.from_state <> 'unknown'`,
  )
  return rows.flatMap(({ seconds }) => (seconds === null ? [] : [Number(seconds)]))
}

/** A reason without the ids and numbers that make it one of its kind. */
function shortened(reason: string | null): string {
  return (reason ?? '')
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}/g, '…')
    .replace(/\d+(\.\d+)?/g, '#')
    .replace(/\b[A-Z]{2,5}\/USDT(:USDT)?/g, '…')
    .slice(0, 120)
}
