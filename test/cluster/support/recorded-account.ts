import type { Account } from '#db/accounts.ts'
import type { Db } from '#db/client.ts'
import { findSettings } from '#db/trading-settings.ts'
import type { MarketFilters } from '#src/domain/market-filters.ts'
import type { UserSettings } from '#src/domain/settings.ts'
import type { Side } from '#src/domain/side.ts'
import { baseOf } from '#src/domain/signal.ts'
import { mergeSettings } from '#src/domain/trading-settings.ts'
import type { MarketFeed } from '#src/exchange/market-feed.ts'
import type { Simulator } from '#src/simulator/simulator.ts'
import type { TestDatabase } from '../../support/database.ts'

/** A round trip as the cluster recorded it; one that is still open has no close reason. */
export interface RecordedTrade {
  readonly base: string
  readonly side: Side
  readonly entryTimeMs: number
  readonly entryPrice: number
  readonly closeReason: string | null
  readonly exits: readonly RecordedExit[]
}

/** One exit order with the market's time of its last fill. */
export interface RecordedExit {
  readonly timeMs: number
  readonly price: number
  readonly quantity: number
  readonly reason: string
}

/** What the database and the venue say of one account after a run. */
export interface RecordedAccount {
  readonly market: 'spot' | 'futures'
  /** All layers merged, as the rules read them. */
  readonly settings: UserSettings
  readonly trades: readonly RecordedTrade[]
  /** As a signal file has them. */
  readonly signalLines: readonly string[]
  readonly filters: ReadonlyMap<string, MarketFilters>
  readonly stopsMoved: number
  /** Why signals were not taken. */
  readonly skips: readonly string[]
}

/** Where a record is read from. */
interface RecordSource {
  readonly database: TestDatabase
  readonly db: Db
  readonly simulator: Simulator
  readonly feed: MarketFeed
}

/** What the rules read of an account's settings: all layers merged. */
export async function settingsOf(db: Db, account: Account): Promise<UserSettings> {
  const { user, account: own } = await findSettings(db, account.userId, account.id)
  return mergeSettings({ user, account: own, market: account.market })
}

/** Reads what became of an account from its database and its venue. */
export async function recordOf(source: RecordSource, account: Account): Promise<RecordedAccount> {
  const { database, db, feed } = source
  const market = account.market === 'spot' ? 'spot' : 'futures'
  const signals = await database.query<{
    created_at: Date
    symbol: string
    action: string
    confidence: number
  }>(
    'select created_at, symbol, action, confidence from trading_signals where user_id = $1 order by created_at, symbol',
    [account.userId],
  )
  const skipped = await database.query<{ reasons: readonly string[] }>(
    `select reasons from decisions where account_id = $1 and outcome = 'skipped' order by created_at`,
    [account.id],
  )
  const [moved] = await database.query<{ n: number }>(
    `select count(*)::int n from position_reevaluations join positions p on p.id = position_id where p.account_id = $1`,
    [account.id],
  )
  const filters = new Map<string, MarketFilters>()
  for (const symbol of await feed.symbols()) {
    const found = await feed.filters(symbol)
    if (found !== undefined) filters.set(baseOf(symbol), found)
  }
  return {
    market,
    settings: await settingsOf(db, account),
    trades: await tradesOf(source, account),
    signalLines: signals.map(({ created_at, symbol, action, confidence }) =>
      [created_at.getTime(), symbol, action, confidence].join(','),
    ),
    filters,
    stopsMoved: moved?.n ?? 0,
    skips: skipped.map(({ reasons }) => reasons.join('; ')),
  }
}

/** The venue knows the market's time of each execution, the database the wall's. */
async function tradesOf({ database, simulator }: RecordSource, account: Account): Promise<RecordedTrade[]> {
  const marketMs = new Map(
    simulator
      .ledger()
      .accounts.filter(({ market }) => market === account.market)
      .flatMap(({ orders }) => orders)
      .flatMap(({ symbol, fills }) => fills.map((fill) => [`${symbol} ${fill.tradeId}`, fill.marketTime])),
  )
  const rows = await database.query<PositionRow>(
    `select p.id, p.symbol, p.side, p.opened_at, p.entry_price, t.close_reason
     from positions p left join trades t on t.position_id = p.id
     where p.account_id = $1 and p.opened_at is not null order by p.opened_at, p.symbol`,
    [account.id],
  )
  const exits = await database.query<ExitRow>(
    `select o.position_id, o.close_reason as reason, sum(f.quantity) as quantity,
       sum(f.quantity * f.price) / sum(f.quantity) as price, array_agg(f.venue_trade_id) as trade_ids
     from orders o join fills f on f.order_id = o.id
     where o.account_id = $1 and o.purpose <> 'entry' group by o.id`,
    [account.id],
  )
  return rows.map((row) => ({
    base: baseOf(row.symbol),
    side: row.side,
    entryTimeMs: row.opened_at.getTime(),
    entryPrice: Number(row.entry_price),
    closeReason: row.close_reason,
    exits: exits
      .filter((exit) => exit.position_id === row.id)
      .map(({ reason, quantity, price, trade_ids }) => ({
        reason,
        quantity: Number(quantity),
        price: Number(price),
        timeMs: Math.max(
          ...trade_ids.map((id) => marketMs.get(`${baseOf(row.symbol)}/USDT ${id}`) ?? Number.NaN),
        ),
      }))
      .sort((a, b) => a.timeMs - b.timeMs),
  }))
}

interface PositionRow {
  readonly id: string
  readonly symbol: string
  readonly side: Side
  readonly opened_at: Date
  readonly entry_price: string
  readonly close_reason: string | null
}

interface ExitRow {
  readonly position_id: string
  readonly reason: string
  readonly quantity: string
  readonly price: string
  readonly trade_ids: readonly string[]
}
