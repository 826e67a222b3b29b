import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EntryOutcomes } from '#src/backtest/evidence/entry-outcome.ts'
import { recordMarket } from '#src/backtest/evidence/market-record.ts'
import type { UserSettingsPatch } from '#src/domain/settings.ts'
import { resolveSettings } from '#src/domain/trading-settings.ts'
import { walk } from '../../domain/walk.ts'
import { blockOf, plain, type Row, runTable } from '../engine-table.ts'
import '../../seed.ts'

const fiveMs = 300_000
/** So fine that the dust of a fee taken in the coin is nothing. */
const step = '0.00000001'
const filters = {
  symbol: 'BTC/USDT',
  base: 'BTC',
  quote: 'USDT',
  tickSize: '0.01',
  stepSize: step,
  minQuantity: step,
  minNotional: '5',
}

const cases: readonly [name: string, settings: UserSettingsPatch, market: 'spot' | 'futures'][] = [
  ['fixed stops', { ...plain, trailing_enabled: true, take_profit_pct: 3 }, 'spot'],
  ['every exit of the profile ase', { portfolio_limits: plain.portfolio_limits }, 'futures'],
  ['SmartExit, too', { portfolio_limits: plain.portfolio_limits, smart_exit: true }, 'futures'],
]

test.each(cases)('an entry comes to what it comes to in a run: %s', async (_, user, market) => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.constantFrom('BUY', 'SELL'), async (seed, action) => {
      const candles = walk(seed, 400, { swing: 0.004, start: 10_000 })
      const rows = candles.map(({ open, high, low, close }): Row => [open, high, low, close])
      const side = market === 'futures' && action === 'SELL' ? 'short' : 'long'
      const signal = { candle: 200, action: side === 'long' ? ('BUY' as const) : ('SELL' as const) }
      const given = { ...user, allow_short: market === 'futures', time_exit_hours: 12 }
      const terms = { market, fee: 0.001, slippage: 0.0005, capital: 40_000 }
      const { trades } = await runTable({ rows, signals: [signal], settings: given, step, ...terms })
      const record = await recordMarket(
        { symbol: 'BTC/USDT', stepMs: fiveMs, filters, candles: [blockOf(rows, fiveMs)], longer: [] },
        [],
        {},
      )
      const settings = resolveSettings({ user: { ...plain, ...given }, market })
      const outcomes = new EntryOutcomes(record, { ...terms, settings, quote: 'USDT' })
      const outcome = outcomes.at(201, side)
      // Whether the account takes it is another matter; where it does, nothing differs but whole steps.
      const [trade] = trades
      if (trade === undefined || trade.is_open) return
      expect(outcome?.profitRatio).toBeCloseTo(trade.profit_ratio, 6)
    }),
    { numRuns: 15 },
  )
})
