import fc from 'fast-check'
import type { BacktestRun, BacktestTrade } from '#src/backtest/result.ts'
import { type CloseReason, closeReasons } from '#src/domain/close-reason.ts'
import { profileSettings } from '#src/domain/profiles.ts'

export const hourMs = 3_600_000
export const dayMs = 24 * hourMs
/** Wednesday 1 January 2025, 00:00 UTC. */
export const newYear = Date.UTC(2025, 0, 1)

/** A long of one BTC from 100 to 110 that took an hour and paid no fee, unless told otherwise. */
export function trade(own: Partial<BacktestTrade> = {}): BacktestTrade {
  const entry_time_ms = own.entry_time_ms ?? newYear + hourMs
  const exit_time_ms = own.exit_time_ms ?? entry_time_ms + hourMs
  const exit_price = own.exit_price ?? 110
  const close_reason: CloseReason = own.close_reason ?? 'take_profit'
  return {
    symbol: 'BTC/USDT',
    side: 'long',
    entry_time_ms,
    entry_price: 100,
    exit_time_ms,
    exit_price,
    quantity: 1,
    fees: 0,
    funding: 0,
    pnl: 10,
    profit_ratio: (own.pnl ?? 10) / 100,
    close_reason,
    exits: [{ time_ms: exit_time_ms, price: exit_price, quantity: 1, reason: close_reason }],
    leverage: 1,
    source: 'smart_entry',
    confidence: 0.5,
    ...own,
  }
}

/** A run over ten days with a capital of 1,000 that did nothing, unless told otherwise. */
export function run(own: Partial<Omit<BacktestRun, 'settings'>> & { days?: number } = {}): BacktestRun {
  const to_ms = newYear + (own.days ?? 10) * dayMs
  const { days: _, ...parts } = own
  return {
    settings: {
      ...profileSettings('ase', 'spot'),
      market: 'spot',
      fee: 0.001,
      slippage: 0.0005,
      capital: 1_000,
      source: 'smart-entry',
      parameters: {},
      symbols: ['BTC/USDT'],
      timeframe: '5m',
      from_ms: newYear,
      to_ms,
    },
    trades: [],
    skipped: [],
    equity: [],
    drawdown: { ratio: 0, from_ms: newYear, to_ms: newYear },
    stops: [],
    symbols: [{ symbol: 'BTC/USDT', first: 100, last: 90 }],
    candles: 2_880,
    seconds: 0.5,
    ...parts,
  }
}

/** Equity at the end of each day from the first on. */
export function daily(values: readonly number[]): BacktestRun['equity'] {
  return values.map((equity, i) => ({ time_ms: newYear + (i + 1) * dayMs, equity, exposure: 0.5 }))
}

const amount = fc.double({ min: -500, max: 500, noNaN: true })

/** Any trade within ten days. */
export const anyTrade: fc.Arbitrary<BacktestTrade> = fc
  .record({
    symbol: fc.constantFrom('BTC/USDT', 'ETH/USDT', 'DOGE/USDT'),
    side: fc.constantFrom('long', 'short'),
    entry: fc.integer({ min: 0, max: 9 * 288 }),
    candles: fc.integer({ min: 0, max: 288 }),
    pnl: fc.oneof(amount, fc.constant(0)),
    fees: fc.double({ min: 0, max: 5, noNaN: true }),
    funding: fc.double({ min: -1, max: 1, noNaN: true }),
    close_reason: fc.constantFrom(...closeReasons),
  })
  .map(({ entry, candles, ...own }) => {
    const entry_time_ms = newYear + entry * 300_000
    return trade({ ...own, entry_time_ms, exit_time_ms: entry_time_ms + candles * 300_000 })
  })

export const anyTrades = fc.array(anyTrade, { maxLength: 40 })
