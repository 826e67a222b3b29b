import { sql } from 'kysely'
import type { DecimalText } from '#src/domain/decimal.ts'
import type { Db } from './client.ts'

/** What a person changes on a position under watch. */
export interface Steering {
  readonly stopLoss?: DecimalText
  readonly takeProfit?: DecimalText
  /** Whether re-evaluations leave the target alone. */
  readonly isTargetOwn?: boolean
}

/** Stop and target as they stand. */
export interface Steered {
  readonly stopLoss: DecimalText | null
  readonly takeProfit: DecimalText | null
}

/**
 * Changes stop and target of a position whose watch the caller's transaction has locked, and records each change beside those
 * of re-evaluations. That a stop only tightens is the database's rule too: it throws otherwise.
 */
export async function steerPosition(
  db: Db,
  who: { readonly userId: string; readonly positionId: string; readonly by: string; readonly marketAt: Date },
  before: Steered,
  { stopLoss, takeProfit, isTargetOwn }: Steering,
): Promise<void> {
  await db
    .updateTable('monitored_positions')
    .set({
      ...(stopLoss !== undefined && { stop_loss: stopLoss }),
      ...(takeProfit !== undefined && { take_profit: takeProfit }),
      ...(isTargetOwn !== undefined && { is_target_own: isTargetOwn }),
      updated_at: sql<Date>`clock_timestamp()`,
    })
    .where('position_id', '=', who.positionId)
    .execute()
  const after = { stopLoss: stopLoss ?? before.stopLoss, takeProfit: takeProfit ?? before.takeProfit }
  const changes = [
    { type: 'stop_loss', action: 'tightened', isChanged: after.stopLoss !== before.stopLoss },
    { type: 'take_profit', action: 'moved', isChanged: after.takeProfit !== before.takeProfit },
  ].filter(({ isChanged }) => isChanged)
  if (changes.length === 0) return
  await db
    .insertInto('position_reevaluations')
    .values(
      changes.map(({ type, action }) => ({
        user_id: who.userId,
        position_id: who.positionId,
        reevaluation_type: type,
        old_sl: before.stopLoss,
        new_sl: after.stopLoss,
        old_tp: before.takeProfit,
        new_tp: after.takeProfit,
        reason: `set by ${who.by}`,
        action_taken: action,
        market_at: who.marketAt,
      })),
    )
    .execute()
}
