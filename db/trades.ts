import type { CloseReason } from '#src/domain/close-reason.ts'
import type { DecimalText } from '#src/domain/decimal.ts'
import type { Side } from '#src/domain/side.ts'
import type { Db } from './client.ts'

/** A closed round trip. Money in quote; opened and closed in market time; pnl is net of fees and funding. */
export interface Trade {
  readonly userId: string
  readonly accountId: string
  readonly positionId: string
  readonly signalId: string | null
  readonly source: string
  readonly symbol: string
  readonly side: Side
  readonly quantity: DecimalText
  readonly entryPrice: DecimalText
  readonly exitPrice: DecimalText
  readonly stopLoss: DecimalText | null
  readonly takeProfit: DecimalText | null
  readonly grossPnl: DecimalText
  readonly fees: DecimalText
  readonly funding: DecimalText
  readonly pnl: DecimalText
  /** Net P&L ÷ entry cost. */
  readonly profitRatio: number
  readonly closeReason: CloseReason
  readonly openedAt: Date
  readonly closedAt: Date
}

/** Writes the trade of a position; when late fills closed it once more, the trade is brought up to date. */
export async function saveTrade(db: Db, trade: Trade): Promise<void> {
  const outcome = {
    quantity: trade.quantity,
    entry_price: trade.entryPrice,
    exit_price: trade.exitPrice,
    gross_pnl: trade.grossPnl,
    fees: trade.fees,
    funding: trade.funding,
    pnl: trade.pnl,
    profit_ratio: trade.profitRatio,
    close_reason: trade.closeReason,
    closed_at: trade.closedAt,
  }
  await db
    .insertInto('trades')
    .values({
      user_id: trade.userId,
      account_id: trade.accountId,
      position_id: trade.positionId,
      signal_id: trade.signalId,
      source: trade.source,
      symbol: trade.symbol,
      side: trade.side,
      stop_loss: trade.stopLoss,
      take_profit: trade.takeProfit,
      opened_at: trade.openedAt,
      ...outcome,
    })
    .onConflict((conflict) => conflict.column('position_id').doUpdateSet(outcome))
    .execute()
}

/** The closed trades of an account since a market time, newest first. */
export async function tradesSince(db: Db, accountId: string, since: Date): Promise<Trade[]> {
  const rows = await db
    .selectFrom('trades')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('closed_at', '>=', since)
    .orderBy('closed_at', 'desc')
    .execute()
  return rows.map(toTrade)
}

/** The trade of a position, once it is closed. */
export async function findTrade(db: Db, positionId: string): Promise<Trade | undefined> {
  const row = await db
    .selectFrom('trades')
    .selectAll()
    .where('position_id', '=', positionId)
    .executeTakeFirst()
  return row && toTrade(row)
}

interface TradeRow {
  user_id: string
  account_id: string
  position_id: string
  signal_id: string | null
  source: string
  symbol: string
  side: string
  quantity: string
  entry_price: string
  exit_price: string
  stop_loss: string | null
  take_profit: string | null
  gross_pnl: string
  fees: string
  funding: string
  pnl: string
  profit_ratio: number
  close_reason: string
  opened_at: Date
  closed_at: Date
}

function toTrade(row: TradeRow): Trade {
  return {
    userId: row.user_id,
    accountId: row.account_id,
    positionId: row.position_id,
    signalId: row.signal_id,
    source: row.source,
    symbol: row.symbol,
    side: row.side as Side,
    quantity: row.quantity,
    entryPrice: row.entry_price,
    exitPrice: row.exit_price,
    stopLoss: row.stop_loss,
    takeProfit: row.take_profit,
    grossPnl: row.gross_pnl,
    fees: row.fees,
    funding: row.funding,
    pnl: row.pnl,
    profitRatio: row.profit_ratio,
    closeReason: row.close_reason as CloseReason,
    openedAt: row.opened_at,
    closedAt: row.closed_at,
  }
}
