import type { DecimalText } from '#src/domain/decimal.ts'
import type { ExitRules } from '#src/domain/exits/exit-rules.ts'
import type { Side } from '#src/domain/side.ts'
import type { Db } from './client.ts'

/** A position that was found at the venue: no signal and no decision stand behind it. */
export interface AdoptedPosition {
  readonly userId: string
  readonly accountId: string
  readonly source: string
  readonly symbol: string
  readonly side: Side
  /** `stray` where another position lives on the symbol. */
  readonly state: 'opening' | 'stray'
  readonly stopLoss: DecimalText | null
  readonly takeProfit: DecimalText | null
  readonly rules: ExitRules
}

/** Writes an adopted position; its order and fills follow in the same transaction. */
export async function adoptPosition(db: Db, position: AdoptedPosition): Promise<string> {
  const { id } = await db
    .insertInto('positions')
    .values({
      user_id: position.userId,
      account_id: position.accountId,
      source: position.source,
      symbol: position.symbol,
      side: position.side,
      state: position.state,
      stop_loss: position.stopLoss,
      take_profit: position.takeProfit,
      rules: JSON.stringify(position.rules),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}
