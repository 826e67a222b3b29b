import { Decimal, sum } from '../domain/decimal.ts'
import type { Journal } from './journal.ts'
import { type CheckedAccount, plain } from './journal-orders.ts'

/** Where the ledger, the fills or the positions are not what the venue holds, to the last decimal; one line each. */
export async function booksDiffer(journal: Journal, account: CheckedAccount): Promise<string[]> {
  const { query } = journal
  const { account_id: accountId, books } = account
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
  lines.push(...(await fillsDiffer(journal, account)))
  if (books.market !== 'futures') return lines
  const held = await query<{ symbol: string; quantity: string }>(
    `select symbol, sum(case side when 'long' then qty_open else -qty_open end)::text as quantity
     from positions where account_id = $1 group by symbol`,
    [accountId],
  )
  const open = new Map(held.map(({ symbol, quantity }) => [plain(symbol), quantity]))
  for (const { symbol, quantity } of books.positions)
    if (!new Decimal(open.get(plain(symbol)) ?? '0').eq(quantity))
      lines.push(`${symbol}: ${open.get(plain(symbol)) ?? '0'} in the books, ${quantity} at the venue`)
  return lines
}

/** Executions of the program's that are not booked, and bookings of executions that there are not. */
async function fillsDiffer({ query }: Journal, { account_id, books }: CheckedAccount): Promise<string[]> {
  const fills = await query<{ symbol: string; trade: string }>(
    `select symbol, regexp_replace(venue_trade_id, '(-rest)+$', '') as trade from fills where account_id = $1`,
    [account_id],
  )
  const booked = new Set(fills.map(({ symbol, trade }) => `${plain(symbol)} ${trade}`))
  const tags = await query<{ client_order_id: string }>(
    'select client_order_id from orders where account_id = $1',
    [account_id],
  )
  const known = new Set(tags.map((row) => row.client_order_id))
  const executed = new Set<string>()
  const missing: string[] = []
  for (const order of books.orders)
    for (const { tradeId } of order.fills) {
      const name = `${plain(order.symbol)} ${tradeId}`
      executed.add(name)
      const isForeign = order.byHand && !known.has(order.clientOrderId)
      if (!isForeign && !booked.has(name)) missing.push(`trade ${name} is not booked`)
    }
  return [
    ...missing,
    ...[...booked].filter((name) => !executed.has(name)).map((name) => `trade ${name} is not at the venue`),
  ]
}
