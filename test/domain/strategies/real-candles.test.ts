import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import type { Candle, Timeframe } from '#src/domain/candle.ts'
import { timeframeMs } from '#src/domain/candle.ts'
import { regimeOf } from '#src/domain/market/regime.ts'
import type { SignalAction } from '#src/domain/signal.ts'
import { council } from '#src/domain/strategies/council/council.ts'
import { smartEntry } from '#src/domain/strategies/smart-entry.ts'

vi.setConfig({ testTimeout: 60_000 }) // a year of candles
const folder = process.env.BULLPEN_MARKET_DIR
if (folder === undefined)
  console.log('BULLPEN_MARKET_DIR is not set: the strategies are not tried on real candles')

function read(name: string): Candle[] {
  const lines = readFileSync(join(folder ?? '', name), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
  return lines.map((line) => {
    const [openTimeMs = 0, open = 0, high = 0, low = 0, close = 0, volume = 0] = line.split(',').map(Number)
    return { openTimeMs, open, high, low, close, volume }
  })
}

/** Longer candles out of short ones, whole ones only. */
function join5m(candles: readonly Candle[], timeframe: Timeframe): Candle[] {
  const size = timeframeMs[timeframe]
  const groups = Map.groupBy(candles, (candle) => Math.floor(candle.openTimeMs / size))
  return [...groups.values()]
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

test.skipIf(folder === undefined)(
  'on a real month both engines speak for both sides, and hold at times',
  () => {
    const fives = read('binance-BTCUSDT-5m-2023-03.csv')
    const hours = join5m(fives, '1h')
    const fours = join5m(fives, '4h')
    const said = { smart: counts(), council: counts() }
    for (let i = 3000; i < fives.length; i += 12) {
      const nowMs = (fives[i]?.openTimeMs ?? 0) + timeframeMs['5m']
      const over = (list: readonly Candle[], timeframe: Timeframe) =>
        list.filter((candle) => candle.openTimeMs + timeframeMs[timeframe] <= nowMs)
      const context = {
        symbol: 'BTC/USDT',
        nowMs,
        candles: { '5m': fives.slice(i - 299, i + 1), '1h': over(hours, '1h'), '4h': over(fours, '4h') },
      }
      const setup = smartEntry(context)
      for (const part of Object.values(setup?.parts ?? { none: Number.NaN }))
        expect(Math.abs(part)).toBeLessThanOrEqual(1)
      said.smart[setup?.signal.action ?? 'HOLD']++
      said.council[council(context)?.signal.action ?? 'HOLD']++
    }
    for (const engine of [said.smart, said.council]) {
      expect(engine.BUY).toBeGreaterThan(10)
      expect(engine.SELL).toBeGreaterThan(10)
      expect(engine.HOLD).toBeGreaterThan(10)
    }
    console.log(JSON.stringify(said))
  },
)

test.skipIf(folder === undefined)('on real years every regime occurs', () => {
  const hours = read('binance-BTCUSDT-1h-2024-09_2025-11.csv')
  const seen = new Map<string, number>()
  for (let i = 735; i < hours.length; i += 24) {
    const regime = regimeOf(hours.slice(i - 735, i))
    seen.set(regime, (seen.get(regime) ?? 0) + 1)
  }
  for (const regime of ['trending', 'sideways', 'volatile']) expect(seen.get(regime)).toBeGreaterThan(5)
  console.log(JSON.stringify(Object.fromEntries(seen)))
})

function counts(): Record<SignalAction, number> {
  return { BUY: 0, SELL: 0, HOLD: 0 }
}
