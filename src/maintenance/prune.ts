import { type RawBuilder, sql } from 'kysely'
import type { Db } from '#db/client.ts'

/** What goes: rows of one table that nobody needs any more. */
interface Prunable {
  /** As people are told. */
  readonly what: string
  readonly table: string
  /** What tells its rows apart. */
  readonly key: string
  /** Which rows go, as a condition on `one`. */
  readonly doomed: RawBuilder<unknown>
}

/** How many rows of something went, or would go. */
export interface Pruned {
  readonly what: string
  readonly table: string
  readonly rows: number
}

const older = (column: string, than: string) =>
  sql`${sql.ref(`one.${column}`)} < clock_timestamp() - ${sql.lit(than)}::interval`
const isLastOf = (span: string) => sql`not exists (
  select from equity_snapshots later where later.account_id = one.account_id and later.at > one.at
    and later.at < date_trunc(${sql.lit(span)}, one.at, 'UTC') + ${sql.lit(`1 ${span}`)}::interval)`

/**
 * Everything that is ever deleted. Never among it: orders and their events, evidence and slots, fills, the ledger, positions and
 * what was done about them, trades, taken decisions, halts, the audit log, and whatever a trade or a taken decision rests on.
 */
const prunables: readonly Prunable[] = [
  {
    what: 'skipped decisions older than 90 days',
    table: 'decisions',
    key: 'id',
    doomed: sql`one.outcome <> 'taken' and ${older('created_at', '90 days')}
      and not exists (select from positions where positions.decision_id = one.id)`,
  },
  {
    what: 'signals that ended over 90 days ago and that no decision, position or trade names; with a score, 400 days',
    table: 'trading_signals',
    key: 'id',
    doomed: sql`one.ended_at is not null and ${older('ended_at', '90 days')}
      and (${older('ended_at', '400 days')} or not exists (select from signal_scores where signal_scores.signal_id = one.id))
      and not exists (select from decisions where decisions.signal_id = one.id)
      and not exists (select from positions where positions.signal_id = one.id)
      and not exists (select from trades where trades.signal_id = one.id)`,
  },
  {
    what: 'readings of equity older than 30 days, but for the last of each hour; older than 400 days, but for the last of each day',
    table: 'equity_snapshots',
    key: 'ctid',
    doomed: sql`(${older('at', '30 days')} and not ${isLastOf('hour')})
      or (${older('at', '400 days')} and not ${isLastOf('day')})`,
  },
  {
    what: 'what webhooks received over 90 days ago',
    table: 'webhook_deliveries',
    key: 'id',
    doomed: sql`one.state <> 'received' and ${older('received_at', '90 days')}`,
  },
  {
    what: 'alerts older than 180 days, with their messages',
    table: 'alerts',
    key: 'id',
    doomed: older('raised_at', '180 days'),
  },
  {
    what: 'candles of 5 m older than 60 days, and of 1 h older than 400 days',
    table: 'candles',
    key: 'ctid',
    doomed: sql`${older('open_time', '400 days')} or (one.timeframe = '5m' and ${older('open_time', '60 days')})`,
  },
  {
    what: 'processes that ended or fell silent over 7 days ago',
    table: 'workers',
    key: 'id',
    doomed: older('heartbeat_at', '7 days'),
  },
  {
    what: 'answers kept for programs that ask twice, older than 2 days',
    table: 'idempotency_keys',
    key: 'ctid',
    doomed: older('created_at', '2 days'),
  },
  {
    what: 'sessions that ended over 7 days ago',
    table: 'auth.session',
    key: 'id',
    doomed: older('expiresAt', '7 days'),
  },
  {
    what: 'one-time codes of signing in that ended over 7 days ago',
    table: 'auth.verification',
    key: 'id',
    doomed: older('expiresAt', '7 days'),
  },
  {
    what: 'counts of requests that nobody looks at any more',
    table: 'rate_limits',
    key: 'key',
    doomed: older('began_at', '2 days'),
  },
  {
    what: 'counts of guesses whose lock ended over 2 days ago',
    table: 'sign_in_failures',
    key: 'key',
    doomed: older('locked_until', '2 days'),
  },
  {
    what: 'counts of attempts to sign in that nobody looks at any more',
    table: 'auth.rateLimit',
    key: 'id',
    doomed: sql`one."lastRequest" < 1000 * extract(epoch from clock_timestamp() - interval '2 days')`,
  },
]

/** Rows that go in one statement: nobody waits long for any of them. */
const batchRows = 5_000

/**
 * Deletes what nobody needs any more, a batch at a time, or with `isRehearsal` counts it. `signal` ends it between two batches;
 * the rest goes next time. Returns how many rows of what.
 */
export async function prune(
  db: Db,
  { isRehearsal, signal, batch = batchRows }: PruneOptions,
): Promise<Pruned[]> {
  const pruned: Pruned[] = []
  for (const prunable of prunables) {
    if (signal?.aborted) break
    const rows = isRehearsal
      ? await countDoomed(db, prunable)
      : await deleteDoomed(db, prunable, batch, signal)
    pruned.push({ what: prunable.what, table: prunable.table, rows })
  }
  return pruned
}

interface PruneOptions {
  readonly isRehearsal: boolean
  readonly signal?: AbortSignal
  readonly batch?: number
}

async function countDoomed(db: Db, { table, doomed }: Prunable): Promise<number> {
  const { rows } = await sql<{ count: string }>`
    select count(*) as count from ${sql.table(table)} one where ${doomed}`.execute(db)
  return Number(rows[0]?.count ?? 0)
}

async function deleteDoomed(
  db: Db,
  { table, key, doomed }: Prunable,
  batch: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  let gone = 0
  for (;;) {
    const { numAffectedRows = 0n } = await sql`
      delete from ${sql.table(table)} where ${sql.ref(key)} in (
        select one.${sql.ref(key)} from ${sql.table(table)} one where ${doomed} limit ${batch})`.execute(db)
    gone += Number(numAffectedRows)
    if (numAffectedRows < BigInt(batch) || signal?.aborted) return gone
  }
}
