import { type RawBuilder, sql } from 'kysely'
import type { Span } from '#src/domain/alerts/days.ts'
import type { CloseReason } from '#src/domain/close-reason.ts'
import type { DecimalText } from '#src/domain/decimal.ts'
import type { Side } from '#src/domain/side.ts'
import type { Db } from './client.ts'

/** An account of a report. */
export interface ReportedAccount {
  readonly id: string
  readonly name: string
  readonly exchange: string
  readonly market: string
  /** paper, testnet or live. */
  readonly mode: string
  readonly quote: string
  readonly status: string
  readonly statusReason: string | null
}

/** The accounts of a user that are not closed, by name. */
export async function reportedAccounts(db: Db, userId: string): Promise<ReportedAccount[]> {
  const rows = await db
    .selectFrom('accounts')
    .select(['id', 'name', 'exchange', 'market', 'mode', 'quote', 'status', 'status_reason'])
    .where('user_id', '=', userId)
    .where('status', '<>', 'closed')
    .orderBy('name')
    .execute()
  return rows.map(({ status_reason, ...row }) => ({ ...row, statusReason: status_reason }))
}

/** What an account was worth at a moment of market time, in its quote. */
export interface ReportedEquity {
  readonly atMs: number
  readonly equity: DecimalText
  readonly free: DecimalText
}

/** The last snapshot of an account before each of `points` moments of a span, and none for moments without one. */
export async function equityOver(
  db: Db,
  accountId: string,
  { fromMs, untilMs }: Span,
  points: number,
): Promise<ReportedEquity[]> {
  const { rows } = await sql<{ at: Date; equity: string; free_quote: string }>`
    select distinct on (part) market_at as at, equity, free_quote
    from (
      select market_at, equity, free_quote,
        width_bucket(extract(epoch from market_at), ${fromMs / 1_000}, ${untilMs / 1_000}, ${points}) as part
      from equity_snapshots
      where account_id = ${accountId} and market_at >= ${new Date(fromMs)} and market_at < ${new Date(untilMs)}
    ) as parts
    order by part, market_at desc`.execute(db)
  return rows.map(({ at, equity, free_quote }) => ({ atMs: at.getTime(), equity, free: free_quote }))
}

/** A closed trade of a report. */
export interface ReportedTrade {
  readonly accountId: string
  readonly account: string
  readonly mode: string
  readonly quote: string
  readonly symbol: string
  readonly side: Side
  readonly source: string
  readonly pnl: DecimalText
  readonly fees: DecimalText
  readonly profitRatio: number
  readonly closeReason: CloseReason
  readonly closedAt: Date
  /** What the account was worth when it was opened, as far as is known. */
  readonly equityBefore: DecimalText | null
}

/** The trades of a user that were closed in a span of market time, the latest first. */
export async function tradesClosed(
  db: Db,
  userId: string,
  { fromMs, untilMs }: Span,
): Promise<ReportedTrade[]> {
  const rows = await db
    .selectFrom('trades')
    .innerJoin('accounts', 'accounts.id', 'trades.account_id')
    .select(['trades.account_id', 'accounts.name', 'accounts.mode', 'accounts.quote', 'trades.symbol'])
    .select(['trades.side', 'trades.source', 'trades.pnl', 'trades.fees', 'trades.profit_ratio'])
    .select(['trades.close_reason', 'trades.closed_at', equityBefore().as('equity_before')])
    .where('trades.user_id', '=', userId)
    .where('trades.closed_at', '>=', new Date(fromMs))
    .where('trades.closed_at', '<', new Date(untilMs))
    .orderBy('trades.closed_at', 'desc')
    .execute()
  return rows.map((row) => ({
    accountId: row.account_id,
    account: row.name,
    mode: row.mode,
    quote: row.quote,
    symbol: row.symbol,
    side: row.side as Side,
    source: row.source,
    pnl: row.pnl,
    fees: row.fees,
    profitRatio: row.profit_ratio,
    closeReason: row.close_reason as CloseReason,
    closedAt: row.closed_at,
    equityBefore: row.equity_before,
  }))
}

function equityBefore(): RawBuilder<string | null> {
  return sql<string | null>`(
    select equity from equity_snapshots before
    where before.account_id = trades.account_id and before.market_at <= trades.opened_at
    order by before.market_at desc limit 1)`
}

/** A position that is open, and what protects it. */
export interface ReportedPosition {
  readonly id: string
  readonly account: string
  readonly mode: string
  readonly symbol: string
  readonly side: Side
  readonly quantity: DecimalText
  readonly entryPrice: DecimalText | null
  readonly lastPrice: DecimalText | null
  readonly stopLoss: DecimalText | null
  /** A price at which a stop rests at the exchange for it. */
  readonly restingStop: DecimalText | null
  /** Why it is unprotected now, in words; null while it is protected. */
  readonly gap: string | null
}

/** The positions that a user holds, by symbol. */
export async function positionsHeld(db: Db, userId: string): Promise<ReportedPosition[]> {
  const { rows } = await sql<{
    id: string
    account: string
    mode: string
    symbol: string
    side: Side
    quantity: string
    entry_price: string | null
    last_price: string | null
    stop_loss: string | null
    resting_stop: string | null
    gap: string | null
  }>`
    select p.id, accounts.name as account, accounts.mode, p.symbol, p.side, p.qty_open as quantity, p.entry_price, m.last_price,
      coalesce(m.trailing_sl, m.stop_loss, p.stop_loss) as stop_loss, rests.stop_price as resting_stop, gap.reason as gap
    from positions p
    join accounts on accounts.id = p.account_id
    left join monitored_positions m on m.position_id = p.id
    left join protection_gaps gap on gap.position_id = p.id and gap.ended_at is null
    left join lateral (
      select stop_price from orders where position_id = p.id and purpose = 'stop' and state in ('open', 'partially_filled')
      order by attempt desc limit 1
    ) rests on true
    where p.user_id = ${userId}::uuid and p.state in ('open', 'closing', 'stray') and p.qty_open > 0
    order by p.symbol, accounts.name`.execute(db)
  return rows.map((row) => ({
    id: row.id,
    account: row.account,
    mode: row.mode,
    symbol: row.symbol,
    side: row.side,
    quantity: row.quantity,
    entryPrice: row.entry_price,
    lastPrice: row.last_price,
    stopLoss: row.stop_loss,
    restingStop: row.resting_stop,
    gap: row.gap,
  }))
}

/** A halt that keeps entries of a user from being sent. */
export interface ReportedHalt {
  readonly scope: string
  /** The account's name, where it is one. */
  readonly of: string
  readonly reason: string | null
}

/** The halts in force that concern a user. */
export async function haltsOn(db: Db, userId: string): Promise<ReportedHalt[]> {
  const { rows } = await sql<ReportedHalt>`
    select halts.scope, case halts.scope when 'account' then accounts.name when 'user' then 'all your accounts'
      when 'global' then 'everybody' else halts.key end as of, halts.reason
    from halts
    left join accounts on halts.scope = 'account' and accounts.id::text = halts.key
    where halts.mode <> 'none' and (
      halts.scope in ('global', 'symbol')
      or (halts.scope = 'user' and halts.key = ${userId})
      or (halts.scope = 'account' and accounts.user_id = ${userId}::uuid)
      or (halts.scope = 'exchange' and exists (
        select from accounts own where own.user_id = ${userId}::uuid and own.exchange = halts.key and own.status <> 'closed')))
    order by halts.set_at`.execute(db)
  return rows
}

/** The users who have an account that is not closed, and since when. */
export async function reportableUsers(db: Db): Promise<{ readonly id: string; readonly since: Date }[]> {
  const rows = await db
    .selectFrom('accounts')
    .select(['user_id', sql<Date>`min(created_at)`.as('since')])
    .where('status', '<>', 'closed')
    .groupBy('user_id')
    .execute()
  return rows.map(({ user_id, since }) => ({ id: user_id, since }))
}
