import type { Decision } from '#src/domain/entries/decision.ts'
import type { Db } from './client.ts'

/** Whose decision it is, on what, and when on the market's clock. */
export interface DecisionPlace {
  readonly userId: string
  readonly accountId: string
  readonly signalId: string
  readonly marketNowMs: number
}

/**
 * Stores a decision when it says something new: its outcome, or the rule that refused, differs from the last one on the
 * same (account, signal). Returns its id, or undefined when nothing changed.
 */
export async function recordDecision(
  db: Db,
  place: DecisionPlace,
  decision: Decision,
): Promise<string | undefined> {
  const last = await db
    .selectFrom('decisions')
    .select(['outcome', 'action'])
    .where('account_id', '=', place.accountId)
    .where('signal_id', '=', place.signalId)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  const action = actionOf(decision)
  if (last?.outcome === decision.outcome && last.action === action) return undefined
  const row = await db
    .insertInto('decisions')
    .values({
      user_id: place.userId,
      account_id: place.accountId,
      signal_id: place.signalId,
      symbol: decision.symbol,
      outcome: decision.outcome,
      action,
      reasons: JSON.stringify(decision.reasons),
      steps: JSON.stringify(decision.steps),
      market_at: new Date(place.marketNowMs),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

/** What was done, or which rule refused: `open`, `close`, or the rule's name. */
function actionOf(decision: Decision): string {
  return decision.outcome === 'taken' ? decision.action : decision.rule
}

/** When the entry of a position was decided, market time; undefined when no decision is kept. */
export async function entryDecidedAt(db: Db, positionId: string): Promise<number | undefined> {
  const row = await db
    .selectFrom('decisions')
    .innerJoin('positions', 'positions.decision_id', 'decisions.id')
    .select('decisions.market_at')
    .where('positions.id', '=', positionId)
    .executeTakeFirst()
  return row?.market_at.getTime()
}
