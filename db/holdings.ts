import type { DecimalText } from '#src/domain/decimal.ts'
import type { Side } from '#src/domain/side.ts'
import type { Db } from './client.ts'

/** A living position of an account, or an entry on its way, as limits and worth read it. Quote and base of its symbol. */
export interface Holding {
  readonly positionId: string
  readonly symbol: string
  readonly side: Side
  readonly state: 'reserved' | 'open' | 'closing'
  readonly source: string
  /** What is open; '0' while reserved. */
  readonly quantity: DecimalText
  readonly entryPrice: number | null
  readonly stopLoss: number | null
  readonly leverage: number
  /** What the unfilled part of its entry still reserves. */
  readonly reserved: {
    readonly notional: DecimalText
    readonly margin: DecimalText
    readonly risk: DecimalText
  } | null
}

/** The living positions and reserved entries of an account, oldest first; the stop is the one being watched. */
export async function holdingsOf(db: Db, accountId: string): Promise<Holding[]> {
  const rows = await db
    .selectFrom('positions as position')
    .leftJoin('monitored_positions as watch', 'watch.position_id', 'position.id')
    .leftJoin('risk_reservations as reserved', (join) =>
      join.onRef('reserved.position_id', '=', 'position.id').on('reserved.released_at', 'is', null),
    )
    .select(['position.id', 'position.symbol', 'position.side', 'position.state', 'position.source'])
    .select(['position.qty_open', 'position.entry_price', 'position.leverage', 'position.stop_loss'])
    .select(['watch.stop_loss as watched_stop'])
    .select(['reserved.notional', 'reserved.margin', 'reserved.risk'])
    .where('position.account_id', '=', accountId)
    .where('position.state', 'in', ['opening', 'open', 'closing', 'stray'])
    .orderBy('position.created_at')
    .execute()
  return rows.map((row) => {
    const stop = row.watched_stop ?? row.stop_loss
    return {
      positionId: row.id,
      symbol: row.symbol,
      side: row.side as Side,
      state: row.state === 'opening' ? 'reserved' : row.state === 'open' ? 'open' : 'closing',
      source: row.source,
      quantity: row.qty_open,
      entryPrice: row.entry_price === null ? null : Number(row.entry_price),
      stopLoss: stop === null ? null : Number(stop),
      leverage: Number(row.leverage),
      reserved:
        row.notional === null || row.margin === null || row.risk === null
          ? null
          : { notional: row.notional, margin: row.margin, risk: row.risk },
    }
  })
}

/** When entries of an account were taken, market time, since a moment. */
export async function entryTimesSince(db: Db, accountId: string, sinceMs: number): Promise<number[]> {
  const rows = await db
    .selectFrom('decisions')
    .select('market_at')
    .where('account_id', '=', accountId)
    .where('outcome', '=', 'taken')
    .where('action', '=', 'open')
    .where('market_at', '>=', new Date(sinceMs))
    .execute()
  return rows.map((row) => row.market_at.getTime())
}

/** Whether an account has entered on a signal already, however that ended. */
export async function hasEntered(db: Db, accountId: string, signalId: string): Promise<boolean> {
  const row = await db
    .selectFrom('positions')
    .select('id')
    .where('account_id', '=', accountId)
    .where('signal_id', '=', signalId)
    .executeTakeFirst()
  return row !== undefined
}
