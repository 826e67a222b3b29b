import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { MarketContext } from '#src/domain/market/market-context.ts'
import { cioVote } from '#src/domain/strategies/council/cio.ts'
import { council, weigh } from '#src/domain/strategies/council/council.ts'
import { executionVote } from '#src/domain/strategies/council/execution.ts'
import { halvingPhase, researchVote } from '#src/domain/strategies/council/research.ts'
import { riskVote } from '#src/domain/strategies/council/risk.ts'
import type { CastVote, Seat, Vote } from '#src/domain/strategies/council/vote.ts'
import { candlesFrom, drifting, noon } from '../build.ts'

function context(change: Partial<MarketContext> = {}): MarketContext {
  return { symbol: 'BTC/USDT', nowMs: noon, candles: {}, ...change }
}

const hours = (closes: readonly number[]) => candlesFrom(closes, { timeframe: '1h' })
const fours = (closes: readonly number[]) => candlesFrom(closes, { timeframe: '4h' })
const days = (closes: readonly number[]) => candlesFrom(closes, { timeframe: '1d' })

function cast(seat: Seat, value: number, confidence = 1, change: Partial<CastVote> = {}): Vote {
  return { seat, value, confidence, reasons: [], ...change }
}
const silent = (seat: Seat, abstains: 'history' | 'spread' = 'history'): Vote => ({
  seat,
  abstains,
  reasons: [],
})

test('a seat with too little history abstains, and a council of abstainers says nothing', () => {
  for (const vote of [cioVote, executionVote, researchVote, riskVote])
    expect(vote(context())).toMatchObject({ abstains: 'history' })
  expect(council(context())).toBeUndefined()
})

test('nothing is bought or sold against a veto, without company, or under a quarter', () => {
  const cases: [string, Vote[]][] = [
    [
      'veto',
      [cast('cio', 1), cast('execution', 1), cast('research', 1), cast('risk', 0, 0.1, { veto: 'storm' })],
    ],
    ['company', [cast('cio', 1), cast('execution', -0.1, 0.1), silent('research'), cast('risk', 0, 0)]],
    ['company', [cast('cio', 1), silent('execution', 'spread'), silent('research'), cast('risk', 0, 0)]],
    ['score', [cast('cio', 0.2), cast('execution', 0.2), cast('research', 0.2), cast('risk', 0, 0)]],
    ['score', [cast('cio', 0, 0), cast('execution', 0, 0), silent('research'), cast('risk', 0, 0)]],
  ]
  for (const [name, votes] of cases) expect(weigh('BTC/USDT', votes)?.signal.action, name).toBe('HOLD')
})

test('two seats on one side decide; one is enough when only one has the history', () => {
  expect(
    weigh('X/Y', [cast('cio', -1), cast('execution', -1), cast('research', 1), cast('risk', 0, 0)])?.signal
      .action,
  ).toBe('SELL')
  expect(
    weigh('X/Y', [silent('cio'), cast('execution', 0.5), silent('research'), silent('risk')])?.signal.action,
  ).toBe('BUY')
})

test('the score is Σ w·c·v / Σ w·c, and risk damps it', () => {
  const votes = [
    cast('cio', 1, 0.5),
    cast('execution', 0.5, 0.8),
    cast('research', -1, 0.5),
    cast('risk', 0, 0.5),
  ]
  const weights = 0.35 * 0.5 + 0.3 * 0.8 + 0.15 * 0.5 + 0.2 * 0.5
  const verdict = weigh('BTC/USDT', votes)
  expect(verdict?.score).toBeCloseTo((0.35 * 0.5 + 0.3 * 0.8 * 0.5 - 0.15 * 0.5) / weights, 12)
  expect(verdict?.signal.confidence).toBe(Math.abs(verdict?.score ?? 0))
  for (const seat of ['cio', 'execution', 'research', 'risk'])
    expect(verdict?.signal.reasoning).toContain(seat)
})

test('the CIO reads both stacks and the momentum, half as sure without 4 h', () => {
  const rising = drifting(100, 0.001, 250)
  const alone = cioVote(context({ candles: { '1h': hours(rising) } })) as CastVote
  // The stack on 1 h, and 24 steps of 0.1 % against 5 %.
  expect(alone.value).toBeCloseTo((1 + (1.001 ** 24 - 1) / 0.05) / 2, 9)
  expect(alone.confidence).toBe(0.5)
  const both = cioVote(
    context({ candles: { '1h': hours(rising), '4h': fours(drifting(100, -0.01, 250)) } }),
  ) as CastVote
  expect(both.value).toBeCloseTo((1 - 1 + (1.001 ** 24 - 1) / 0.05) / 3, 9)
  expect(both.confidence).toBe(1)
})

test('the execution strategist abstains on a wide spread, and is as sure as the volume is high', () => {
  const rising = Array.from({ length: 60 }, (_, i) => 100 + i * 0.1 + (i % 2) * 0.35)
  const candles = { '5m': candlesFrom(rising) }
  expect(executionVote(context({ candles, spread: 0.0021 }))).toMatchObject({ abstains: 'spread' })
  const vote = executionVote(context({ candles, spread: 0.002 })) as CastVote
  expect(vote.confidence).toBe(0.5)
  expect(vote.value).toBeGreaterThan(0.3)
  expect(vote.value).toBeLessThanOrEqual(1)
})

test('research: the distance from the 200-day mean and the halving phase', () => {
  const level = days(Array.from({ length: 200 }, () => 100))
  const vote = researchVote(context({ candles: { '1d': level } })) as CastVote
  expect(vote).toMatchObject({ value: 0.5, confidence: 0.5 })
  const crash = days([...Array.from({ length: 199 }, () => 100), 20])
  expect((researchVote(context({ candles: { '1d': crash } })) as CastVote).value).toBe(1)
})

test('halving phases: a year and a half up, a year down, then nothing', () => {
  const cases: [string, number][] = [
    ['2012-01-01', 0],
    ['2012-11-28', 1],
    ['2014-05-29', 1],
    ['2014-05-31', -1],
    ['2015-05-29', -1],
    ['2015-06-01', 0],
    ['2016-07-09', 1],
    ['2020-05-11', 1],
    ['2024-04-19', 0],
    ['2024-04-20', 1],
    ['2025-10-19', 1],
    ['2025-10-21', -1],
    ['2026-10-21', 0],
  ]
  for (const [day, phase] of cases) expect(halvingPhase(Date.parse(day)), day).toBe(phase)
})

test('risk takes no side, is surer the wilder the market is, and vetoes a storm', () => {
  const calm = Array.from({ length: 60 }, (_, i) => 100 + Math.sin(i) * 0.1)
  const quiet = riskVote(context({ candles: { '1h': hours(calm) } })) as CastVote
  expect(quiet.value).toBe(0)
  expect(quiet.veto).toBeUndefined()
  const wild = Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? 100 : 102))
  expect(riskVote(context({ candles: { '1h': hours(wild) } }))).toMatchObject({
    confidence: 1,
    veto: expect.stringContaining('volatility'),
  })
  const fallen = [...calm, ...drifting(100, -0.0075, 24)]
  expect(riskVote(context({ candles: { '1h': hours(fallen) } }))).toMatchObject({
    veto: expect.stringContaining('drawdown'),
  })
  const gap = candlesFrom([100, 100, 100]).map((candle, i) => (i === 2 ? { ...candle, open: 105.1 } : candle))
  expect(riskVote(context({ candles: { '1h': hours(calm), '5m': gap } }))).toMatchObject({
    veto: expect.stringContaining('gap'),
  })
})

test('whatever the votes, confidence is |score| ≤ 1 and the action follows its sign', () => {
  const vote = (seat: Seat) =>
    fc.oneof(
      fc.constant(silent(seat)),
      fc
        .tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }))
        .map(([value, confidence]) => cast(seat, seat === 'risk' ? 0 : value, confidence)),
    )
  fc.assert(
    fc.property(vote('cio'), vote('execution'), vote('research'), vote('risk'), (...votes) => {
      const verdict = weigh('BTC/USDT', votes)
      if (verdict === undefined) return
      const { score, signal } = verdict
      expect(signal.confidence).toBe(Math.min(1, Math.abs(score)))
      expect(Math.abs(score)).toBeLessThanOrEqual(1 + 1e-9)
      if (signal.action !== 'HOLD') expect(signal.action).toBe(score > 0 ? 'BUY' : 'SELL')
    }),
  )
})
