import { sql } from 'kysely'
import type { CloseReason } from '#src/domain/close-reason.ts'
import type { DecimalText } from '#src/domain/decimal.ts'
import type { ExitRules } from '#src/domain/exits/exit-rules.ts'
import type { PositionState } from '#src/domain/position.ts'
import type { Side } from '#src/domain/side.ts'
import type { Db } from './client.ts'

/** A position in the books. Quantities in base, prices in quote; opened_at and closed_at are market time. */
export interface Position {
  readonly id: string
  readonly userId: string
  readonly accountId: string
  readonly signalId: string | null
  readonly source: string
  readonly symbol: string
  readonly side: Side
  readonly state: PositionState
  readonly quantityOpen: DecimalText
  readonly quantityReserved: DecimalText
  readonly quantityEntered: DecimalText
  readonly entryPrice: DecimalText | null
  readonly leverage: DecimalText
  readonly stopLoss: DecimalText | null
  readonly takeProfit: DecimalText | null
  readonly rules: ExitRules
  readonly closeReason: CloseReason | null
  readonly openedAt: Date | null
  /** Version of the newest resting stop. */
  readonly stopPlan: number
  /** When somebody else than the program last took the stop away. */
  readonly stopRemovedAt: Date | null
  /** Set when the user meant it: no stop rests, the monitor guards. */
  readonly stopDeclinedAt: Date | null
}

/** A position that an entry is about to open. */
export type NewPosition = Pick<
  Position,
  'userId' | 'accountId' | 'signalId' | 'source' | 'symbol' | 'side'
> & {
  readonly leverage: number
  readonly stopLoss: number | null
  readonly takeProfit: number | null
  readonly rules: ExitRules
}

/** What one transaction changes on a position it holds the lock of. */
export interface PositionChange {
  readonly state?: PositionState
  readonly quantityOpen?: DecimalText
  readonly quantityReserved?: DecimalText
  readonly quantityEntered?: DecimalText
  readonly entryPrice?: DecimalText
  readonly closeReason?: CloseReason
  readonly openedAt?: Date
  readonly closedAt?: Date
  readonly stopPlan?: number
  readonly stopReachedAt?: null
}

/**
 * Inserts a position `opening`. Undefined when the account has entered on this signal already, or a position lives on
 * the symbol: somebody else was faster.
 */
export async function insertOpening(db: Db, position: NewPosition): Promise<string | undefined> {
  const row = await db
    .insertInto('positions')
    .values({
      user_id: position.userId,
      account_id: position.accountId,
      signal_id: position.signalId,
      source: position.source,
      symbol: position.symbol,
      side: position.side,
      state: 'opening',
      leverage: position.leverage,
      stop_loss: position.stopLoss,
      take_profit: position.takeProfit,
      rules: JSON.stringify(position.rules),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  return row?.id
}

/** Names the decision that a position came from. */
export async function setDecision(db: Db, positionId: string, decisionId: string): Promise<void> {
  await db.updateTable('positions').set({ decision_id: decisionId }).where('id', '=', positionId).execute()
}

/** A position, or undefined. */
export async function findPosition(db: Db, positionId: string): Promise<Position | undefined> {
  const row = await db.selectFrom('positions').selectAll().where('id', '=', positionId).executeTakeFirst()
  return row && toPosition(row)
}

/** A position under lock until the transaction ends: reservations, bookings and slots happen under it. */
export async function lockPosition(db: Db, positionId: string): Promise<Position> {
  const row = await db
    .selectFrom('positions')
    .selectAll()
    .where('id', '=', positionId)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!row) throw new Error(`there is no position ${positionId}`)
  return toPosition(row)
}

/** Whether another position than this one lives on the symbol. */
export async function anotherLives(
  db: Db,
  position: Pick<Position, 'id' | 'accountId' | 'symbol'>,
): Promise<boolean> {
  const row = await db
    .selectFrom('positions')
    .select('id')
    .where('account_id', '=', position.accountId)
    .where('symbol', '=', position.symbol)
    .where('state', 'in', ['opening', 'open', 'closing'])
    .where('id', '<>', position.id)
    .executeTakeFirst()
  return row !== undefined
}

/** Writes what changed on a position whose lock the transaction holds. */
export async function changePosition(db: Db, positionId: string, change: PositionChange): Promise<void> {
  const values = {
    ...(change.state !== undefined && { state: change.state }),
    ...(change.quantityOpen !== undefined && { qty_open: change.quantityOpen }),
    ...(change.quantityReserved !== undefined && { qty_reserved: change.quantityReserved }),
    ...(change.quantityEntered !== undefined && { qty_entered: change.quantityEntered }),
    ...(change.entryPrice !== undefined && { entry_price: change.entryPrice }),
    ...(change.closeReason !== undefined && { close_reason: change.closeReason }),
    ...(change.openedAt !== undefined && { opened_at: change.openedAt }),
    ...(change.closedAt !== undefined && { closed_at: change.closedAt }),
    ...(change.stopPlan !== undefined && { stop_plan: change.stopPlan }),
    ...(change.stopReachedAt !== undefined && { stop_reached_at: change.stopReachedAt }),
  }
  if (Object.keys(values).length === 0) return
  await db.updateTable('positions').set(values).where('id', '=', positionId).execute()
}

/**
 * Puts an open position under watch, or brings its entry price up to date when more of the entry has filled. What is
 * watched starts from the stops and rules its entry was planned with.
 */
export async function watchPosition(db: Db, position: Position, shard: number): Promise<void> {
  if (position.entryPrice === null) throw new Error(`position ${position.id} is open without an entry price`)
  const { entryPrice } = position
  await db
    .insertInto('monitored_positions')
    .values({
      position_id: position.id,
      user_id: position.userId,
      shard,
      entry_price: entryPrice,
      best_price: entryPrice,
      stop_loss: position.stopLoss,
      take_profit: position.takeProfit,
      rules: JSON.stringify(position.rules),
    })
    .onConflict((conflict) =>
      conflict.column('position_id').doUpdateSet({
        entry_price: entryPrice,
        is_active: true,
        updated_at: sql<Date>`clock_timestamp()`,
      }),
    )
    .execute()
}

/** Ends the watch over a position. */
export async function unwatchPosition(db: Db, positionId: string): Promise<void> {
  await db
    .updateTable('monitored_positions')
    .set({ is_active: false, updated_at: sql<Date>`clock_timestamp()` })
    .where('position_id', '=', positionId)
    .execute()
}

/** Adds partial take-profit levels to those that were ordered; the set only grows. */
export async function addTakenLevels(db: Db, positionId: string, levels: readonly number[]): Promise<void> {
  if (levels.length === 0) return
  const union = sql<
    number[]
  >`array(select distinct unnest(taken_levels || ${[...levels]}::smallint[]) order by 1)`
  await db
    .updateTable('monitored_positions')
    .set({ taken_levels: union, updated_at: sql<Date>`clock_timestamp()` })
    .where('position_id', '=', positionId)
    .execute()
}

interface PositionRow {
  id: string
  user_id: string
  account_id: string
  signal_id: string | null
  source: string
  symbol: string
  side: string
  state: string
  qty_open: string
  qty_reserved: string
  qty_entered: string
  entry_price: string | null
  leverage: string
  stop_loss: string | null
  take_profit: string | null
  rules: unknown
  close_reason: string | null
  opened_at: Date | null
  stop_plan: number
  stop_removed_at: Date | null
  stop_declined_at: Date | null
}

/** A row of the table as a position. */
export function toPosition(row: PositionRow): Position {
  return {
    id: row.id,
    userId: row.user_id,
    accountId: row.account_id,
    signalId: row.signal_id,
    source: row.source,
    symbol: row.symbol,
    side: row.side as Side,
    state: row.state as PositionState,
    quantityOpen: row.qty_open,
    quantityReserved: row.qty_reserved,
    quantityEntered: row.qty_entered,
    entryPrice: row.entry_price,
    leverage: row.leverage,
    stopLoss: row.stop_loss,
    takeProfit: row.take_profit,
    rules: row.rules as ExitRules,
    closeReason: row.close_reason as CloseReason | null,
    openedAt: row.opened_at,
    stopPlan: row.stop_plan,
    stopRemovedAt: row.stop_removed_at,
    stopDeclinedAt: row.stop_declined_at,
  }
}
