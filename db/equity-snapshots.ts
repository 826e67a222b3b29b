import type { DecimalText } from '#src/domain/decimal.ts'
import type { Db } from './client.ts'

/** An account's worth at one moment, in its quote currency. */
export interface EquitySnapshot {
  readonly accountId: string
  readonly userId: string
  /** Wall time, and market time beside it. */
  readonly atMs: number
  readonly marketAtMs: number
  readonly equity: DecimalText
  readonly freeQuote: DecimalText
  /** Notional of what is open. */
  readonly exposure: DecimalText
  readonly openPnl: DecimalText
}

/** Stores a snapshot; a second one for the same moment changes nothing. */
export async function recordSnapshot(db: Db, snapshot: EquitySnapshot): Promise<void> {
  await db
    .insertInto('equity_snapshots')
    .values({
      account_id: snapshot.accountId,
      user_id: snapshot.userId,
      at: new Date(snapshot.atMs),
      market_at: new Date(snapshot.marketAtMs),
      equity: snapshot.equity,
      free_quote: snapshot.freeQuote,
      exposure: snapshot.exposure,
      open_pnl: snapshot.openPnl,
    })
    .onConflict((conflict) => conflict.columns(['account_id', 'at']).doNothing())
    .execute()
}

/** An account's equity since a market time, oldest first. */
export async function equitySince(
  db: Db,
  accountId: string,
  sinceMarketMs: number,
): Promise<{ atMs: number; equity: number }[]> {
  const rows = await db
    .selectFrom('equity_snapshots')
    .select(['market_at', 'equity'])
    .where('account_id', '=', accountId)
    .where('market_at', '>=', new Date(sinceMarketMs))
    .orderBy('market_at')
    .execute()
  return rows.map((row) => ({ atMs: row.market_at.getTime(), equity: Number(row.equity) }))
}
