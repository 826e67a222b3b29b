import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Candle } from '#src/domain/candle.ts'
import { smartEntry, smartEntryParameters, smartEntryStrategy } from '#src/domain/strategies/smart-entry.ts'
import { candlesFrom, drifting, noon } from '../build.ts'

function judge(candles: readonly Candle[], forming = false) {
  const context = {
    symbol: 'BTC/USDT',
    nowMs: noon,
    candles: { '5m': candles },
    ...(forming ? { forming: ['5m' as const] } : {}),
  }
  return smartEntry(context)
}

/** A rise that breathes, so that RSI stays under 70. */
const rise = Array.from({ length: 50 }, (_, i) => 100 + i * 0.1 + (i % 2) * 0.35)

test('fewer than fifty candles say nothing at all', () => {
  expect(judge(candlesFrom(rise.slice(1)))).toBeUndefined()
  const candle = candlesFrom(rise)[0] as Candle
  expect(
    smartEntryStrategy.onCandle(
      { symbol: 'X/Y', nowMs: noon, candles: {}, candle },
      { parameters: smartEntryParameters.parse({}), memory: undefined },
    ),
  ).toBeUndefined()
})

test('a market that stands still holds, with every part at zero', () => {
  const setup = judge(
    candlesFrom(
      Array.from({ length: 50 }, () => 0.1 + 0.2),
      { shadow: 0 },
    ),
  )
  expect(setup?.signal).toMatchObject({ action: 'HOLD', confidence: 0 })
})

test('a rise that breathes is bought, and its reasoning lists every part', () => {
  const candles = candlesFrom(rise).map((candle, i) => (i === 49 ? { ...candle, volume: 30 } : candle))
  const setup = judge(candles)
  expect(setup?.parts.trend).toBe(1)
  expect(setup?.parts.macd).toBe(1)
  // 30 against a mean of (19 · 10 + 30) / 20 = 11: more than twice, so all of it.
  expect(setup?.parts.volume).toBe(1)
  expect(setup?.signal.action).toBe('BUY')
  expect(setup?.signal.confidence).toBe(setup?.score)
  for (const part of ['trend', 'macd', 'volume', 'pattern', 'rsi', 'structure'])
    expect(setup?.signal.reasoning).toContain(`${part} `)
})

test('RSI counts nothing where the move is overdone', () => {
  expect(judge(candlesFrom(drifting(100, 0.01, 50)))?.parts.rsi).toBe(0)
  expect(judge(candlesFrom(drifting(100, -0.01, 50)))?.parts.rsi).toBe(0)
})

test('structure asks for an ATR of room to the extreme, or a break of it', () => {
  const closes = drifting(100, 0.002, 50)
  const spike = candlesFrom(closes).map((candle, i) => (i === 10 ? { ...candle, high: 130 } : candle))
  expect(judge(spike)?.parts.structure).toBe(1)
  const last = closes[49] ?? 0
  const near = candlesFrom(closes).map((candle, i) =>
    i === 10 ? { ...candle, high: last * 1.0005 } : candle,
  )
  expect(judge(near)?.parts.structure).toBe(0)
  expect(judge(candlesFrom(closes))?.parts.structure).toBe(1)
})

test('only the last fifty candles are read, and the forming one is marked', () => {
  const candles = candlesFrom([...drifting(500, 0.1, 30), ...rise])
  expect(judge(candles)?.parts).toEqual(judge(candles.slice(-50))?.parts)
  expect(judge(candles, true)?.signal.reasoning).toContain('still forming')
})

test('upside down, a setup says the opposite as loudly', () => {
  const steps = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 50, maxLength: 50 })
  fc.assert(
    fc.property(steps, (moves) => {
      let price = 500
      const closes = moves.map((move) => {
        price += move
        return price
      })
      const candles = candlesFrom(closes)
      const turned = candles.map((one) => ({
        ...one,
        open: 1000 - one.open,
        high: 1000 - one.low,
        low: 1000 - one.high,
        close: 1000 - one.close,
      }))
      const [setup, mirror] = [judge(candles), judge(turned)]
      // Dust at a threshold (RSI 70, a room of one ATR) may fall to either side.
      for (const part of ['trend', 'macd', 'volume', 'pattern'] as const)
        expect((setup?.parts[part] ?? 9) + (mirror?.parts[part] ?? 9)).toBeCloseTo(0, 6)
      expect(Math.abs(setup?.score ?? 9)).toBeLessThanOrEqual(1 + 1e-12)
      expect(setup?.signal.action === 'HOLD').toBe((setup?.signal.confidence ?? 0) < 0.35)
    }),
  )
})

test('a part of weight 0 is silent, for the structure too, and the others keep their full voice', () => {
  const candles = candlesFrom(rise)
  const whole = judge(candles)
  for (const part of ['trend', 'macd', 'volume', 'pattern', 'rsi', 'structure'] as const) {
    const parameters = smartEntryParameters.parse({ [part]: 0 })
    const without = smartEntry({ symbol: 'X/Y', nowMs: noon, candles: { '5m': candles } }, parameters)
    expect(without?.parts[part], part).toBe(0)
    expect(without?.signal.reasoning).not.toContain(`${part} `)
    const weights = smartEntryParameters.parse({})
    const own = weights[part] * (whole?.parts[part] ?? 9)
    expect(without?.score).toBeCloseTo(((whole?.score ?? 9) - own) / (1 - weights[part]), 12)
  }
  const silent = smartEntryParameters.parse({ trend: 0, macd: 0, volume: 0, pattern: 0 })
  const directionless = smartEntry({ symbol: 'X/Y', nowMs: noon, candles: { '5m': candles } }, silent)
  expect(directionless?.parts.structure).toBe(0)
})

test('with every part switched off nothing is said, whatever confidence is asked for', () => {
  const off = { trend: 0, macd: 0, volume: 0, pattern: 0, rsi: 0, structure: 0, least_confidence: 0 }
  const context = { symbol: 'X/Y', nowMs: noon, candles: { '5m': candlesFrom(rise) } }
  expect(smartEntry(context, smartEntryParameters.parse(off))).toMatchObject({
    score: 0,
    signal: { action: 'HOLD', confidence: 0 },
  })
})
