import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Candle, type Timeframe, timeframeMs } from '#src/domain/candle.ts'
import type { MarketContext } from '#src/domain/market/market-context.ts'
import { council, councilParameters } from '#src/domain/strategies/council/council.ts'
import { councilMemory } from '#src/domain/strategies/council/memory.ts'
import { walk as walkOf } from '../walk.ts'

const startMs = Date.UTC(2025, 9, 19)

const walk = (seed: number, count: number) => walkOf(seed, count, { startMs, leap: 0.1 })

/** The longer candles that have closed by the end of the short ones. */
function closedOf(candles: readonly Candle[], length: Timeframe): Candle[] {
  const size = timeframeMs[length]
  return [...Map.groupBy(candles, ({ openTimeMs }) => Math.floor(openTimeMs / size)).values()]
    .filter((group) => group.length === size / timeframeMs['5m'])
    .map((group) => ({
      openTimeMs: group[0]?.openTimeMs ?? 0,
      open: group[0]?.open ?? 0,
      high: Math.max(...group.map((one) => one.high)),
      low: Math.min(...group.map((one) => one.low)),
      close: group.at(-1)?.close ?? 0,
      volume: group.reduce((sum, one) => sum + one.volume, 0),
    }))
}

/** Long histories that end where the short candles begin, so that every seat has something to say. */
function before(seed: number, length: Timeframe, count: number): Candle[] {
  return walk(seed, count).map((candle, i) => ({
    ...candle,
    openTimeMs: startMs - (count - i) * timeframeMs[length],
  }))
}

test('a council that remembers says at each candle what one without memory says, forming candles or not', () => {
  fc.assert(
    fc.property(fc.nat(), fc.boolean(), (seed, hasForming) => {
      const fives = walk(seed, 350)
      const past = { '1h': before(seed + 1, '1h', 230), '4h': before(seed + 2, '4h', 210) }
      const days = before(seed + 3, '1d', 205)
      const memory = councilMemory()
      for (let i = 285; i <= fives.length; i++) {
        const known = fives.slice(0, i)
        const nowMs = (known.at(-1)?.openTimeMs ?? 0) + timeframeMs['5m']
        const last = known.at(-1) as Candle
        const context: MarketContext = {
          symbol: 'BTC/USDT',
          nowMs,
          candles: {
            '5m': known,
            '1h': [...past['1h'], ...closedOf(known, '1h'), ...(hasForming ? [last] : [])],
            '4h': [...past['4h'], ...closedOf(known, '4h'), ...(hasForming ? [last] : [])],
            '1d': [...days, ...closedOf(known, '1d')],
          },
          ...(hasForming && { forming: ['1h', '4h'] }),
        }
        const parameters = councilParameters.parse({})
        expect(council(context, parameters, memory)).toEqual(council(context))
      }
    }),
    { numRuns: 6 },
  )
})

test('a seat of weight 0 neither votes nor vetoes, and the others decide among themselves', () => {
  const hours = before(1, '1h', 230)
  const context = {
    symbol: 'BTC/USDT',
    nowMs: startMs,
    candles: { '5m': before(2, '5m', 300), '1h': hours, '4h': hours, '1d': before(3, '1d', 205) },
  }
  const whole = council(context)
  expect(whole?.votes.map(({ seat }) => seat)).toEqual(['cio', 'execution', 'research', 'risk'])
  expect(whole?.signal.reasoning).toContain('veto')
  for (const seat of ['cio', 'execution', 'research', 'risk'] as const) {
    const without = council(context, councilParameters.parse({ [seat]: 0 }))
    expect(without?.votes).toEqual(whole?.votes.filter((vote) => vote.seat !== seat))
    expect(without?.score).not.toBe(whole?.score)
    expect(without?.signal.reasoning.includes('veto')).toBe(seat !== 'risk')
  }
})

test('what lies before the windows of the seats changes nothing', () => {
  const [fives, hours, days] = [before(5, '5m', 900), before(6, '1h', 900), before(7, '1d', 300)]
  const context = {
    symbol: 'X/Y',
    nowMs: startMs,
    candles: { '5m': fives, '1h': hours, '4h': hours, '1d': days },
  }
  const cut = {
    ...context,
    candles: {
      '5m': fives.slice(-288),
      '1h': hours.slice(-600),
      '4h': hours.slice(-600),
      '1d': days.slice(-200),
    },
  }
  expect(council(context)).toEqual(council(cut))
})
