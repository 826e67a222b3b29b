import { runBacktest } from '#src/backtest/run.ts'
import type { FileSignal } from '#src/backtest/signal-origin.ts'
import type { RecordedMarket } from '#src/backtest/track.ts'
import { type CandleBlock, newBlock } from '#src/candles/candle-block.ts'
import type { SetupModel } from '#src/domain/learning/setup-model.ts'
import type { UserSettingsPatch } from '#src/domain/settings.ts'
import { mergeSettings, resolveSettings } from '#src/domain/trading-settings.ts'

/** Open, high, low, close; the volume is of no account. */
export type Row = readonly [open: number, high: number, low: number, close: number]

export const startMs = Date.UTC(2025, 0, 6, 12)
export const fiveMs = 300_000
const hourMs = 3_600_000

/** The n-th candle's opening time. */
export const at = (n: number) => startMs + n * fiveMs

/** Everything off but a stop of 2 %, so that each case switches on what it is about. */
export const plain: UserSettingsPatch = {
  dynamic_stops: false,
  stop_loss_pct: 2,
  take_profit_pct: null,
  trailing_enabled: false,
  partial_tp_enabled: false,
  time_exit_hours: null,
  daily_trade_limit: 1_000_000,
  hourly_trade_limit: 1_000_000,
  portfolio_limits: {
    asset_pct: null,
    category_pct: null,
    l1_pct: null,
    meme_pct: null,
    defi_pct: null,
    stable_reserve_pct: null,
    concentration_warning_pct: null,
    correlation: false,
  },
}

/** A run in a few words. */
export interface Table {
  /** Candles of 5 m by symbol, or of BTC/USDT alone; null is a candle that is missing. */
  readonly rows: readonly (Row | null)[] | Readonly<Record<string, readonly (Row | null)[]>>
  /** By the candle they lie in; of BTC/USDT where nothing else is said. */
  readonly signals?: readonly ({ readonly candle: number } & Partial<FileSignal>)[]
  readonly settings?: UserSettingsPatch
  readonly market?: 'spot' | 'futures'
  readonly fee?: number
  readonly slippage?: number
  readonly capital?: number
  /** Candles of 1 m of BTC/USDT. */
  readonly detail?: readonly Row[]
  readonly funding?: RecordedMarket['funding']
  readonly step?: string
  readonly setupModel?: SetupModel
  readonly fromMs?: number
  readonly toMs?: number
  /** Recorded candles of 1 h of BTC/USDT that end where the others begin. */
  readonly hours?: readonly Row[]
}

/** Runs it. */
export function runTable(table: Table) {
  const { market = 'spot', fee = 0, slippage = 0, capital = 10_000, signals = [], step = '0.00001' } = table
  const bySymbol = Array.isArray(table.rows)
    ? { 'BTC/USDT': table.rows as readonly (Row | null)[] }
    : (table.rows as Readonly<Record<string, readonly (Row | null)[]>>)
  const user = { ...plain, ...table.settings }
  const settings = { ...resolveSettings({ user, market }), sources: ['webhook:file'] }
  const markets = Object.entries(bySymbol).map(([symbol, rows]) => ({
    symbol,
    stepMs: fiveMs,
    filters: {
      symbol,
      base: symbol.slice(0, -5),
      quote: 'USDT',
      tickSize: '0.01',
      stepSize: step,
      minQuantity: step,
      minNotional: '5',
      ...(market === 'futures' && { maxLeverage: 125 }),
    },
    candles: [blockOf(rows, fiveMs)],
    longer: table.hours
      ? [
          {
            timeframe: '1h' as const,
            stepMs: hourMs,
            candles: [blockOf(table.hours, hourMs, -table.hours.length)],
          },
        ]
      : [],
    ...(table.detail && { detail: { stepMs: 60_000, candles: [blockOf(table.detail, 60_000)] } }),
    ...(table.funding && { funding: table.funding }),
  }))
  const rows = signals.map(({ candle, ...given }) => ({
    timeMs: at(candle),
    symbol: 'BTC/USDT',
    action: 'BUY' as const,
    confidence: 1,
    ...given,
  }))
  const { setupModel } = table
  const terms = { settings, market, quote: 'USDT', capital, fee, slippage, ...(setupModel && { setupModel }) }
  const plan = {
    terms,
    markets,
    origin: { kind: 'file' as const, source: 'webhook:file', rows },
    ...(table.fromMs !== undefined && { fromMs: table.fromMs }),
    ...(table.toMs !== undefined && { toMs: table.toMs }),
  }
  return runBacktest(plan, {
    ...mergeSettings({ user, market }),
    market,
    capital,
    fee,
    slippage,
    source: 'signals.csv',
    parameters: {},
    symbols: Object.keys(bySymbol),
    timeframe: '5m',
  })
}

/** Rows from the start on, or from so many steps before it; null is a candle that is missing. */
export function blockOf(rows: readonly (Row | null)[], stepMs: number, first = 0): CandleBlock {
  const block = newBlock(rows.length)
  for (const [n, row] of rows.entries()) {
    if (row === null) continue
    const place = block.length++
    block.time[place] = startMs + (first + n) * stepMs
    block.open[place] = row[0]
    block.high[place] = row[1]
    block.low[place] = row[2]
    block.close[place] = row[3]
    block.volume[place] = 1
  }
  return block
}
