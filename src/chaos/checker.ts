import { Decimal, sum } from '../domain/decimal.ts'
import type { Journal } from './journal.ts'
import { type Spread, spreadOf } from './percentile.ts'
import { byClientId, isExecuted, type Truth, type VenueBooks, type VenueOrder } from './truth.ts'

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
  readonly unprotected_s: Spread
  readonly resolve_s: Spread
  /** One line for each harm, the first hundred. */
  readonly findings: readonly string[]
}

/** What the checker found of the control. */
export interface NaiveVerdict {
  readonly orders: number
  readonly duplicates: number
  readonly lost: number
}

interface OrderRow {
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
  readonly client_order_id: string
  readonly failure_reason: string | null
  readonly slots: string[]
}

const living = ['planned', 'submitting', 'unknown', 'canceling', 'manual']

/** Compares Postgres with the simulator's truth; it reads nothing else, least of all what the program says of itself. */
export async function checkBullpen({ query }: Journal, truth: Truth): Promise<Verdict> {
  const orders = await query<OrderRow>(
    `select o.*, a.api_key, array(select slot from order_slots s where s.order_id = o.id) as slots
     from orders o join chaos.accounts a using (account_id) where a.handler = 'bullpen' order by o.planned_at`,
  )
  const accounts = await query<{ account_id: string; api_key: string; market: string }>(
    `select account_id, api_key, market from chaos.accounts where handler = 'bullpen'`,
  )
  const findings: string[] = []
  const counts = { duplicates: 0, lost: 0, unresolved: 0, oversold: 0, booksDiffer: 0 }
  const find = (kind: keyof typeof counts, text: string, count = 1) => {
    counts[kind] += count
    findings.push(`${kind}: ${text}`)
  }

  const venue = new Map<string, VenueOrder[]>()
  for (const { account_id, api_key } of accounts) {
    const books = truth.get(api_key)
    if (!books) throw new Error(`the simulator has no account ${account_id}`)
    const ours = new Set(
      orders.filter((order) => order.api_key === api_key).map((order) => order.client_order_id),
    )
    for (const [clientId, found] of byClientId(books)) {
      venue.set(clientId, found)
      if (!ours.has(clientId) && found.some(isExecuted))
        find('duplicates', `the venue executed ${clientId} on account ${account_id}, which no order meant`)
    }
  }
  const restingOf = (order: OrderRow) =>
    (venue.get(order.client_order_id) ?? []).filter((one) => one.triggerPrice !== undefined)
  const executedOf = (order: OrderRow) => (venue.get(order.client_order_id) ?? []).filter(isExecuted)

  for (const order of orders) {
    const name = `order ${order.id} (${order.slots.join(', ')} of position ${order.position_id}, ${order.state})`
    const executed = executedOf(order)
    if (executed.length > 1)
      find('duplicates', `${name} was executed ${executed.length} times`, executed.length - 1)
    const atVenue = sum(executed.map(({ filled }) => filled))
    if (new Decimal(atVenue).gt(order.quantity))
      find('duplicates', `${name} of ${order.quantity} was executed for ${atVenue}`)
    if (!new Decimal(atVenue).eq(order.filled))
      find('lost', `${name}: ${atVenue} was executed, and ${order.filled} is booked`)
    const isOver = !living.includes(order.state)
    const rests = order.state === 'open' || order.state === 'partially_filled'
    if (!isOver || (rests && order.type === 'market')) find('unresolved', name)
    else if (!rests && executed.length === 0 && order.failure_reason === null && order.state !== 'canceled')
      find('lost', `${name} has no effect, and no reason is recorded`)
  }

  const intents = await query<{ order_id: string }>('select order_id from chaos.intents')
  const known = new Set(orders.map(({ id }) => id))
  for (const { order_id } of intents)
    if (!known.has(order_id)) find('lost', `order ${order_id} was planned, and is not in the journal`)

  const open = await query<{ id: string }>(
    `select id from positions where state in ('open', 'closing', 'stray') and qty_open > 0`,
  )
  const stillOpen = new Set(open.map(({ id }) => id))
  for (const [positionId, own] of Map.groupBy(orders, (order) => order.position_id)) {
    const entries = own.filter((order) => order.purpose === 'entry' && executedOf(order).length > 0)
    if (entries.length > 1)
      find('duplicates', `position ${positionId} was entered ${entries.length} times`, entries.length - 1)
    for (const slot of new Set(own.flatMap(({ slots }) => slots))) {
      if (slot === 'entry' || slot === 'close') continue
      const full = own.filter(
        (order) =>
          order.slots.includes(slot) &&
          new Decimal(sum(executedOf(order).map(({ filled }) => filled))).gte(order.quantity),
      )
      if (full.length > 1)
        find(
          'duplicates',
          `${slot} of position ${positionId} was filled ${full.length} times`,
          full.length - 1,
        )
    }
    const exits = own.filter((order) => order.purpose !== 'entry')
    const bought = sum(entries.flatMap(executedOf).map(({ filled }) => filled))
    const sold = sum(exits.flatMap(executedOf).map(({ filled }) => filled))
    if (new Decimal(sold).gt(bought)) find('oversold', `position ${positionId}: ${bought} in, ${sold} out`)
    const last = own.filter(({ purpose }) => purpose === 'exit').at(-1)
    if (last?.state === 'not_at_venue' && stillOpen.has(positionId))
      find(
        'lost',
        `the exit ${last.id} of position ${positionId} never reached the venue, and nothing followed it`,
      )
  }
  const excess =
    await query(`select l.account_id, l.symbol, l.amount from ledger l join chaos.accounts a using (account_id)
    where l.kind = 'excess' and a.handler = 'bullpen'`)
  if (excess.length > 0) find('oversold', `${excess.length} rows of excess in the ledger`, excess.length)

  for (const { account_id, api_key } of accounts) {
    const books = truth.get(api_key) as VenueBooks
    for (const line of await differences(query, account_id, books))
      find('booksDiffer', `account ${account_id}: ${line}`)
  }

  const withoutEffect = orders.filter((order) => executedOf(order).length === 0)
  const reasons = [
    ...Map.groupBy(withoutEffect, (order) => `${order.state}|${shortened(order.failure_reason)}`),
  ].map(([key, own]) => {
    const [state = '', reason = ''] = key.split('|')
    return { state, reason, count: own.length }
  })
  return {
    orders: intents.length,
    journal: orders.length,
    executed: orders.length - withoutEffect.length,
    reasons,
    ...counts,
    unprotected_s: spreadOf(unprotected(orders, executedOf, restingOf, Date.now())),
    resolve_s: spreadOf(await resolveTimes(query)),
    findings: findings.slice(0, 100),
  }
}

/** What the control did: the simulator's truth against its own rows. */
export async function checkNaive({ query }: Journal, truth: Truth): Promise<NaiveVerdict> {
  const rows = await query<{ api_key: string; client_order_id: string; state: string }>(
    'select n.client_order_id, n.state, a.api_key from chaos.naive n join chaos.accounts a using (account_id)',
  )
  const venue = new Map<string, VenueOrder[]>()
  for (const books of truth.values()) for (const [id, found] of byClientId(books)) venue.set(id, found)
  let duplicates = 0
  let lost = 0
  for (const row of rows) {
    const effects = (venue.get(row.client_order_id) ?? []).filter(isExecuted).length
    duplicates += Math.max(0, effects - 1)
    const isRight = effects === 0 ? row.state === 'refused' : row.state === 'done'
    if (!isRight) lost += 1
  }
  return { orders: rows.length, duplicates, lost }
}

/** Where the ledger, the fills or the positions are not what the venue holds, to the last decimal. */
async function differences(query: Journal['query'], accountId: string, books: VenueBooks): Promise<string[]> {
  const lines: string[] = []
  const booked = await query<{ currency: string; amount: string }>(
    'select currency, sum(amount)::text as amount from ledger where account_id = $1 group by currency',
    [accountId],
  )
  const ours = new Map(booked.map(({ currency, amount }) => [currency, amount]))
  const theirs = new Map(
    Object.entries(books.balances).map(([currency, { free, locked }]) => [currency, sum([free, locked])]),
  )
  for (const currency of new Set([...ours.keys(), ...theirs.keys()])) {
    const [mine, venues] = [ours.get(currency) ?? '0', theirs.get(currency) ?? '0']
    if (!new Decimal(mine).eq(venues)) lines.push(`${currency} ${mine} in the books, ${venues} at the venue`)
  }
  const fills = await query<{ venue_trade_id: string; quantity: string }>(
    'select venue_trade_id, quantity from fills where account_id = $1',
    [accountId],
  )
  const trades = books.orders.flatMap((order) => order.fills)
  if (fills.length !== trades.length)
    lines.push(`${fills.length} fills in the books, ${trades.length} at the venue`)
  if (books.market === 'futures') {
    const held = await query<{ symbol: string; quantity: string }>(
      `select symbol, sum(case side when 'long' then qty_open else -qty_open end)::text as quantity
       from positions where account_id = $1 group by symbol`,
      [accountId],
    )
    const open = new Map(held.map(({ symbol, quantity }) => [symbol.split(':')[0], quantity]))
    for (const { symbol, quantity } of books.positions)
      if (!new Decimal(open.get(symbol.split(':')[0]) ?? '0').eq(quantity))
        lines.push(`${symbol}: ${open.get(symbol) ?? '0'} in the books, ${quantity} at the venue`)
  }
  return lines
}

/**
 * The longest stretch, in seconds, that each futures position stood at the venue without a stop resting there: from its
 * first entry fill to its last exit fill, by the simulator's clock.
 */
function unprotected(
  orders: readonly OrderRow[],
  executedOf: (order: OrderRow) => readonly VenueOrder[],
  restingOf: (order: OrderRow) => readonly VenueOrder[],
  nowMs: number,
): number[] {
  const stretches: number[] = []
  for (const own of Map.groupBy(orders, (order) => order.position_id).values()) {
    if (!own[0]?.symbol.includes(':')) continue
    const times = (purposes: readonly string[]) =>
      own
        .filter(({ purpose }) => purposes.includes(purpose))
        .flatMap(executedOf)
        .flatMap(({ fills }) => fills.map(({ time }) => time))
    const entered = Math.min(...times(['entry']))
    if (!Number.isFinite(entered)) continue
    const quantity = (purposes: readonly string[]) =>
      sum(
        own
          .filter(({ purpose }) => purposes.includes(purpose))
          .flatMap(executedOf)
          .map(({ filled }) => filled),
      )
    const isFlat = new Decimal(quantity(['exit', 'stop'])).gte(quantity(['entry']))
    const left = isFlat ? Math.max(...times(['exit', 'stop'])) : nowMs
    let coveredUntil = entered
    let longest = 0
    const stops = own.filter(({ purpose }) => purpose === 'stop').flatMap(restingOf)
    for (const stop of stops.toSorted((a, b) => a.createdAt - b.createdAt)) {
      longest = Math.max(longest, Math.min(stop.createdAt, left) - coveredUntil)
      coveredUntil = Math.max(coveredUntil, stop.status === 'open' ? nowMs : stop.updatedAt)
    }
    stretches.push(Math.max(0, longest, left - coveredUntil) / 1_000)
  }
  return stretches
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
