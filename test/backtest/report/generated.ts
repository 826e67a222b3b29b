import { ChartSampler } from '#src/backtest/report/chart-sampler.ts'
import type { ChartSeries } from '#src/backtest/report/chart-series.ts'
import type { BacktestRun, BacktestTrade, StopMove } from '#src/backtest/result.ts'
import type { CloseReason } from '#src/domain/close-reason.ts'
import { directionOf } from '#src/domain/side.ts'
import { newYear, run, trade } from '../summary/build.ts'

const stepMs = 300_000
const perDay = 288

interface Walk {
  readonly symbol: string
  readonly closes: readonly number[]
}

/**
 * A run over random walks of 5 m candles, the same for the same seed: trades that last between five minutes and twelve hours, stops that
 * follow the price, an equity curve with four points a day. Nothing of it was decided by a rule of ours.
 */
export function generatedRun(shape: {
  symbols: readonly string[]
  days: number
  trades: number
  seed?: number
}): {
  run: BacktestRun
  charts: ChartSeries[]
} {
  const random = randomOf(shape.seed ?? 7)
  const length = shape.days * perDay
  const walks = shape.symbols.map((symbol, i) => walkOf(symbol, 60_000 / 20 ** i, length, random))
  const drawn = walks.flatMap((walk) => tradesOf(walk, Math.round(shape.trades / walks.length), random))
  drawn.sort((a, b) => a.trade.entry_time_ms - b.trade.entry_time_ms)
  const trades = drawn.map((each) => each.trade)
  const equity = equityOf(trades, shape.days)
  const base = run({
    days: shape.days,
    trades,
    stops: drawn.map(({ stops }) => stops),
    equity,
    drawdown: fallOf(equity),
    symbols: walks.map(({ symbol, closes }) => ({
      symbol,
      first: closes[0] ?? 0,
      last: closes.at(-1) ?? 0,
    })),
    skipped: ['validate', 'validate', 'limits', 'portfolio', 'validate', 'stable_reserve'].map((rule, i) => ({
      time_ms: newYear + i * stepMs,
      symbol: shape.symbols[0] ?? '',
      action: 'BUY' as const,
      rule,
      reasons: ['confidence 0.31 below 0.45'],
    })),
    candles: length * walks.length,
  })
  const made: BacktestRun = {
    ...base,
    settings: { ...base.settings, symbols: [...shape.symbols], capital: 10_000, market: 'futures' },
  }
  const sampler = new ChartSampler(made)
  for (const { symbol, closes } of walks)
    for (const [i, close] of closes.entries()) {
      const open = closes[i - 1] ?? close
      const reach = Math.abs(close - open) + close * 0.0005
      sampler.add(
        symbol,
        newYear + i * stepMs,
        open,
        Math.max(open, close) + reach / 3,
        Math.min(open, close) - reach / 3,
        close,
      )
    }
  return { run: made, charts: sampler.series() }
}

function walkOf(symbol: string, start: number, length: number, random: () => number): Walk {
  const closes = [start]
  while (closes.length < length) closes.push((closes.at(-1) ?? start) * (1 + (random() - 0.5015) * 0.006))
  return { symbol, closes }
}

function tradesOf({ symbol, closes }: Walk, count: number, random: () => number) {
  const slot = Math.floor(closes.length / count)
  return Array.from({ length: count }, (_, i) => {
    const from = i * slot + Math.floor(random() * slot * 0.3)
    const held = Math.max(1, Math.min(Math.floor(random() * 144), slot - Math.floor(slot * 0.3) - 1))
    const side = random() < 0.6 ? ('long' as const) : ('short' as const)
    return tradeAt({ symbol, closes, side, from, to: Math.min(closes.length - 1, from + held), random })
  })
}

function tradeAt(at: Walk & { side: 'long' | 'short'; from: number; to: number; random: () => number }): {
  trade: BacktestTrade
  stops: StopMove[]
} {
  const { symbol, closes, side, from, to } = at
  const direction = directionOf(side)
  const entry = closes[from] ?? 1
  const exit = closes[to] ?? 1
  const quantity = 1_000 / entry
  const gross = (exit - entry) * quantity * direction
  const fees = 2 * 1_000 * 0.001
  const reason: CloseReason =
    gross < -10 ? 'stop_loss' : gross > 12 ? 'trailing_stop' : at.random() < 0.5 ? 'time_exit' : 'signal'
  const half = closes[Math.ceil((from + to) / 2)] ?? exit
  const exits =
    reason === 'trailing_stop'
      ? [
          {
            time_ms: timeOf(Math.ceil((from + to) / 2)),
            price: half,
            quantity: quantity / 4,
            reason: 'partial_tp_1' as const,
          },
          { time_ms: timeOf(to), price: exit, quantity: (3 * quantity) / 4, reason },
        ]
      : [{ time_ms: timeOf(to), price: exit, quantity, reason }]
  return {
    trade: trade({
      symbol,
      side,
      entry_time_ms: timeOf(from),
      entry_price: entry,
      exit_time_ms: timeOf(to),
      exit_price: exit,
      quantity,
      fees,
      pnl: gross - fees,
      profit_ratio: (gross - fees) / 1_000,
      close_reason: reason,
      exits,
    }),
    stops: stopsOf({ closes, direction, from, to }),
  }
}

function stopsOf(at: { closes: readonly number[]; direction: 1 | -1; from: number; to: number }): StopMove[] {
  const entry = at.closes[at.from] ?? 1
  let stop = entry * (1 - 0.02 * at.direction)
  const moves: StopMove[] = [{ time_ms: timeOf(at.from), price: stop }]
  for (let i = at.from + 1; i < at.to; i += 1) {
    const next = (at.closes[i] ?? entry) * (1 - 0.015 * at.direction)
    if ((next - stop) * at.direction <= 0) continue
    stop = next
    moves.push({ time_ms: timeOf(i), price: stop })
  }
  return moves
}

function equityOf(trades: readonly BacktestTrade[], days: number): BacktestRun['equity'] {
  return Array.from({ length: days * 4 }, (_, i) => {
    const time_ms = newYear + (i + 1) * 6 * 3_600_000
    const ended = trades.filter(({ exit_time_ms }) => exit_time_ms <= time_ms)
    return { time_ms, equity: ended.reduce((sum, { pnl }) => sum + pnl, 10_000), exposure: 0.3 }
  })
}

function fallOf(equity: BacktestRun['equity']): BacktestRun['drawdown'] {
  let peak = { time_ms: newYear, equity: 10_000 }
  let deepest = { ratio: 0, from_ms: newYear, to_ms: newYear }
  for (const point of equity) {
    if (point.equity > peak.equity) peak = point
    const ratio = 1 - point.equity / peak.equity
    if (ratio > deepest.ratio) deepest = { ratio, from_ms: peak.time_ms, to_ms: point.time_ms }
  }
  return deepest
}

const timeOf = (candle: number) => newYear + candle * stepMs

/** Numbers in [0, 1) that follow from the seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
