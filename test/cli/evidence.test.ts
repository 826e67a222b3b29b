import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { walk } from '../domain/walk.ts'
import { commandLine } from '../support/command.ts'

const folder = mkdtempSync(join(tmpdir(), 'bullpen-evidence-'))
const bullpen = commandLine({})
const startMs = Date.UTC(2025, 0, 6)

const rows = walk(8, 6_000, { startMs, start: 1_000, swing: 0.002 }).map(
  ({ openTimeMs, open, high, low, close, volume }) =>
    [openTimeMs, ...[open, high, low, close].map((price) => price.toFixed(2)), volume.toFixed(3)].join(','),
)
const candles = join(folder, 'binance-BTCUSDT-5m-2025-01.csv')
writeFileSync(candles, `time_ms,open,high,low,close,volume\n${rows.join('\n')}\n`)

test('evidence weighs each source, and says that on a random walk none knows anything', async () => {
  const json = join(folder, 'evidence.json')
  const wish = ['evidence', '--candles', candles, '--permutations', '40', '--json', json]
  const first = await bullpen(wish)
  expect(first.code).toBe(0)
  expect(first.stdout).toMatch(/^\| source .*\n\|-+\|/)
  for (const source of ['smart_entry', 'COUNCIL_V2.0_FALLBACK'])
    expect(first.stdout).toMatch(
      new RegExp(`${source} was right no more often than chance .* lost .* after fees`),
    )
  const { settings, rows: written } = JSON.parse(readFileSync(json, 'utf8'))
  expect(settings).toMatchObject({ market: 'futures', fee: 0.0005, permutations: 40, seed: 1 })
  expect(written).toHaveLength(2)
  expect(written[0].trades.p).toBeGreaterThan(0.05)
  expect((await bullpen(wish)).stdout).toBe(first.stdout)
})

test('a filter that learned from a random walk is shown, and not saved', async () => {
  const weights = join(folder, 'ml_weights.json')
  const train = await bullpen(['ml', 'train', '--candles', candles, '--weights', weights])
  expect(train.code).toBe(1)
  expect(train.stdout).toMatch(/judged by \d+ later setups[\s\S]*AUC +0\.\d{3}[\s\S]*Brier[\s\S]*foretold/)
  expect(train.stderr).toMatch(/\nnot saved, for it is no better than chance: .*\n$/)
  expect(existsSync(weights)).toBe(false)
  const evaluate = await bullpen(['ml', 'evaluate', '--candles', candles, '--weights', weights])
  expect(evaluate).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/there is no such file; bullpen ml train makes it\n$/),
  })
})

test.each([
  [['evidence', '--candles', candles, '--permutations', '0'], /whole number from 1/],
  [['evidence', '--candles', candles, '--strategy', 'council', 'council'], /two strategies speak as COUNCIL/],
  [
    ['evidence', '--candles', candles, '--from', '2026-01-01'],
    /no candle opens in the time that was asked for/,
  ],
  [['evidence'], /required option '--candles/],
  [['ml', 'train', '--candles', candles, '--holdout', '2'], /share from 0.05 to 0.9/],
  [
    ['ml', 'train', '--candles', candles, '--to', '2025-01-08'],
    /setups to learn from: it takes at least 200/,
  ],
])('%j is refused in words', async (args, rule) => {
  const { code, stderr } = await bullpen(args)
  expect(code).toBe(1)
  expect(stderr).toMatch(rule)
})
