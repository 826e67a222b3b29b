import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { saveHealth } from '#db/source-health.ts'
import { examineAll } from '#src/doctor/check.ts'
import { signalChecks } from '#src/doctor/signals.ts'
import { setupFeatureNames } from '#src/domain/learning/setup-features.ts'
import { writeSetupWeights } from '#src/signals/setup-weights.ts'
import { testDatabase } from '../support/database.ts'

const database = await testDatabase()
const db = database.db()
const folder = mkdtempSync(join(tmpdir(), 'bullpen-doctor-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const mlWeights = join(folder, 'ml_weights.json')

async function look(config: { readonly titanUrl?: string; readonly strategiesDir?: string } = {}) {
  const checks = signalChecks(db, {
    titanUrl: undefined,
    titanKey: undefined,
    supabaseUrl: undefined,
    supabaseKey: undefined,
    titanModel: undefined,
    titanModelUrl: undefined,
    titanModelKey: undefined,
    titanModelPrice: undefined,
    titanDailyBudgetTokens: 0,
    titanDailyBudgetUsd: 0,
    strategiesDir: undefined,
    mlWeights,
    ...config,
  })
  const [titan, strategies, mlFilter] = await examineAll(checks)
  return { titan, strategies, mlFilter }
}

test('without titan, a folder and weights all is well, and it is said what that means', async () => {
  const well = { ok: true, advice: '' }
  expect(await look()).toEqual({
    titan: { ...well, id: 'titan', detail: 'not configured: the council speaks' },
    strategies: { ...well, id: 'strategies', detail: 'no STRATEGIES_DIR' },
    mlFilter: { ...well, id: 'ml-filter', detail: `no ${mlWeights}: every setup passes` },
  })
})

test('titan that is away is told with its reason and since when the council speaks, and held against nobody', async () => {
  const titanUrl = 'https://titan.example.test'
  expect((await look({ titanUrl })).titan).toMatchObject({ ok: true, detail: 'nothing is known against it' })
  const away = { failures: 2, retryAtMs: null, answeredAtMs: null, reason: 'titan answers HTTP 500' }
  await saveHealth(db, 'titan_v3', away)
  expect((await look({ titanUrl })).titan).toEqual({
    id: 'titan',
    ok: true,
    detail:
      'away from the beginning (2 failures in a row, the last: titan answers HTTP 500): the council speaks for it',
    advice: '',
  })
  const [answeredAtMs, retryAtMs] = [Date.UTC(2026, 5, 17, 12), Date.UTC(2026, 5, 17, 12, 30)]
  await saveHealth(db, 'titan_v3', { ...away, failures: 3, answeredAtMs, retryAtMs })
  expect((await look({ titanUrl })).titan?.detail).toBe(
    'away since 2026-06-17T12:00:00.000Z (3 failures in a row, the last: titan answers HTTP 500): the council speaks for it, and it is not asked again before 2026-06-17T12:30:00.000Z',
  )
  await saveHealth(db, 'titan_v3', { failures: 0, retryAtMs: null, answeredAtMs, reason: null })
  expect((await look({ titanUrl })).titan?.detail).toBe('nothing is known against it')
})

test('strategies that are paused are named with why; one that is not in the folder any more is nobody’s trouble', async () => {
  const paused = { failures: 1, retryAtMs: null, answeredAtMs: null }
  for (const name of ['a', 'b', 'well']) writeFileSync(join(folder, `${name}.ts`), '')
  await saveHealth(db, 'strategy:a', { ...paused, reason: 'it threw: no idea' })
  await saveHealth(db, 'strategy:b', { ...paused, reason: 'it took more than 10 s to load' })
  await saveHealth(db, 'strategy:gone', { ...paused, reason: 'it threw' })
  const { strategies } = await look({ strategiesDir: folder })
  expect(strategies).toEqual({
    id: 'strategies',
    ok: false,
    detail: expect.stringMatching(
      /^strategy:a is paused since \d{4}-\S+Z: it threw: no idea; strategy:b is paused since \S+: it took more than 10 s to load$/,
    ),
    advice: 'Change the file, or retry its failed job at /ops/queues once the reason is gone.',
  })
  for (const name of ['a', 'b'])
    await saveHealth(db, `strategy:${name}`, { failures: 0, retryAtMs: null, answeredAtMs: 1, reason: null })
  expect((await look({ strategiesDir: folder })).strategies).toMatchObject({
    ok: true,
    detail: '3 files, none is paused',
  })
  expect((await look({ strategiesDir: join(folder, 'none') })).strategies).toMatchObject({
    ok: false,
    detail: expect.stringMatching(/^STRATEGIES_DIR=.*none cannot be read: ENOENT/),
  })
})

test('weights that are taken are told with what they were fitted on', async () => {
  const each = setupFeatureNames.map(() => 1)
  const [from, to] = ['2026-01-01T00:00:00Z', '2026-03-01T00:00:00Z']
  writeSetupWeights(mlWeights, {
    kind: 'bullpen-setup-filter',
    version: 1,
    features: [...setupFeatureNames],
    means: each,
    scales: each,
    weights: each,
    intercept: 0,
    trained: {
      from,
      to,
      setups: 812,
      winRate: 0.5,
      sources: [],
      symbols: [],
      market: 'spot',
      fee: 0,
      slippage: 0,
    },
    holdout: {
      from,
      to,
      setups: 9,
      winRate: 0.5,
      auc: 0.5,
      aucLow: 0.4,
      brier: 0.2,
      baseBrier: 0.2,
      calibrationError: 0,
    },
  })
  expect((await look()).mlFilter).toEqual({
    id: 'ml-filter',
    ok: true,
    detail: `fitted on 812 setups from ${from} to ${to}`,
    advice: '',
  })
})

test('weights that are refused are told with why', async () => {
  writeFileSync(mlWeights, '{"kind": "something else"}')
  expect((await look()).mlFilter).toEqual({
    id: 'ml-filter',
    ok: false,
    detail: `${mlWeights}: kind is not the weights of an ML filter; fit it again: bullpen ml train`,
    advice: 'bullpen ml train, or move the file away: then every setup passes.',
  })
})
