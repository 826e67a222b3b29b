import { isTimeframe, timeframeMs } from '../../candles/timeframe.ts'
import type { BacktestRun } from '../result.ts'
import { CandleBucket, lengthFor } from './candle-bucket.ts'
import type { ChartSeries } from './chart-series.ts'

/** How many candles a report may hold: over the whole span, for all symbols and for one, and around single trades. */
const most = { overview: 9_000, perSymbol: 1_000, closeUps: 56_000, perCloseUp: 240 }

/** Candles shown before and after a trade, at the least. */
const margin = 18

interface Window {
  readonly trade: number
  readonly fromMs: number
  readonly toMs: number
  readonly bucket: CandleBucket
}

interface Drawn {
  readonly overview: CandleBucket
  /** By the moment they begin; those before `next` have begun. */
  readonly windows: readonly Window[]
  next: number
  open: Window[]
}

/**
 * Takes the candles of a run, each symbol's in order of time, and keeps a bounded number of them for its report: the whole span
 * in longer candles, and the trades that moved the account the most in the run's own. Memory does not grow with the candles.
 */
export class ChartSampler {
  readonly #symbols: ReadonlyMap<string, Drawn>

  constructor(run: Pick<BacktestRun, 'settings' | 'trades'>) {
    const { symbols, from_ms, to_ms, timeframe } = run.settings
    const shortest = isTimeframe(timeframe) ? timeframeMs[timeframe] : 60_000
    const count = Math.min(most.perSymbol, most.overview / Math.max(1, symbols.length))
    const interval = lengthFor(to_ms - from_ms, count, shortest)
    const windows = Map.groupBy(windowsOf(run.trades, shortest), ({ trade }) => run.trades[trade]?.symbol)
    this.#symbols = new Map(
      symbols.map((symbol) => [
        symbol,
        {
          overview: new CandleBucket(interval),
          windows: (windows.get(symbol) ?? []).toSorted((a, b) => a.fromMs - b.fromMs),
          next: 0,
          open: [],
        },
      ]),
    )
  }

  /** One candle: the moment it opened in epoch milliseconds, prices in quote. A symbol that is not the run's is passed over. */
  add(symbol: string, time: number, open: number, high: number, low: number, close: number): void {
    const drawn = this.#symbols.get(symbol)
    if (!drawn) return
    drawn.overview.add(time, open, high, low, close)
    for (
      let next = drawn.windows[drawn.next];
      next && next.fromMs <= time;
      next = drawn.windows[drawn.next]
    ) {
      drawn.open.push(next)
      drawn.next += 1
    }
    if (drawn.open.length === 0) return
    drawn.open = drawn.open.filter(({ toMs }) => toMs >= time)
    for (const { bucket } of drawn.open) bucket.add(time, open, high, low, close)
  }

  /** What was kept, in the order of the run's symbols. */
  series(): ChartSeries[] {
    return [...this.#symbols].map(([symbol, { overview, windows }]) => ({
      symbol,
      interval_ms: overview.interval_ms,
      candles: overview.candles,
      closeUps: windows.map(({ trade, bucket: { interval_ms, candles } }) => ({
        trade,
        interval_ms,
        candles,
      })),
    }))
  }
}

/** A window around each trade, the largest gains and losses first, until all the candles that may be kept are spent. */
function windowsOf(trades: BacktestRun['trades'], shortestMs: number): Window[] {
  const windows: Window[] = []
  let left = most.closeUps
  const bySize = trades.map((trade, index) => ({ trade, index }))
  bySize.sort((a, b) => Math.abs(b.trade.pnl) - Math.abs(a.trade.pnl))
  for (const { trade, index } of bySize) {
    const lengthMs = trade.exit_time_ms - trade.entry_time_ms
    const marginMs = Math.max(margin * shortestMs, lengthMs / 4)
    const interval = lengthFor(lengthMs + 2 * marginMs, most.perCloseUp, shortestMs)
    left -= Math.ceil((lengthMs + 2 * marginMs) / interval) + 1
    if (left < 0) break
    const fromMs = trade.entry_time_ms - marginMs
    windows.push({
      trade: index,
      fromMs: fromMs - (fromMs % interval),
      toMs: trade.exit_time_ms + marginMs,
      bucket: new CandleBucket(interval),
    })
  }
  return windows
}
