import type { BacktestRun, BacktestTrade } from '../result.ts'
import { type ReasonFigures, reasonsOf } from './close-reasons.ts'
import { type CurvePoint, longestUnderwaterMs } from './curve.ts'
import { dailyReturns } from './daily-returns.ts'
import { timeInMarketMs } from './exposure.ts'
import { type GroupFigures, groupsOf } from './groups.ts'
import { type HoldFigures, holdFigures } from './hold.ts'
import { type MonthFigures, monthsOf } from './months.ts'
import {
  annualGrowth,
  annualVolatility,
  calmarRatio,
  sharpeRatio,
  sortinoRatio,
  systemQuality,
} from './risk-ratios.ts'
import { meanOf, ratioOf } from './sums.ts'
import { figuresOf, type TradeFigures } from './trade-figures.ts'

/** One trade that stands out, by pnl ÷ entry cost. */
export interface NotableTrade {
  readonly symbol: string
  readonly entry_time_ms: number
  readonly pnl: number
  readonly profit_ratio: number
}

/**
 * What a run comes to, as the JSON says it. Quote currency and ratios (0.02 is 2 %), times in epoch milliseconds; null is what
 * cannot be said, as a Sharpe ratio of one day. Yearly figures come from daily values of the equity curve (UTC, 365 days), the
 * figures of trades from closed trades, those that the end of the candles closed among them.
 */
export interface Summary extends TradeFigures {
  readonly from_ms: number
  readonly to_ms: number
  readonly capital: number
  readonly final_equity: number
  /** Trades that the end of the candles closed. */
  readonly open_at_end: number
  readonly cagr: number | null
  readonly annual_volatility: number | null
  readonly sharpe: number | null
  readonly sortino: number | null
  readonly calmar: number | null
  readonly sqn: number | null
  /** The deepest fall from a peak: as a share over every candle, and that share of the highest point that the curve kept before it. */
  readonly max_drawdown: number
  readonly max_drawdown_quote: number
  readonly drawdown: {
    readonly from_ms: number
    readonly to_ms: number
    /** When the peak was seen again; null when it was not. */
    readonly recovered_ms: number | null
    /** From the peak until it was seen again, or until the end. */
    readonly length_ms: number
    /** The longest time without a new peak, which need not be the deepest fall's. */
    readonly longest_ms: number
  }
  /** Share of the time in which a position was open, and the mean share of equity that was in positions. */
  readonly exposure: number | null
  readonly mean_exposure: number | null
  readonly best_trade: NotableTrade | null
  readonly worst_trade: NotableTrade | null
  readonly buy_and_hold: HoldFigures
  readonly per_symbol: readonly GroupFigures[]
  readonly per_close_reason: readonly ReasonFigures[]
  readonly per_side: readonly GroupFigures[]
  readonly per_source: readonly GroupFigures[]
  readonly per_month: readonly MonthFigures[]
  /** Signals not taken, and how often each rule refused. */
  readonly skipped: number
  readonly skipped_by_rule: readonly { readonly rule: string; readonly count: number }[]
}

/** A run that may know how equal parts of its symbols, bought at the beginning, did meanwhile. */
export type SummedRun = BacktestRun & { readonly hold?: readonly CurvePoint[] }

/** Sums a run up. Pure: the same run gives the same summary. */
export function summarize(run: SummedRun): Summary {
  const { trades, equity, settings } = run
  const { capital, from_ms, to_ms } = settings
  const finalEquity = equity.at(-1)?.equity ?? capital
  const daily = dailyReturns(equity, capital)
  const growth = annualGrowth({ begin: capital, end: finalEquity, spanMs: to_ms - from_ms })
  const ranked = trades.toSorted((a, b) => b.profit_ratio - a.profit_ratio)
  return {
    from_ms,
    to_ms,
    capital,
    final_equity: finalEquity,
    ...figuresOf(trades, capital),
    open_at_end: trades.filter(({ is_open }) => is_open).length,
    cagr: growth,
    annual_volatility: annualVolatility(daily),
    sharpe: sharpeRatio(daily),
    sortino: sortinoRatio(daily),
    calmar: calmarRatio(growth, run.drawdown.ratio),
    sqn: systemQuality(trades.map(({ pnl }) => pnl)),
    ...drawdownOf(run),
    exposure: ratioOf(timeInMarketMs(trades), to_ms - from_ms),
    mean_exposure: meanOf(equity.map(({ exposure }) => exposure)),
    best_trade: notable(ranked[0]),
    worst_trade: notable(ranked.at(-1)),
    buy_and_hold: holdFigures(run.symbols, run.hold),
    per_symbol: groupsOf(trades, capital, ({ symbol }) => symbol),
    per_close_reason: reasonsOf(trades, capital),
    per_side: groupsOf(trades, capital, ({ side }) => side),
    per_source: groupsOf(trades, capital, ({ source }) => source),
    per_month: monthsOf({ trades, equity, capital, from_ms, to_ms }),
    skipped: run.skipped.length,
    skipped_by_rule: [...Map.groupBy(run.skipped, ({ rule }) => rule)]
      .map(([rule, { length }]) => ({ rule, count: length }))
      .sort((a, b) => b.count - a.count || (a.rule < b.rule ? -1 : 1)),
  }
}

function drawdownOf(run: SummedRun): Pick<Summary, 'max_drawdown' | 'max_drawdown_quote' | 'drawdown'> {
  const { ratio, from_ms, to_ms } = run.drawdown
  const curve = [{ time_ms: run.settings.from_ms, equity: run.settings.capital }, ...run.equity]
  const peak = curve.reduce(
    (best, { time_ms, equity }) => (time_ms <= to_ms ? Math.max(best, equity) : best),
    0,
  )
  const recovered =
    ratio === 0 ? undefined : curve.find(({ time_ms, equity }) => time_ms > to_ms && equity >= peak)
  const until = ratio === 0 ? from_ms : (recovered?.time_ms ?? run.settings.to_ms)
  return {
    max_drawdown: ratio,
    max_drawdown_quote: ratio * peak,
    drawdown: {
      from_ms,
      to_ms,
      recovered_ms: recovered?.time_ms ?? null,
      length_ms: until - from_ms,
      longest_ms: longestUnderwaterMs(curve),
    },
  }
}

function notable(trade: BacktestTrade | undefined): NotableTrade | null {
  if (!trade) return null
  const { symbol, entry_time_ms, pnl, profit_ratio } = trade
  return { symbol, entry_time_ms, pnl, profit_ratio }
}
