import { type RawBuilder, sql } from 'kysely'
import { type BacktestTerms, backtestTerms } from '#src/domain/backtest.ts'
import type { Db } from './client.ts'

/** How a run stands. */
export const backtestStates = ['queued', 'running', 'done', 'failed', 'cancelled'] as const
type BacktestState = (typeof backtestStates)[number]

/** A worker's right to run one backtest, good for as long as its lease is renewed. */
export interface BacktestClaim {
  readonly id: string
  readonly workerId: string
  /** Which claim it is: 1 for the first. */
  readonly claims: number
}

/** What a run came to. */
export interface BacktestOutcome {
  readonly summary: object
  readonly curve: object
  readonly trades: readonly object[]
  /** The report as a page, gzip. */
  readonly page: Uint8Array
  /** What its reader should know before believing it. */
  readonly notes: readonly string[]
}

/** Asks for a run; the id under which it is found. */
export async function addBacktest(
  db: Db,
  wish: { readonly userId: string; readonly name: string; readonly terms: BacktestTerms },
): Promise<string> {
  const { id } = await db
    .insertInto('backtests')
    .values({ user_id: wish.userId, name: wish.name, terms: JSON.stringify(wish.terms) })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** How many runs of a user are not over; they are locked until the transaction ends, so that two who ask count together. */
export async function countUnfinished(db: Db, userId: string): Promise<number> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`backtests ${userId}`}, 0))`.execute(db)
  const rows = await db
    .selectFrom('backtests')
    .select('id')
    .where('user_id', '=', userId)
    .where('state', 'in', ['queued', 'running'])
    .execute()
  return rows.length
}

/** Removes the oldest runs of a user that are over, so that `keep` runs of any state are left at most. */
export async function dropOldBacktests(db: Db, userId: string, keep: number): Promise<void> {
  await db
    .deleteFrom('backtests')
    .where('user_id', '=', userId)
    .where('state', 'in', ['done', 'failed', 'cancelled'])
    .where('id', 'in', (old) =>
      old
        .selectFrom('backtests')
        .select('id')
        .where('user_id', '=', userId)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .offset(keep),
    )
    .execute()
}

/**
 * Cancels a run: one that waits at once, one that is run as soon as its worker hears of it. Returns the state it was in,
 * or undefined when the user has no such run.
 */
export async function cancelBacktest(db: Db, userId: string, id: string): Promise<BacktestState | undefined> {
  const row = await db
    .selectFrom('backtests')
    .select('state')
    .where('user_id', '=', userId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (row?.state === 'queued')
    await db
      .updateTable('backtests')
      .set({ state: 'cancelled', ended_at: now, cancel_asked_at: now })
      .where('id', '=', id)
      .execute()
  if (row?.state === 'running')
    await db.updateTable('backtests').set({ cancel_asked_at: now }).where('id', '=', id).execute()
  return row?.state as BacktestState | undefined
}

/** Removes a run that is over; false when there is none of the user's. */
export async function removeBacktest(db: Db, userId: string, id: string): Promise<boolean> {
  const removed = await db
    .deleteFrom('backtests')
    .where('user_id', '=', userId)
    .where('id', '=', id)
    .where('state', 'not in', ['queued', 'running'])
    .returning('id')
    .execute()
  return removed.length > 0
}

/**
 * The runs that a worker may take now, oldest first: those that wait, and those whose worker has not renewed its lease.
 * Of one user no more than `atOnce` are under way.
 */
export async function dueBacktests(db: Db, atOnce: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from (
      select id, state, lease_until, created_at,
        row_number() over (partition by user_id order by state = 'running' desc, created_at, id) as place
      from backtests where state in ('queued', 'running')
    ) unfinished
    where place <= ${atOnce} and (state = 'queued' or lease_until < clock_timestamp())
    order by created_at, id`.execute(db)
  return rows.map(({ id }) => id)
}

/**
 * Takes a run for a worker, by the database's clock; undefined when another has it, when it is over, or when `atOnce` of its
 * user's are under way. With `isRetry` one that failed is begun anew.
 */
export async function claimBacktest(
  db: Db,
  id: string,
  by: {
    readonly workerId: string
    readonly leaseMs: number
    readonly atOnce: number
    readonly isRetry: boolean
  },
): Promise<{ readonly claim: BacktestClaim; readonly terms: BacktestTerms } | undefined> {
  const { workerId, leaseMs, atOnce, isRetry } = by
  return db.transaction().execute(async (tx) => {
    const found = await tx
      .selectFrom('backtests')
      .select(['user_id', 'state', 'terms'])
      .where('id', '=', id)
      .executeTakeFirst()
    if (!found) return undefined
    // Whoever claims a run of this user waits here, so that two of them do not both find room for one.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`backtests ${found.user_id}`}, 0))`.execute(tx)
    const { rows } = await sql<{ claims: number }>`
      update backtests set state = 'running', claimed_by = ${workerId}, lease_until = ${leaseFor(leaseMs)},
        claims = claims + 1, started_at = clock_timestamp(), progress = 0, doing = null, notes = '{}',
        ended_at = null, reason = null, advice = null,
        cancel_asked_at = case when state = 'failed' then null else cancel_asked_at end
      where id = ${id}
        and (state = 'queued' or (state = 'running' and lease_until < clock_timestamp())
          or (${isRetry} and state = 'failed'))
        and (select count(*) from backtests other where other.user_id = ${found.user_id} and other.id <> ${id}
          and other.state = 'running' and other.lease_until >= clock_timestamp()) < ${atOnce}
      returning claims`.execute(tx)
    const [row] = rows
    if (!row) return undefined
    return { claim: { id, workerId, claims: row.claims }, terms: backtestTerms.parse(found.terms) }
  })
}

/** Renews a lease and says how far the run is. `lost`: another may have it, and whatever comes of this one counts for nothing. */
export async function renewBacktest(
  db: Db,
  claim: BacktestClaim,
  at: { readonly leaseMs: number; readonly progress: number; readonly doing: string },
): Promise<'goes-on' | 'cancelled' | 'lost'> {
  const row = await held(db, claim, {
    lease_until: leaseFor(at.leaseMs),
    progress: at.progress,
    doing: at.doing,
  })
  if (!row) return 'lost'
  return row.cancel_asked_at === null ? 'goes-on' : 'cancelled'
}

/** Lets go of a run that is not over, for another worker to begin anew. */
export async function releaseBacktest(db: Db, claim: BacktestClaim): Promise<void> {
  await held(db, claim, { ...nobodys, state: 'queued', progress: 0, doing: null })
}

/** Ends a run with what came of it; false when it was another's by then. */
export async function finishBacktest(
  db: Db,
  claim: BacktestClaim,
  outcome: BacktestOutcome,
): Promise<boolean> {
  const { summary, curve, trades, page, notes } = outcome
  const row = await held(db, claim, {
    ...nobodys,
    state: 'done',
    progress: 1,
    doing: null,
    ended_at: now,
    summary: JSON.stringify(summary),
    curve: JSON.stringify(curve),
    trades: JSON.stringify(trades),
    page: Buffer.from(page),
    notes: [...notes],
  })
  return row !== undefined
}

/** Ends a run that came to nothing; false when it was another's by then. */
export async function failBacktest(
  db: Db,
  claim: BacktestClaim,
  why: { readonly reason: string; readonly advice: string },
): Promise<boolean> {
  return (await held(db, claim, { ...nobodys, state: 'failed', ended_at: now, ...why })) !== undefined
}

/** Ends a run that its user does not want any more. */
export async function endCancelled(db: Db, claim: BacktestClaim): Promise<void> {
  await held(db, claim, { ...nobodys, state: 'cancelled', ended_at: now })
}

const now = sql<Date>`clock_timestamp()`
const nobodys = { claimed_by: null, lease_until: null }
const leaseFor = (ms: number): RawBuilder<Date> =>
  sql<Date>`clock_timestamp() + ${ms} * interval '1 millisecond'`

/** Changes a run that this claim still holds; undefined when it does not. */
function held(db: Db, { id, workerId, claims }: BacktestClaim, change: object) {
  return db
    .updateTable('backtests')
    .set(change)
    .where('id', '=', id)
    .where('state', '=', 'running')
    .where('claimed_by', '=', workerId)
    .where('claims', '=', claims)
    .returning('cancel_asked_at')
    .executeTakeFirst()
}
