import { sql } from 'kysely'
import type { Db } from './client.ts'

/** A count under the labels it is told with. */
export interface Figure<L extends string> {
  readonly labels: Readonly<Record<L, string>>
  readonly value: number
}

/** Living positions by the exchange and market of their accounts. `db` is a worker's: it sees every tenant. */
export async function openPositions(db: Db): Promise<Figure<'exchange' | 'market'>[]> {
  const rows = await db
    .selectFrom('positions')
    .innerJoin('accounts', 'accounts.id', 'positions.account_id')
    .select(['accounts.exchange', 'accounts.market'])
    .select(sql<number>`count(*)::int`.as('value'))
    .where('positions.state', 'in', ['open', 'closing', 'stray'])
    .groupBy(['accounts.exchange', 'accounts.market'])
    .execute()
  return rows.map(({ exchange, market, value }) => ({ labels: { exchange, market }, value }))
}

/** Positions that nothing protects now, and for how many seconds the longest has stood so, by kind of gap. */
export async function unprotected(
  db: Db,
): Promise<{ readonly kind: string; readonly positions: number; readonly longestSeconds: number }[]> {
  return db
    .selectFrom('protection_gaps')
    .select('kind')
    .select(sql<number>`count(*)::int`.as('positions'))
    .select(
      sql<number>`extract(epoch from clock_timestamp() - min(began_at))::double precision`.as(
        'longestSeconds',
      ),
    )
    .where('ended_at', 'is', null)
    .groupBy('kind')
    .execute()
}

/** Orders that have not ended, by state and exchange. */
export async function livingOrders(db: Db): Promise<Figure<'exchange' | 'state'>[]> {
  const rows = await db
    .selectFrom('orders')
    .select(['exchange', 'state'])
    .select(sql<number>`count(*)::int`.as('value'))
    .where('ended_at', 'is', null)
    .groupBy(['exchange', 'state'])
    .execute()
  return rows.map(({ exchange, state, value }) => ({ labels: { exchange, state }, value }))
}

/** Alerts of the last hour by kind and severity, repeats counted, and how many nobody has acknowledged yet. */
export async function recentAlerts(db: Db): Promise<Figure<'kind' | 'severity'>[]> {
  const rows = await db
    .selectFrom('alerts')
    .select(['kind', 'severity'])
    .select(sql<number>`(count(*) + sum(repeats))::int`.as('value'))
    .where(sql<boolean>`coalesce(repeated_at, raised_at) > clock_timestamp() - interval '1 hour'`)
    .groupBy(['kind', 'severity'])
    .execute()
  return rows.map(({ kind, severity, value }) => ({ labels: { kind, severity }, value }))
}

/** Critical alerts that nobody has acknowledged. */
export async function openAlarms(db: Db): Promise<number> {
  const { value } = await db
    .selectFrom('alerts')
    .select(sql<number>`count(*)::int`.as('value'))
    .where('severity', '=', 'critical')
    .where('acknowledged_at', 'is', null)
    .where('is_latest', '=', true)
    .executeTakeFirstOrThrow()
  return value
}

/** Ticks of the monitor that came too late or not at all, by shard, since the shard exists. */
export async function missedTicks(db: Db): Promise<Figure<'shard'>[]> {
  const rows = await db.selectFrom('monitor_shards').select(['shard', 'missed_ticks']).execute()
  return rows.map(({ shard, missed_ticks }) => ({
    labels: { shard: String(shard) },
    value: Number(missed_ticks),
  }))
}

/** Halts in force by scope and mode. */
export async function haltsInForce(db: Db): Promise<Figure<'scope' | 'mode'>[]> {
  const rows = await db
    .selectFrom('halts')
    .select(['scope', 'mode'])
    .select(sql<number>`count(*)::int`.as('value'))
    .where('mode', '<>', 'none')
    .groupBy(['scope', 'mode'])
    .execute()
  return rows.map(({ scope, mode, value }) => ({ labels: { scope, mode }, value }))
}
