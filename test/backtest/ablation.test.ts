import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { type AblationRow, ablate } from '#src/backtest/ablation.ts'
import { ablationText } from '#src/backtest/ablation-text.ts'
import type { Wish } from '#src/backtest/plan-run.ts'
import { type Candle, timeframeMs } from '#src/domain/candle.ts'
import { smartExitLayers } from '#src/domain/close-reason.ts'
import { smartExit } from '#src/domain/exits/smart-exit.ts'
import { type LoadedStrategy, loadStrategy } from '#src/signals/strategies/load.ts'
import { walk } from '../domain/walk.ts'

const folder = mkdtempSync(join(tmpdir(), 'bullpen-ablation-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const startMs = Date.UTC(2025, 0, 6)

function write(name: string, candles: readonly Candle[]): string {
  const file = join(folder, name)
  const rows = candles.map((one) =>
    [one.openTimeMs, one.open, one.high, one.low, one.close, one.volume]
      .map((value) => Number(value.toFixed(6)))
      .join(','),
  )
  writeFileSync(file, `time_ms,open,high,low,close,volume\n${rows.join('\n')}\n`)
  return file
}

/** A market that wanders, as files: 210 days of 1 h, and five days of 5 m after them. */
function files({ isKnownBefore }: { readonly isKnownBefore: boolean }): string[] {
  const hours = walk(5, 210 * 24, { swing: 0.006 }).map((candle, i) => ({
    ...candle,
    openTimeMs: startMs + (i - 210 * 24) * timeframeMs['1h'],
  }))
  const start = hours.at(-1)?.close ?? 100
  const fives = write('BTCUSDT-5m.csv', walk(6, 5 * 288, { startMs, start, swing: 0.0025 }))
  return isKnownBefore ? [fives, write('BTCUSDT-1h.csv', hours)] : [fives]
}

function wishOf(strategy: LoadedStrategy, change: Partial<Wish> = {}): Wish & { strategy: LoadedStrategy } {
  return {
    candles: files({ isKnownBefore: true }),
    detail: [],
    funding: [],
    strategy,
    settings: {},
    market: 'spot',
    slippage: 0,
    capital: 10_000,
    ...change,
  }
}

test('every part of smart_entry and every layer of SmartExit is left out once; each part changes the trades, and so does the reversal', async () => {
  const heard: (string | undefined)[] = []
  const wish = wishOf(await loadStrategy('smart-entry'), { settings: { smart_exit: true } })
  const rows = await ablate(wish, ({ without }) => heard.push(without))
  expect(heard).toEqual([
    undefined,
    'trend',
    'macd',
    'volume',
    'pattern',
    'rsi',
    'structure',
    'smart_exit:reversal',
    'smart_exit:momentum_fade',
    'smart_exit:volatility_spike',
  ])
  expect(rows.map(({ without }) => without)).toEqual(heard)
  expect(rows[0]).toMatchObject({ more: 0, fewer: 0, changes: false })
  expect(rows[0]?.trades).toBeGreaterThan(10)
  for (const row of rows.slice(1, 8)) expect(row.changes, row.without).toBe(true)
}, 60_000)

test('a layer of SmartExit that is not asked is silent, and the others answer as they would', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.constantFrom(...smartExitLayers),
      fc.constantFrom('long', 'short'),
      (seed, layer, side) => {
        const candles = walk(seed, 300, { swing: 0.004, leap: 0.05 })
        const others = smartExitLayers.filter((one) => one !== layer)
        for (let i = 50; i <= candles.length; i++) {
          const window = candles.slice(i - 50, i)
          const [all, fewer] = [smartExit(side, window), smartExit(side, window, others)]
          if (all === layer) expect(fewer).not.toBe(layer)
          else expect(fewer).toBe(all)
          expect(smartExit(side, window, [])).toBeUndefined()
        }
      },
    ),
    { numRuns: 12 },
  )
})

test('every seat of the council is left out once, and each changes the trades', async () => {
  const rows = await ablate(wishOf(await loadStrategy('council')))
  expect(rows[0]?.trades).toBeGreaterThan(5)
  const changing = rows.slice(1).map(({ without, changes }) => [without, changes])
  expect(changing).toEqual(['cio', 'execution', 'research', 'risk'].map((seat) => [seat, true]))
}, 60_000)

test('a part that has no say is told: without 200 days before, research never votes', async () => {
  const wish = wishOf(await loadStrategy('council'), { candles: files({ isKnownBefore: false }) })
  const research = (await ablate(wish)).find(({ without }) => without === 'research')
  expect(research).toMatchObject({ changes: false, more: 0, fewer: 0 })
}, 60_000)

test('what is off already is no part that could be left out', async () => {
  const strategy = await loadStrategy('council', { research: 0, cio: 0.5 })
  expect(strategy.parts).toEqual(['cio', 'execution', 'risk'])
  expect(strategy.without('cio').parameters).toMatchObject({ cio: 0, research: 0, risk: 0.2 })
  expect(strategy.without('cio').parts).toEqual(['execution', 'risk'])
  expect(strategy.parameters).toMatchObject({ cio: 0.5 })
})

test('the table names what changes nothing, and how far the others are from the whole', () => {
  const whole: AblationRow = {
    without: undefined,
    trades: 1_200,
    profit: -50,
    profitRatio: -0.005,
    maxDrawdown: 0.0123,
    winRate: 0.25,
    more: 0,
    fewer: 0,
    changes: false,
  }
  const rows = [
    whole,
    {
      ...whole,
      without: 'trend',
      trades: 900,
      profit: 25.5,
      profitRatio: 0.00255,
      more: 10,
      fewer: 310,
      changes: true,
    },
    { ...whole, without: 'smart_exit:reversal' },
  ]
  expect(ablationText(rows)).toBe(
    [
      'without               trades   win rate   profit   of capital   difference   max drawdown     other entries',
      '(nothing)              1,200     25.0 %   −50.00      −0.50 %                      1.23 %',
      'trend                    900     25.0 %   +25.50      +0.26 %       +75.50         1.23 %          +10 −310',
      'smart_exit:reversal    1,200     25.0 %   −50.00      −0.50 %         0.00         1.23 %   changes nothing',
    ].join('\n'),
  )
})
