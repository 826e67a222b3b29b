import { z } from 'zod'
import type { Db } from '#db/client.ts'
import { decimal, instant } from './fields.ts'

/** One change of a stop or a target: by a re-evaluation at a 5 m close, or by the user. */
export const stopChange = z
  .object({
    what: z.enum(['stop_loss', 'take_profit']),
    oldStopLoss: decimal.nullable(),
    newStopLoss: decimal.nullable(),
    oldTakeProfit: decimal.nullable(),
    newTakeProfit: decimal.nullable(),
    reason: z.string(),
    action: z.string(),
    /** Market time. */
    marketAt: instant,
    at: instant,
  })
  .meta({ id: 'StopChange', description: 'One change of a stop or a target, and why.' })
export type StopChange = z.infer<typeof stopChange>

/** How the stop and the target of a position moved, oldest first. */
export async function stopChangesOf(db: Db, positionId: string): Promise<StopChange[]> {
  const rows = await db
    .selectFrom('position_reevaluations')
    .selectAll()
    .where('position_id', '=', positionId)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return rows.map((row) => ({
    what: row.reevaluation_type === 'take_profit' ? 'take_profit' : 'stop_loss',
    oldStopLoss: row.old_sl,
    newStopLoss: row.new_sl,
    oldTakeProfit: row.old_tp,
    newTakeProfit: row.new_tp,
    reason: row.reason,
    action: row.action_taken,
    marketAt: row.market_at.toISOString(),
    at: row.created_at.toISOString(),
  }))
}
