import { expect, test } from 'vitest'
import type { Timeframe } from '#src/domain/candle.ts'
import { setupFeatureNames, setupFeatures } from '#src/domain/learning/setup-features.ts'
import { type SetupModel, setupProbability } from '#src/domain/learning/setup-model.ts'
import type { SetupWeights } from '#src/signals/setup-weights.ts'
import { filteredBy } from '#src/trading/setup-filter.ts'
import { walk } from '../../domain/walk.ts'
import { plain, type Row, runTable } from '../engine-table.ts'

/** A filter that gives every setup about the same probability, a little more to long ones. */
function model(intercept: number): SetupModel {
  const names: readonly string[] = setupFeatureNames
  return {
    features: [...names],
    means: names.map(() => 0),
    scales: names.map(() => 1),
    weights: names.map((name) => (name === 'is_long' ? 0.1 : 0.01)),
    intercept,
  }
}

const candles = walk(4, 900, { swing: 0.001, start: 1_000 })
const rows = candles.map(({ open, high, low, close }): Row => [open, high, low, close])
const run = (setupModel: SetupModel | undefined, candle = 850, isOn = true) =>
  runTable({
    rows,
    signals: [{ candle }],
    settings: { ...plain, ml_filter: isOn, time_exit_hours: 1 },
    ...(setupModel && { setupModel }),
  })

test('a run refuses the setups that its filter refuses, and only where the filter is on', async () => {
  const refused = await run(model(-3))
  expect(refused.trades).toHaveLength(0)
  expect(refused.skipped.map(({ rule }) => rule)).toEqual(['ml_filter'])
  expect(refused.skipped[0]?.reasons[0]).toMatch(/the setup wins with a probability of \d/)
  expect((await run(model(3))).trades).toHaveLength(1)
  expect((await run(undefined)).trades).toHaveLength(1)
  expect((await run(model(-3), 850, false)).trades).toHaveLength(1)
})

test('a setup with too few candles before it passes', async () => {
  expect((await run(model(-3), 60)).trades).toHaveLength(1)
})

test('live the filter judges by the candles that have closed, on the very features of a run', async () => {
  const nowMs = (candles.at(-1)?.openTimeMs ?? 0) + 60_000 // the last one is still forming
  const hours = walk(9, 80).map((hour, i) => ({ ...hour, openTimeMs: nowMs - 60_000 - (79 - i) * 3_600_000 }))
  const lists = { '5m': candles, '1h': hours }
  const feed = {
    candles: async (_: string, timeframe: Timeframe, limit: number) =>
      lists[timeframe as '5m' | '1h'].slice(-limit),
  }
  const signal = {
    id: '1',
    source: 'smart_entry',
    symbol: 'BTC/USDT',
    action: 'SELL',
    confidence: 0.6,
    reasoning: '',
    userId: null,
    createdAtMs: nowMs,
    expiresAtMs: nowMs + 45_000,
  } as const
  const asked = { signal, symbol: 'BTC/USDT:USDT', marketNowMs: nowMs }
  const weights = model(0.2) as SetupWeights
  const features = setupFeatures({
    side: 'short',
    confidence: 0.6,
    fives: candles.slice(0, -1),
    hours: hours.slice(0, -1),
    nowMs,
  })
  expect(await filteredBy({ weights }, feed, asked)).toEqual({
    mlProbability: setupProbability(weights, features ?? []),
  })
  expect(await filteredBy({ weights: undefined }, feed, asked)).toEqual({})
  expect(await filteredBy({ refused: 'it was made without confidence' }, feed, asked)).toEqual({
    mlRefusal: 'it was made without confidence',
  })
  const young = { candles: async () => candles.slice(0, 10) }
  expect(await filteredBy({ weights }, young, asked)).toEqual({ mlProbability: null })
})
