import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fitLogistic, probabilityOf } from '#src/domain/learning/logistic.ts'
import { setupFeatureNames, setupFeatures, setupWindows } from '#src/domain/learning/setup-features.ts'
import { misfitOf, setupProbability, standardised, standardsOf } from '#src/domain/learning/setup-model.ts'
import { walk } from '../walk.ts'
import '../../seed.ts'

/** Numbers in [0, 1) that are the same at every run. */
function draws(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

describe('the logistic regression', () => {
  test('finds the truth that made the examples', () => {
    const draw = draws(7)
    const normal = () => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw())
    const truth = { intercept: -0.4, weights: [1.2, 0, -0.7] }
    const rows = Array.from({ length: 20_000 }, () => [normal(), normal(), normal()])
    const labels = rows.map((row) => draw() < probabilityOf(truth, row))
    const fitted = fitLogistic(rows, labels, 1e-9)
    // Three standard errors are about 0.06 here.
    expect(fitted?.intercept).toBeCloseTo(truth.intercept, 1)
    for (const [i, weight] of truth.weights.entries()) expect(fitted?.weights[i]).toBeCloseTo(weight, 1)
  })

  test('solves its equations: what is left over is weighed off by the ridge alone', () => {
    const example = fc.record({
      row: fc.tuple(fc.double({ min: -3, max: 3, noNaN: true }), fc.double({ min: -3, max: 3, noNaN: true })),
      won: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(example, { minLength: 2, maxLength: 60 }), (examples) => {
        const rows = examples.map(({ row }) => row)
        const labels = examples.map(({ won }) => won)
        const fitted = fitLogistic(rows, labels, 1)
        if (labels.every(Boolean) || !labels.some(Boolean)) {
          expect(fitted).toBeUndefined()
          return
        }
        if (!fitted) throw new Error('nothing was fitted')
        const left = rows.map((row, n) => (labels[n] ? 1 : 0) - probabilityOf(fitted, row))
        expect(left.reduce((sum, off) => sum + off, 0)).toBeCloseTo(0, 6)
        for (const i of [0, 1]) {
          const along = left.reduce((sum, off, n) => sum + off * (rows[n]?.[i] ?? 0), 0)
          expect(along).toBeCloseTo(fitted.weights[i] ?? 0, 6)
        }
      }),
    )
  })

  test('stays finite where a feature tells all', () => {
    const fitted = fitLogistic([[-1], [-1], [1], [1]], [false, false, true, true], 1)
    expect(fitted?.weights[0]).toBeGreaterThan(0)
    expect(Number.isFinite(fitted?.weights[0])).toBe(true)
  })
})

describe('the features of a setup', () => {
  const fives = walk(3, 200, { swing: 0.004 })
  const hours = walk(5, 200, { swing: 0.01 })
  const setup = { side: 'long', confidence: 0.6, fives, hours, nowMs: Date.UTC(2026, 0, 3, 18) } as const
  const named = (features: readonly number[] | undefined) =>
    Object.fromEntries(setupFeatureNames.map((name, i) => [name, features?.[i]]))

  test('are a number for each name, and nothing while there are too few candles', () => {
    const features = setupFeatures(setup)
    expect(features).toHaveLength(setupFeatureNames.length)
    expect(setupFeatures({ ...setup, fives: fives.slice(-setupWindows['5m'] + 1) })).toBeUndefined()
    expect(setupFeatures({ ...setup, hours: hours.slice(-setupWindows['1h'] + 1) })).toBeUndefined()
    expect(named(features)).toMatchObject({ confidence: 0.6, is_long: 1, is_weekend: 1, hour_sin: -1 })
    expect(named(features).hour_cos).toBeCloseTo(0, 12)
  })

  test('look at their windows alone, so that who has run for longer sees the same', () => {
    const short = {
      ...setup,
      fives: fives.slice(-setupWindows['5m']),
      hours: hours.slice(-setupWindows['1h']),
    }
    expect(setupFeatures(short)).toEqual(setupFeatures(setup))
  })

  test('speak along the side: what is for a long is as much against a short', () => {
    const [long, short] = [named(setupFeatures(setup)), named(setupFeatures({ ...setup, side: 'short' }))]
    const along = [
      'is_long',
      'trend_5m',
      'trend_1h',
      'rsi_5m',
      'rsi_1h',
      'macd_5m',
      'band_5m',
      'move_1h',
      'move_24h',
    ]
    for (const name of setupFeatureNames)
      expect(short[name], name).toBeCloseTo(
        (along.includes(name) || name === 'pattern_5m' ? -1 : 1) * (long[name] ?? 0),
        12,
      )
  })

  test('are finite in any market, one that stands still included', () => {
    const still = (count: number) =>
      walk(1, count).map((candle) => ({ ...candle, open: 5, high: 5, low: 5, close: 5, volume: 0 }))
    const flat = setupFeatures({ ...setup, fives: still(60), hours: still(60) })
    expect(flat?.every(Number.isFinite)).toBe(true)
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0.0001, max: 0.4, noNaN: true }), (seed, swing) => {
        const made = {
          fives: walk(seed, 50, { swing, leap: 0.5 }),
          hours: walk(seed + 1, 60, { swing, leap: 0.9 }),
        }
        for (const value of setupFeatures({ ...setup, ...made }) ?? [Number.NaN])
          expect(Math.abs(value)).toBeLessThanOrEqual(10)
      }),
      { numRuns: 50 },
    )
  })
})

describe('a model', () => {
  test('standardises: each column has the mean 0 and the deviation 1, one that never changes says nothing', () => {
    const rows = [
      [1, 7, 10],
      [3, 7, 30],
      [5, 7, 20],
    ]
    const standards = standardsOf(rows)
    const columns = rows.map((row) => standardised(row, standards))
    for (const i of [0, 2]) {
      const column = columns.map((row) => row[i] ?? 0)
      expect(column.reduce((sum, x) => sum + x, 0)).toBeCloseTo(0, 12)
      expect(column.reduce((sum, x) => sum + x * x, 0) / 3).toBeCloseTo(1, 12)
    }
    expect(columns.map((row) => row[1])).toEqual([0, 0, 0])
    const model = { features: ['a', 'b', 'c'], ...standards, weights: [1, 5, 0], intercept: 0 }
    expect(setupProbability(model, [3, 7, 99])).toBe(0.5)
    expect(setupProbability(model, [5, 7, 99])).toBeCloseTo(1 / (1 + Math.exp(-Math.sqrt(1.5))), 12)
  })

  test('fits the features of this build in their order, and no others', () => {
    const names: readonly string[] = setupFeatureNames
    expect(misfitOf(names)).toBeUndefined()
    expect(misfitOf(names.slice(1))).toBe('it was made without confidence')
    expect(misfitOf([...names, 'moon'])).toBe('it was made with moon, which this build does not know')
    expect(misfitOf(names.toReversed())).toBe('its features are in another order')
    expect(misfitOf([...names, 'confidence'])).toBe('its features are in another order')
  })
})
