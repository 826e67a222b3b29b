import { sql } from 'kysely'
import type { Db } from './client.ts'

/** Tokens and US dollars. */
export interface Spending {
  readonly tokens: number
  readonly usd: number
}

/**
 * Books a cost on today (UTC) unless the day's total would exceed a limit; false when it would, and nothing is booked.
 * Races are settled by the row of the day.
 */
export async function spend(
  db: Db,
  cost: Spending,
  limits: { readonly [K in keyof Spending]?: number | undefined },
): Promise<boolean> {
  const { tokens = null, usd = null } = limits
  const { rows } = await sql<{ tokens: string }>`
    insert into model_spending as spent (day, tokens, usd)
    select (now() at time zone 'utc')::date, ${cost.tokens}::bigint, ${cost.usd}::numeric
    where (${tokens}::bigint is null or ${cost.tokens}::bigint <= ${tokens}::bigint)
      and (${usd}::numeric is null or ${cost.usd}::numeric <= ${usd}::numeric)
    on conflict (day) do update set tokens = spent.tokens + excluded.tokens, usd = spent.usd + excluded.usd
    where (${tokens}::bigint is null or spent.tokens + excluded.tokens <= ${tokens}::bigint)
      and (${usd}::numeric is null or spent.usd + excluded.usd <= ${usd}::numeric)
    returning tokens`.execute(db)
  return rows.length > 0
}

/** Corrects today's total by what a question cost more, or less, than was booked for it. */
export async function correctSpending(db: Db, by: Spending): Promise<void> {
  await sql`
    update model_spending set tokens = greatest(0, tokens + ${by.tokens}::bigint), usd = greatest(0, usd + ${by.usd}::numeric)
    where day = (now() at time zone 'utc')::date`.execute(db)
}
