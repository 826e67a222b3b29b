import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type Example, splitInTime } from '#src/backtest/learning/examples.ts'
import { chanceIn } from '#src/backtest/learning/judgement.ts'
import { trainFilter } from '#src/backtest/learning/train.ts'
import { setupFeatureNames } from '#src/domain/learning/setup-features.ts'
import { setupProbability } from '#src/domain/learning/setup-model.ts'
import { UserError } from '#src/errors.ts'
import { followSetupWeights, readSetupWeights, writeSetupWeights } from '#src/signals/setup-weights.ts'

const folder = mkdtempSync(join(tmpdir(), 'bullpen-weights-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Numbers in [0, 1) that are the same at every run. */
function draws(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const stepMs = 600_000
const startMs = Date.UTC(2025, 0, 1)

/** Setups one after the other, each over after six steps; what the first feature says decides as much as `edge` says. */
function examples(count: number, edge: number, seed = 1): Example[] {
  const draw = draws(seed)
  return Array.from({ length: count }, (_, i) => {
    const features = setupFeatureNames.map(() => draw() * 2 - 1)
    const won = draw() < 0.45 + edge * (features[0] ?? 0)
    const bornMs = startMs + i * stepMs
    return { bornMs, overMs: bornMs + 6 * stepMs, features, won }
  })
}

const about = {
  sources: ['smart_entry'],
  symbols: ['BTC/USDT'],
  market: 'futures',
  fee: 0.0005,
  slippage: 0,
} as const
const train = (list: readonly Example[]) =>
  trainFilter(list, 0.25, { ...about, sources: [...about.sources], symbols: [...about.symbols] })

test('nothing of the time that is held out is learned from', () => {
  const { train: learned, holdout, cutMs } = splitInTime(examples(400, 0), 0.25)
  expect(holdout).toHaveLength(100)
  expect(learned).toHaveLength(295)
  expect(Math.max(...learned.map(({ overMs }) => overMs))).toBeLessThanOrEqual(cutMs)
  expect(Math.min(...holdout.map(({ bornMs }) => bornMs))).toBe(cutMs)
})

describe('a filter', () => {
  test('that learned something tells the winners, and knows how sure it may be', () => {
    const { weights, judgement } = train(examples(4_000, 0.4))
    expect(chanceIn(judgement)).toBeUndefined()
    expect(judgement.setups).toBe(1_000)
    expect(judgement.auc).toBeGreaterThan(0.7)
    expect(judgement.brier).toBeLessThan(judgement.baseBrier)
    expect(judgement.calibrationError).toBeLessThan(0.06)
    expect(weights.trained).toMatchObject({
      from: '2025-01-01T00:00:00.000Z',
      setups: 2_995,
      sources: ['smart_entry'],
    })
    const row = (first: number) => setupFeatureNames.map((_, i) => (i === 0 ? first : 0))
    expect(setupProbability(weights, row(1))).toBeGreaterThan(0.75)
    expect(setupProbability(weights, row(-1))).toBeLessThan(0.15)
  })

  test('that learned from noise is told to be no better than chance', () => {
    const reasons = [1, 2, 3, 4, 5, 6].map((seed) => chanceIn(train(examples(1_200, 0, seed)).judgement))
    expect(reasons.filter((reason) => reason !== undefined).length).toBeGreaterThanOrEqual(5)
    expect(reasons.join()).toMatch(/AUC 0\.\d{3} is not above 0\.5 for certain/)
  })

  test('takes enough setups, and some of either kind', () => {
    expect(() => train(examples(100, 0.4))).toThrow(/^\d+ setups to learn from: it takes at least 200/)
    expect(() => train(examples(300, 0.4))).toThrow(/75 setups to hold out: it takes at least 100/)
    const winners = examples(1_000, 0).map((example) => ({ ...example, won: true }))
    expect(() => train(winners)).toThrow(UserError)
  })
})

describe('the file of a filter', () => {
  const { weights } = train(examples(1_200, 0.4))
  const file = join(folder, 'ml_weights.json')

  test('is read as it was written, and none is none', () => {
    expect(readSetupWeights(file)).toBeUndefined()
    writeSetupWeights(file, weights)
    expect(readSetupWeights(file)).toEqual(weights)
    expect(() => writeSetupWeights(join(folder, 'no', 'such.json'), weights)).toThrow(/cannot be written/)
  })

  const changed: readonly [name: string, change: object | string, rule: RegExp][] = [
    ['no JSON', '{', /ml_weights.json: /],
    ['something else', { kind: 'cake' }, /kind is not the weights of an ML filter; fit it again/],
    ['another version', { version: 2 }, /version is of a version that this build does not read/],
    ['a feature less', { features: weights.features.slice(1) }, /has another number of means/],
    [
      'another feature',
      { features: ['moon', ...weights.features.slice(1)] },
      /is refused: it was made without confidence; fit it again: bullpen ml train$/,
    ],
    ['another order', { features: weights.features.toReversed() }, /its features are in another order/],
    ['no scale', { scales: weights.scales.map(() => 0) }, /a scale that is not above 0/],
    ['a word too many', { note: 'mine' }, /Unrecognized key/],
  ]
  test.each(changed)('that holds %s is refused in one line', (_, change, rule) => {
    writeFileSync(file, typeof change === 'string' ? change : JSON.stringify({ ...weights, ...change }))
    expect(() => readSetupWeights(file)).toThrow(UserError)
    expect(() => readSetupWeights(file)).toThrow(rule)
    expect(() => readSetupWeights(file)).not.toThrow(/\n/)
  })

  test('is followed: read again when it changes, and told each time', () => {
    const path = join(folder, 'followed.json')
    const told: string[] = []
    const filter = followSetupWeights(path, (now) =>
      told.push('refused' in now ? 'refused' : now.weights ? 'weights' : 'none'),
    )
    expect(filter()).toEqual({ weights: undefined })
    filter()
    writeSetupWeights(path, weights)
    expect(filter()).toEqual({ weights })
    filter()
    writeFileSync(path, readFileSync(path, 'utf8').replace('confidence', 'doubt'))
    expect(filter()).toMatchObject({ refused: expect.stringMatching(/was made without confidence/) })
    rmSync(path)
    expect(filter()).toEqual({ weights: undefined })
    expect(told).toEqual(['none', 'weights', 'refused', 'none'])
  })
})
