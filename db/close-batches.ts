import { sql } from 'kysely'
import type { PositionState } from '#src/domain/position.ts'
import type { Db } from './client.ts'
import {
  ensureSymbolHalt,
  type HaltKeys,
  type HaltPlace,
  type HaltScope,
  placesOf,
  symbolKey,
  takeTurnOnHalts,
} from './halts.ts'

/** A wish to close everything in a place, until the venue reports flat. */
export interface CloseBatch extends HaltPlace {
  readonly id: string
  /** Whose it is; null where it concerns more than one user. */
  readonly userId: string | null
  readonly reason: string | null
  readonly openedBy: string
  readonly openedAt: Date
  /** Every position that it has found alive. */
  readonly positionIds: readonly string[]
  /** Since when everything of ours has ended and only the venue still shows something; null before. */
  readonly flatSince: Date | null
  /** Why it is not over, in words. */
  readonly waitsFor: string | null
  readonly endedAt: Date | null
  /** How it ended, in words; null while it is open. */
  readonly outcome: string | null
}

/** A position in the place of a batch, as closing it asks. */
export interface BatchPosition {
  readonly id: string
  readonly userId: string
  readonly accountId: string
  readonly symbol: string
  readonly state: PositionState
}

const living: readonly PositionState[] = ['opening', 'open', 'closing', 'stray']

/**
 * Opens a batch, or finds the one that is open in the place already: however often it is asked for, there is one. It
 * waits for the claims that have read the place's halt row; when its transaction is over, no entry starts there until the
 * batch has ended. Undefined when there is no such place.
 */
export async function openCloseBatch(
  db: Db,
  wish: HaltPlace & { readonly reason: string | null; readonly openedBy: string },
): Promise<{ readonly batch: CloseBatch; readonly isNew: boolean } | undefined> {
  const key = wish.scope === 'symbol' ? symbolKey(wish.key) : wish.key
  if (wish.scope === 'symbol') await ensureSymbolHalt(db, key)
  await takeTurnOnHalts(db)
  const place = await db
    .selectFrom('halts')
    .select('user_id')
    .where('scope', '=', wish.scope)
    .where('key', '=', key)
    .forUpdate()
    .executeTakeFirst()
  if (!place) return undefined
  const alive = await livingPositions(db, { scope: wish.scope, key })
  const inserted = await db
    .insertInto('close_batches')
    .values({
      scope: wish.scope,
      key,
      user_id: place.user_id,
      reason: wish.reason,
      opened_by: wish.openedBy,
      position_ids: alive.map(({ id }) => id),
    })
    .onConflict((conflict) => conflict.columns(['scope', 'key']).where('ended_at', 'is', null).doNothing())
    .returningAll()
    .executeTakeFirst()
  if (inserted) return { batch: toBatch(inserted), isNew: true }
  const open = await db
    .selectFrom('close_batches')
    .selectAll()
    .where('scope', '=', wish.scope)
    .where('key', '=', key)
    .where('ended_at', 'is', null)
    .executeTakeFirstOrThrow()
  return { batch: toBatch(open), isNew: false }
}

/** A batch that must exist. */
export async function batchOrThrow(db: Db, batchId: string): Promise<CloseBatch> {
  return toBatch(
    await db.selectFrom('close_batches').selectAll().where('id', '=', batchId).executeTakeFirstOrThrow(),
  )
}

/** The open batch that concerns an order, or undefined: while there is one, no entry starts. */
export async function openBatchOn(db: Db, keys: HaltKeys): Promise<CloseBatch | undefined> {
  const places = placesOf(keys)
  const row = await db
    .selectFrom('close_batches')
    .selectAll()
    .where('ended_at', 'is', null)
    .where(({ eb, refTuple, tuple }) =>
      eb(
        refTuple('scope', 'key'),
        'in',
        places.map(({ scope, key }) => tuple(scope as string, key)),
      ),
    )
    .limit(1)
    .executeTakeFirst()
  return row && toBatch(row)
}

/** The batch of a place that is open, or else the last one that ended; undefined when there never was one. */
export async function latestBatch(db: Db, { scope, key }: HaltPlace): Promise<CloseBatch | undefined> {
  const row = await db
    .selectFrom('close_batches')
    .selectAll()
    .where('scope', '=', scope)
    .where('key', '=', key)
    .orderBy('opened_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && toBatch(row)
}

/** Takes the open batches that nobody has advanced for `quietMs`; of many workers one gets each. */
export async function takeOpenBatches(db: Db, quietMs: number): Promise<CloseBatch[]> {
  const quiet = sql<Date>`clock_timestamp() - ${quietMs} * interval '1 millisecond'`
  const rows = await db
    .updateTable('close_batches')
    .set({ advanced_at: sql<Date>`clock_timestamp()` })
    .where('id', 'in', (due) =>
      due
        .selectFrom('close_batches')
        .select('id')
        .where('ended_at', 'is', null)
        .where((or) => or.or([or('advanced_at', 'is', null), or('advanced_at', '<', quiet)]))
        .forUpdate()
        .skipLocked(),
    )
    .returningAll()
    .execute()
  return rows.map(toBatch)
}

/** The positions alive in a place now, oldest first. */
export async function livingPositions(db: Db, place: HaltPlace): Promise<BatchPosition[]> {
  return positionsWhere(db, sql<boolean>`${inPlace(place)} and position.state in (${sql.join(living)})`)
}

/** The positions that a batch has found alive, as they are now. */
export async function positionsOf(db: Db, batch: Pick<CloseBatch, 'positionIds'>): Promise<BatchPosition[]> {
  return positionsWhere(db, sql<boolean>`position.id = any(${[...batch.positionIds]}::uuid[])`)
}

/** How many positions a batch has found, and how many of them are over. */
export async function progressOf(
  db: Db,
  batch: Pick<CloseBatch, 'positionIds'>,
): Promise<{ readonly positions: number; readonly closed: number }> {
  const positions = await positionsOf(db, batch)
  return {
    positions: positions.length,
    closed: positions.filter(({ state }) => !living.includes(state)).length,
  }
}

/** Writes down what a batch has found alive and what it waits for. */
export async function noteProgress(
  db: Db,
  batchId: string,
  progress: { readonly alive: readonly string[]; readonly waitsFor: string; readonly isFlatForUs: boolean },
): Promise<void> {
  await db
    .updateTable('close_batches')
    .set({
      position_ids: sql<
        string[]
      >`array(select distinct unnest(position_ids || ${[...progress.alive]}::uuid[]))`,
      waits_for: progress.waitsFor,
      flat_since: progress.isFlatForUs ? sql<Date>`coalesce(flat_since, clock_timestamp())` : null,
    })
    .where('id', '=', batchId)
    .where('ended_at', 'is', null)
    .execute()
}

/** For how long everything of ours has ended, by the database's clock; 0 while something lives. */
export async function flatForMs(db: Db, batchId: string): Promise<number> {
  const row = await db
    .selectFrom('close_batches')
    .select(sql<number | null>`extract(epoch from clock_timestamp() - flat_since) * 1000`.as('ms'))
    .where('id', '=', batchId)
    .executeTakeFirstOrThrow()
  return Number(row.ms ?? 0)
}

/** Whether a batch has been open for so long that a person must hear of it; true once. */
export async function isStuck(db: Db, batchId: string, afterMs: number): Promise<boolean> {
  const rows = await db
    .updateTable('close_batches')
    .set({ alarmed_at: sql<Date>`clock_timestamp()` })
    .where('id', '=', batchId)
    .where('ended_at', 'is', null)
    .where('alarmed_at', 'is', null)
    .where('opened_at', '<', sql<Date>`clock_timestamp() - ${afterMs} * interval '1 millisecond'`)
    .returning('id')
    .execute()
  return rows.length > 0
}

/** Ends a batch; false when somebody else has. */
export async function endBatch(db: Db, batchId: string, outcome: string): Promise<boolean> {
  const rows = await db
    .updateTable('close_batches')
    .set({ ended_at: sql<Date>`clock_timestamp()`, outcome, waits_for: null })
    .where('id', '=', batchId)
    .where('ended_at', 'is', null)
    .returning('id')
    .execute()
  return rows.length > 0
}

async function positionsWhere(db: Db, condition: ReturnType<typeof sql<boolean>>): Promise<BatchPosition[]> {
  const rows = await db
    .selectFrom('positions as position')
    .innerJoin('accounts as account', 'account.id', 'position.account_id')
    .select(['position.id', 'position.user_id', 'position.account_id', 'position.symbol', 'position.state'])
    .where(condition)
    .orderBy('position.created_at')
    .execute()
  return rows.map((row) => ({
    id: row.id,
    userId: row.user_id,
    accountId: row.account_id,
    symbol: row.symbol,
    state: row.state as PositionState,
  }))
}

function inPlace({ scope, key }: HaltPlace) {
  switch (scope) {
    case 'global':
      return sql<boolean>`true`
    case 'exchange':
      return sql<boolean>`account.exchange = ${key}`
    case 'user':
      return sql<boolean>`position.user_id = ${key}::uuid`
    case 'account':
      return sql<boolean>`position.account_id = ${key}::uuid`
    case 'symbol':
      return sql<boolean>`split_part(position.symbol, ':', 1) = ${key}`
  }
}

interface BatchRow {
  id: string
  scope: string
  key: string
  user_id: string | null
  reason: string | null
  opened_by: string
  opened_at: Date
  position_ids: string[]
  flat_since: Date | null
  waits_for: string | null
  ended_at: Date | null
  outcome: string | null
}

function toBatch(row: BatchRow): CloseBatch {
  return {
    id: row.id,
    scope: row.scope as HaltScope,
    key: row.key,
    userId: row.user_id,
    reason: row.reason,
    openedBy: row.opened_by,
    openedAt: row.opened_at,
    positionIds: row.position_ids,
    flatSince: row.flat_since,
    waitsFor: row.waits_for,
    endedAt: row.ended_at,
    outcome: row.outcome,
  }
}
