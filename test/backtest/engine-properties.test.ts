import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { BacktestTrade } from '#src/backtest/result.ts'
import { Decimal } from '#src/domain/decimal.ts'
import { at, type Row, runTable, type Table } from './engine-table.ts'

const length = 90

/** Candles that walk at random, in ticks of a cent: wide ones, narrow ones, gaps between them, and some that are missing. */
const rows = fc
  .array(
    fc.record({
      gap: fc.integer({ min: -150, max: 150 }),
      body: fc.integer({ min: -200, max: 200 }),
      above: fc.integer({ min: 0, max: 150 }),
      below: fc.integer({ min: 0, max: 150 }),
      isMissing: fc.integer({ min: 0, max: 15 }).map((draw) => draw === 0),
    }),
    { minLength: length, maxLength: length },
  )
  .map((steps) => {
    let cents = 10_000
    return steps.map(({ gap, body, above, below, isMissing }, n): Row | null => {
      const open = Math.max(2_000, cents + gap)
      const close = Math.max(2_000, open + body)
      cents = close
      if (isMissing && n > 0) return null
      const prices = [open, Math.max(open, close) + above, Math.min(open, close) - below, close]
      return prices.map((price) => price / 100) as unknown as Row
    })
  })

const symbols = ['BTC/USDT', 'DOGE/USDT'] as const

const signals = fc
  .array(
    fc.record({
      candle: fc.integer({ min: 0, max: length - 1 }),
      symbol: fc.constantFrom(...symbols),
      action: fc.constantFrom('BUY' as const, 'BUY' as const, 'SELL' as const, 'HOLD' as const),
      confidence: fc.double({ min: 0.3, max: 1, noNaN: true }),
    }),
    { minLength: 5, maxLength: 40 },
  )
  .map((list) => list.toSorted((a, b) => a.candle - b.candle))

const settings = fc.record({
  stop_loss_pct: fc.constantFrom(1, 2, 5),
  take_profit_pct: fc.constantFrom(null, 3, 10),
  dynamic_stops: fc.boolean(),
  trailing_enabled: fc.boolean(),
  trailing_activation_pct: fc.constantFrom(0, 0.5, 1),
  trailing_distance_pct: fc.constantFrom(0.5, 1),
  partial_tp_enabled: fc.boolean(),
  time_exit_hours: fc.constantFrom(null, 1, 12),
  smart_exit: fc.boolean(),
  allow_short: fc.boolean(),
  max_positions: fc.constantFrom(1, 5),
  max_position: fc.constantFrom(30, 1_000),
})

const tables: fc.Arbitrary<Table> = fc
  .record({
    walks: fc.tuple(rows, rows),
    signals,
    settings,
    market: fc.constantFrom('spot' as const, 'futures' as const),
    fee: fc.constantFrom(0, 0.001),
    slippage: fc.constantFrom(0, 0.0005),
    step: fc.constantFrom('0.00001', '0.01', '0.1'),
  })
  .map(({ walks: [btc, doge], ...table }) => ({ ...table, rows: { [symbols[0]]: btc, [symbols[1]]: doge } }))

test('what is bought is sold, to the last decimal, or is dust', async () => {
  await fc.assert(
    fc.asyncProperty(tables, async (table) => {
      for (const { exits, quantity, dust = 0, exit_price, pnl, entry_price, side, fees, funding } of (
        await runTable(table)
      ).trades) {
        const sold = exits.reduce((sum, exit) => sum.plus(exit.quantity), new Decimal(0))
        expect(sold.toNumber()).toBe(quantity)
        expect(dust).toBeLessThan(5.1 / entry_price + 0.1)
        const proceeds = exits.reduce((sum, exit) => sum + exit.price * exit.quantity, 0)
        if (quantity > 0) expect(exit_price).toBeCloseTo(proceeds / quantity, 8)
        const gross = (proceeds - entry_price * quantity) * (side === 'long' ? 1 : -1)
        expect(pnl).toBeCloseTo(gross - fees + funding, 8)
      }
    }),
    { numRuns: 40 },
  )
})

test('the account ends with its capital and what its trades brought', async () => {
  await fc.assert(
    fc.asyncProperty(tables, async (table) => {
      const { trades, equity } = await runTable(table)
      const brought = trades.reduce((sum, { pnl }) => sum + pnl, 0)
      expect(equity.at(-1)?.equity).toBeCloseTo(10_000 + brought, 6)
      expect(equity.at(-1)?.exposure).toBe(0)
    }),
    { numRuns: 40 },
  )
})

test('every fill without slippage is inside the candle whose time it has', async () => {
  await fc.assert(
    fc.asyncProperty(tables, async (table) => {
      const { trades } = await runTable({ ...table, slippage: 0 })
      const rowOf = (symbol: string, timeMs: number) =>
        (table.rows as Record<string, readonly (Row | null)[]>)[symbol]?.[(timeMs - at(0)) / 300_000]
      for (const { symbol, entry_time_ms, entry_price, exits } of trades) {
        expect(rowOf(symbol, entry_time_ms)?.[0]).toBe(entry_price)
        for (const { time_ms, price, reason } of exits) {
          if (reason === 'manual') continue
          const [, high, low] = rowOf(symbol, time_ms) as Row
          expect(price).toBeGreaterThanOrEqual(low)
          expect(price).toBeLessThanOrEqual(high)
        }
      }
    }),
    { numRuns: 40 },
  )
})

test('cutting the future off gives the same past', async () => {
  await fc.assert(
    fc.asyncProperty(tables, fc.integer({ min: 1, max: length - 1 }), async (table, candles) => {
      const whole = await runTable(table)
      const cut = await runTable({
        ...table,
        rows: Object.fromEntries(
          Object.entries(table.rows).map(([symbol, all]) => [symbol, all.slice(0, candles)]),
        ),
      })
      const endMs = at(candles)
      const isPast = (trade: BacktestTrade) => trade.exit_time_ms < endMs && trade.is_open !== true
      expect(cut.trades.filter(isPast)).toEqual(whole.trades.filter(isPast))
      const wasSaid = ({ time_ms, rule }: { time_ms: number; rule: string }) =>
        time_ms < endMs && rule !== 'candles'
      expect(cut.skipped.filter(wasSaid)).toEqual(whole.skipped.filter(wasSaid))
      const wasSeen = ({ time_ms }: { time_ms: number }) => time_ms < cut.settings.to_ms
      expect(cut.equity.filter(wasSeen)).toEqual(whole.equity.filter(wasSeen))
    }),
    { numRuns: 40 },
  )
})

test('the same candles and signals give the same run', async () => {
  await fc.assert(
    fc.asyncProperty(tables, async (table) => {
      expect(await runTable(table)).toEqual(await runTable(table))
    }),
    { numRuns: 20 },
  )
})
