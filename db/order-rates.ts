import { type RawBuilder, sql } from 'kysely'
import type { DecimalText } from '#src/domain/decimal.ts'
import type { Db } from './client.ts'
import type { HaltPlace } from './halts.ts'

/** From when on something counts: so long ago, or since its place's halt was last lifted, whichever is later. */
function sinceLift({ scope, key }: HaltPlace, withinMs: number): RawBuilder<Date> {
  return sql<Date>`greatest(clock_timestamp() - ${withinMs} * interval '1 millisecond',
    (select set_at from halts where scope = ${scope} and key = ${key} and set_by is not null))`
}

/** How many orders an account has planned lately. */
export async function plannedLately(db: Db, accountId: string, withinMs: number): Promise<number> {
  const row = await db
    .selectFrom('orders')
    .select(({ fn }) => fn.countAll<string>().as('planned'))
    .where('account_id', '=', accountId)
    .where('planned_at', '>', sinceLift({ scope: 'account', key: accountId }, withinMs))
    .executeTakeFirstOrThrow()
  return Number(row.planned)
}

/** How many orders of an account were sent lately, and how many of them the venue refused. */
export async function refusedLately(
  db: Db,
  accountId: string,
  withinMs: number,
): Promise<{ readonly sent: number; readonly rejected: number }> {
  const row = await db
    .selectFrom('orders')
    .select(({ fn }) => [
      fn.countAll<string>().as('sent'),
      fn.countAll<string>().filterWhere('state', '=', 'rejected').as('rejected'),
    ])
    .where('account_id', '=', accountId)
    .where('planned_at', '>', sinceLift({ scope: 'account', key: accountId }, withinMs))
    .where('sent_at', 'is not', null)
    .executeTakeFirstOrThrow()
  return { sent: Number(row.sent), rejected: Number(row.rejected) }
}

/** How many orders were sent to an exchange lately, of how many the outcome was unknown, and in how many accounts. */
export async function unknownLately(
  db: Db,
  exchange: string,
  withinMs: number,
): Promise<{ readonly sent: number; readonly unknown: number; readonly accounts: number }> {
  const { rows } = await sql<{ sent: number; unknown: number; accounts: number }>`
    select count(*)::int as sent, count(*) filter (where lost)::int as unknown,
      count(distinct account_id) filter (where lost)::int as accounts
    from (
      select account_id, exists (
        select 1 from order_events where order_id = orders.id and to_state = 'unknown') as lost
      from orders where exchange = ${exchange} and sent_at > ${sinceLift({ scope: 'exchange', key: exchange }, withinMs)}
    ) recent`.execute(db)
  return rows[0] ?? { sent: 0, unknown: 0, accounts: 0 }
}

/** What an account's trades of a market day have brought since its halt was last lifted, and its worth when the day began. */
export async function dayResult(
  db: Db,
  accountId: string,
  dayBegan: Date,
): Promise<{ readonly pnl: DecimalText; readonly equity: DecimalText | null }> {
  const { rows } = await sql<{ pnl: string; equity: string | null }>`
    select
      (select coalesce(sum(pnl), 0) from trades where account_id = ${accountId} and closed_at >= ${dayBegan}
        and created_at > coalesce((select set_at from halts where scope = 'account' and key = ${accountId}
          and set_by is not null), '-infinity')) as pnl,
      coalesce(
        (select equity from equity_snapshots where account_id = ${accountId} and market_at < ${dayBegan} order by at desc limit 1),
        (select equity from equity_snapshots where account_id = ${accountId} order by at limit 1)) as equity`.execute(
    db,
  )
  return rows[0] ?? { pnl: '0', equity: null }
}
