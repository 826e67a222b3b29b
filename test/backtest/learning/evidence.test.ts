import { describe, expect, test } from 'vitest'
import { Ground, weighEvidence } from '#src/backtest/evidence/evidence.ts'
import { evidenceText } from '#src/backtest/evidence/evidence-text.ts'
import type { Birth, MarketRecord } from '#src/backtest/evidence/market-record.ts'
import { resolveSettings } from '#src/domain/trading-settings.ts'
import { walk } from '../../domain/walk.ts'
import { plain } from '../engine-table.ts'

const settings = resolveSettings({ user: { ...plain, time_exit_hours: 1 }, market: 'futures' })
const terms = {
  settings,
  market: 'futures',
  quote: 'USDT',
  capital: 10_000,
  fee: 0.0005,
  slippage: 0,
} as const

/** Numbers in [0, 1) that are the same at every run. */
function draws(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** A market that wanders, and signals at these bars. */
function ground(births: readonly Pick<Birth, 'bar' | 'side'>[], seed = 5): Ground {
  const candles = walk(seed, 1_500, { swing: 0.006, start: 1_000 })
  const record: MarketRecord = {
    symbol: 'BTC/USDT',
    stepMs: 300_000,
    filters: {
      symbol: 'BTC/USDT',
      base: 'BTC',
      quote: 'USDT',
      tickSize: '0.01',
      stepSize: '0.00001',
      minQuantity: '0.00001',
      minNotional: '5',
    },
    bars: candles.map(({ openTimeMs, ...prices }) => ({
      openMs: openTimeMs,
      ...prices,
      atr: null,
      regime: 'unknown' as const,
    })),
    births: births.map((birth) => ({
      ...birth,
      source: 'mine',
      confidence: 0.5,
      bornMs: candles[birth.bar]?.openTimeMs ?? 0,
      features: undefined,
    })),
  }
  return new Ground(record, terms)
}

const every = (step: number) => Array.from({ length: Math.floor(1_300 / step) }, (_, i) => 20 + i * step)

describe('signals beside random ones', () => {
  test('who knows what comes is found out to know it', () => {
    const { record } = ground([])
    const knowing = every(13).map((bar) => {
      const later = record.bars[bar + 11]?.close ?? 0
      return { bar, side: later > (record.bars[bar]?.open ?? 0) ? ('long' as const) : ('short' as const) }
    })
    const weighed = weighEvidence('mine', [ground(knowing)], { permutations: 200, draw: draws(1) })
    expect(weighed.signals).toBe(100)
    expect(weighed.trades.p).toBeCloseTo(1 / 201, 10)
    expect(weighed.trades.mean).toBeGreaterThan(0)
    expect(weighed.trades.factor).toBeGreaterThan(weighed.trades.randomFactor ?? Number.NaN)
    expect(weighed.hits.low).toBeLessThan(weighed.hits.share ?? 0)
    expect(evidenceText([weighed])).toMatch(
      /Its trades brought \d.* each after fees, random ones lost \d.*: better than chance \(p 0\.005\)\.$/,
    )
  })

  test('who knows nothing is found out in as many cases as chance has it', () => {
    const draw = draws(11)
    const ps = Array.from({ length: 40 }, (_, seed) => {
      const blind = every(29).map((bar) => ({
        bar,
        side: draw() < 0.5 ? ('long' as const) : ('short' as const),
      }))
      return (
        weighEvidence('mine', [ground(blind, seed)], { permutations: 60, draw: draws(seed) }).trades.p ?? 0
      )
    })
    // p under 0.05 in one case of twenty, and spread evenly: the mean of 40 is 0.5 ± 0.05.
    expect(ps.filter((p) => p < 0.05).length).toBeLessThanOrEqual(6)
    expect(ps.reduce((sum, p) => sum + p, 0) / ps.length).toBeGreaterThan(0.35)
    expect(ps.reduce((sum, p) => sum + p, 0) / ps.length).toBeLessThan(0.65)
  })

  test('the same seed weighs the same, and no signals weigh nothing', () => {
    const grounds = [ground(every(50).map((bar) => ({ bar, side: 'long' })))]
    const weigh = (seed: number) => weighEvidence('mine', grounds, { permutations: 50, draw: draws(seed) })
    expect(weigh(3)).toEqual(weigh(3))
    expect(weigh(3).trades.randomMean).not.toBe(weigh(4).trades.randomMean)
    const nothing = weighEvidence('silent', grounds, { permutations: 50, draw: draws(1) })
    expect(nothing).toMatchObject({ signals: 0, longs: null, trades: { count: 0, mean: null, p: null } })
    expect(evidenceText([nothing])).toContain('silent said nothing that could be traded.')
  })

  test('a signal whose six hours or whose trade are not over counts for neither', () => {
    const late = weighEvidence('mine', [ground([{ bar: 1_499, side: 'long' }])], {
      permutations: 5,
      draw: draws(1),
    })
    expect(late).toMatchObject({
      signals: 1,
      hits: { scored: 0, share: null, low: 0, high: 1 },
      trades: { count: 0 },
    })
  })
})
