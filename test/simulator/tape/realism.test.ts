import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { timeframeMs } from '#src/candles/timeframe.ts'
import { aggregate } from '#src/simulator/tape/candle.ts'
import { readRecording } from '#src/simulator/tape/recorded-file.ts'
import { openTape } from '#src/simulator/tape/tape.ts'
import { type CandleStatistics, mean, statisticsOf } from '../support/candle-statistics.ts'

const folder = process.env.BULLPEN_MARKET_DIR ?? ''
const isThere = folder !== '' && existsSync(folder)
if (!isThere)
  console.log('BULLPEN_MARKET_DIR is not set: the synthetic market is not compared with real candles')

const now = Date.UTC(2026, 5, 17, 13, 27)
const tapes = [1, 42].map((seed) => openTape('synthetic', { seed, speed: 1, nowMs: now }))
const cut = 12 // standard deviations: leaves out the one-off crashes that decide a month's fourth moment

/** Real files whose periods are long enough to average over, by timeframe. */
const wanted = { '1m': /-1m-2026/, '5m': /-5m-2025/, '1h': /-1h-2024/ } as const

/** How many times the synthetic mean over coins and seeds may be above or below the real mean. */
const factors: Record<
  'volatility' | 'kurtosis' | 'clustering' | 'memory' | 'range' | 'volumeAnswers',
  number
> = {
  volatility: 1.35,
  kurtosis: 1.8,
  clustering: 1.7,
  memory: 2.2,
  range: 1.35,
  volumeAnswers: 1.4,
}

describe.skipIf(!isThere)('the synthetic market is like the recorded ones', { timeout: 60_000 }, () => {
  const symbols = (tapes[0]?.listings ?? []).map(({ symbol }) => symbol)

  test.each(['5m', '1h'] as const)('%s candles', (timeframe) => {
    const real = recorded(wanted[timeframe])
    const synthetic = tapes.flatMap((tape) =>
      symbols.map((symbol) => {
        const limit = timeframe === '5m' ? 288 * 90 : 24 * 430
        return statisticsOf(tape.candles(symbol, { timeframe, limit }, now), cut)
      }),
    )
    compare(real, synthetic)
  })

  test('1m candles, whose recordings are calmer than most: shape only', () => {
    const real = recorded(wanted['1m'])
    const synthetic = tapes.flatMap((tape) =>
      symbols.map((symbol) =>
        statisticsOf(tape.candles(symbol, { timeframe: '1m', limit: 1440 * 14 }, now), cut),
      ),
    )
    compare(real, synthetic, ['kurtosis', 'clustering', 'range', 'volumeAnswers'])
  })

  test('days made of the hours', () => {
    const real = recorded(wanted['1h'], '1d')
    const synthetic = tapes.flatMap((tape) =>
      symbols.map((symbol) => statisticsOf(tape.candles(symbol, { timeframe: '1d', limit: 430 }, now), cut)),
    )
    compare(real, synthetic, ['volatility', 'kurtosis', 'range'])
  })

  function recorded(pattern: RegExp, into?: '1d'): CandleStatistics[] {
    const names = readdirSync(folder).filter((name) => name.startsWith('binance-') && pattern.test(name))
    const files = names
      .map((name) => readRecording(join(folder, name)))
      .filter(({ symbol }) => symbols.includes(symbol))
    expect(files.length).toBeGreaterThan(3)
    return files.map(({ candles }) =>
      statisticsOf(into === undefined ? candles : aggregate(candles, timeframeMs[into]), cut),
    )
  }

  function compare(
    real: readonly CandleStatistics[],
    synthetic: readonly CandleStatistics[],
    names: readonly (keyof typeof factors)[] = Object.keys(factors) as (keyof typeof factors)[],
  ): void {
    for (const name of names) {
      const [theirs, ours] = [mean(real.map((each) => each[name])), mean(synthetic.map((each) => each[name]))]
      const text = `${name}: real ${theirs.toPrecision(3)}, synthetic ${ours.toPrecision(3)}`
      expect(ours, text).toBeLessThan(theirs * factors[name])
      expect(ours, text).toBeGreaterThan(theirs / factors[name])
    }
  }
})
