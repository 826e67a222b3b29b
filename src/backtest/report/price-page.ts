import { directionOf } from '../../domain/side.ts'
import type { BacktestRun, StopMove } from '../result.ts'
import { words } from '../summary/format.ts'
import type { ChartCandles, ChartSeries } from './chart-series.ts'

/** Stop moves in a report at most, over all trades. */
const mostStops = 30_000

/** Candles as whole numbers, which are short as text; `unpack` in the browser half reads them. Times in seconds. */
export interface PackedCandles {
  readonly interval: number
  readonly from: number
  /** Per candle: intervals since the one before, open − close before, high − the higher of open and close, the lower − low, close − open. */
  readonly moves: readonly number[]
}

/** A trade as the chart draws it. Times in seconds. */
export interface DrawnTrade {
  readonly symbol: number
  readonly direction: 1 | -1
  readonly at: number
  readonly price: number
  readonly result: number
  /** What one reads of it beside the chart. */
  readonly exits: readonly (readonly [at: number, price: number, reason: string])[]
  readonly stops: readonly (readonly [at: number, price: number | null])[]
}

/** All that the price chart of a page knows. Packed prices are whole numbers of 10^−decimals. */
export interface PricePage {
  readonly symbols: readonly (PackedCandles & {
    readonly name: string
    readonly decimals: number
    readonly closeUps: Readonly<Record<number, PackedCandles>>
  })[]
  readonly trades: readonly DrawnTrade[]
}

/** Packs the candles and trades of a run for its page. */
export function pricePage(
  run: Pick<BacktestRun, 'trades' | 'stops'>,
  charts: readonly ChartSeries[],
): PricePage {
  const perTrade = Math.max(8, Math.floor(mostStops / Math.max(1, run.trades.length)))
  return {
    symbols: charts.map((chart) => {
      const decimals = decimalsOf(chart)
      return {
        name: chart.symbol,
        decimals,
        ...packed(chart, decimals),
        closeUps: Object.fromEntries(
          chart.closeUps.map((closeUp) => [closeUp.trade, packed(closeUp, decimals)]),
        ),
      }
    }),
    trades: run.trades.map((trade, i) => ({
      symbol: charts.findIndex(({ symbol }) => symbol === trade.symbol),
      direction: directionOf(trade.side),
      at: trade.entry_time_ms / 1_000,
      price: short(trade.entry_price),
      result: Number(trade.profit_ratio.toFixed(6)),
      exits: trade.exits.map(({ time_ms, price, reason }) => [time_ms / 1_000, short(price), words(reason)]),
      stops: fewer(run.stops[i] ?? [], perTrade).map(({ time_ms, price }) => [
        time_ms / 1_000,
        price === null ? null : short(price),
      ]),
    })),
  }
}

/** Decimals that show a price of this size to a hundred-thousandth. */
function decimalsOf({ candles }: ChartCandles): number {
  const highest = candles.reduce((most, { high }) => Math.max(most, high), 0)
  return highest > 0 ? Math.min(12, Math.max(0, 5 - Math.floor(Math.log10(highest)))) : 2
}

function packed({ candles, interval_ms }: ChartCandles, decimals: number): PackedCandles {
  const whole = (price: number) => Math.round(price * 10 ** decimals)
  const from = candles[0]?.time_ms ?? 0
  let before = { time_ms: from, close: 0 }
  const moves = candles.flatMap((candle) => {
    const [open, high, low, close] = [candle.open, candle.high, candle.low, candle.close].map(whole) as [
      number,
      number,
      number,
      number,
    ]
    const steps = Math.round((candle.time_ms - before.time_ms) / interval_ms)
    const gap = open - before.close
    before = { time_ms: candle.time_ms, close }
    return [steps, gap, high - Math.max(open, close), Math.min(open, close) - low, close - open]
  })
  return { interval: interval_ms / 1_000, from: from / 1_000, moves }
}

/** At most so many moves, the first and the last among them. */
function fewer(moves: readonly StopMove[], most: number): readonly StopMove[] {
  if (moves.length <= most) return moves
  const step = (moves.length - 1) / (most - 1)
  return Array.from({ length: most }, (_, i) => moves[Math.round(i * step)] as StopMove)
}

const short = (price: number) => Number(price.toPrecision(8))
