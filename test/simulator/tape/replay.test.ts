import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openTape } from '#src/simulator/tape/tape.ts'
import { candleLines, newFolder, writeCandles } from '../support/csv.ts'

const folder = newFolder()
const start = Date.UTC(2025, 0, 1)
const minute = 60_000
const hour = 3_600_000
const options = { seed: 1, speed: 60, nowMs: 0 }
const open = (...paths: string[]) => openTape(`replay:${paths.join(',')}`, options)
const rows = (count: number, from = 100) =>
  Array.from({ length: count }, (_, k) => [from + k, from + k + 2, from + k - 1, from + k + 1, 10])

describe('a bad replay is one line that says which file, where and why', () => {
  const good = candleLines(start, minute, rows(8))
  const cases: [what: string, file: () => string, message: string][] = [
    ['no such file', () => join(folder, 'binance-BTCUSDT-1m-none.csv'), 'cannot be read'],
    [
      'a strange name',
      () => writeCandles(folder, 'candles.csv', good),
      'the name is not <venue>-<SYMBOL>-<timeframe>',
    ],
    [
      'an unknown quote',
      () => writeCandles(folder, 'binance-BTCXYZ-1m-a.csv', good),
      'no known quote currency',
    ],
    [
      'an unknown timeframe',
      () => writeCandles(folder, 'binance-BTCUSDT-7m-a.csv', good),
      '7m is not one of',
    ],
    [
      'a missing header',
      () => writeCandles(folder, 'binance-BTCUSDT-1m-b.csv', good, 'ts,o,h,l,c,v'),
      'line 1 is not "time_ms,open,high,low,close,volume"',
    ],
    ['no candles', () => writeCandles(folder, 'binance-BTCUSDT-1m-c.csv', []), 'no candles'],
    [
      'a word for a number',
      () =>
        writeCandles(folder, 'binance-BTCUSDT-1m-d.csv', [
          ...good.slice(0, 2),
          `${start + 2 * minute},1,2,1,x,1`,
        ]),
      'line 4: "x" is not a number',
    ],
    [
      'time going back',
      () => writeCandles(folder, 'binance-BTCUSDT-1m-e.csv', [...good, ...good.slice(0, 1)]),
      `line 10: time ${start} does not come after`,
    ],
    [
      'a time between two candles',
      () => writeCandles(folder, 'binance-BTCUSDT-1m-f.csv', [`${start + 1},1,2,1,2,1`]),
      'line 2: time',
    ],
    [
      'a high below its close',
      () => writeCandles(folder, 'binance-BTCUSDT-1m-g.csv', [`${start},1,2,1,3,1`]),
      'is not a possible candle',
    ],
    [
      'a missing column',
      () => writeCandles(folder, 'binance-BTCUSDT-1m-h.csv', [`${start},1,2,1,2`]),
      'line 2: 5 columns instead of 6',
    ],
  ]
  test.each(cases)('%s', (_, file, message) => {
    expect(() => open(file())).toThrow(message)
    expect(() => open(file())).toThrow(/^[^\n]*$/)
  })

  test('two files of one symbol and timeframe that overlap', () => {
    const first = writeCandles(folder, 'binance-ETHUSDT-1m-a.csv', good)
    const second = writeCandles(
      folder,
      'binance-ETHUSDT-1m-b.csv',
      candleLines(start + 4 * minute, minute, rows(8)),
    )
    expect(() => open(first, second)).toThrow('overlaps')
  })

  test('symbols without a common time', () => {
    const early = writeCandles(folder, 'binance-ETHUSDT-1m-c.csv', good)
    const late = writeCandles(
      folder,
      'binance-SOLUSDT-1m-c.csv',
      candleLines(start + 100 * minute, minute, rows(8)),
    )
    expect(() => open(early, late)).toThrow('the replay has no common time: ETH/USDT ends')
  })

  test('a speed out of range, no file, and another kind of market', () => {
    expect(() => openTape('replay:x.csv', { ...options, speed: 601 })).toThrow('REPLAY_SPEED 601')
    expect(() => openTape('replay:', options)).toThrow('names no file')
    expect(() => openTape('recorded', options)).toThrow('MARKET_DATA "recorded" is neither')
  })
})

test('the market starts where every symbol has three quarters behind it, and ends where the first one ends', () => {
  const btc = writeCandles(folder, 'binance-BTCUSDT-1m-span.csv.gz', candleLines(start, minute, rows(100)))
  const eth = writeCandles(
    folder,
    'binance-ETHUSDT-1m-span.csv',
    candleLines(start + 10 * minute, minute, rows(100, 50)),
  )
  const tape = open(btc, eth)
  expect(tape.startsAt).toBe(start + 85 * minute)
  expect(tape.endsAt).toBe(start + 100 * minute - 1)
  expect(tape.speed).toBe(60)
  expect(tape.listings.map(({ symbol }) => symbol)).toEqual(['BTC/USDT', 'ETH/USDT'])
})

describe('inside a candle', () => {
  const lines = candleLines(start, minute, [
    [100, 110, 95, 105, 60],
    [105, 108, 90, 92, 60],
    [92, 92, 92, 92, 0],
    [92, 93, 91, 92.5, 6],
  ])
  const tape = open(writeCandles(folder, 'binance-BTCUSDT-1m-inside.csv', lines))

  test('a rising one visits its low first, a falling one its high', () => {
    const prices = (from: number) =>
      [...tape.pointsBetween('BTC/USDT', from - 1, from + minute - 1)].map(({ price }) => price)
    const [rising, falling] = [prices(start), prices(start + minute)]
    expect([rising[0], rising[20], rising[40], rising[59]]).toEqual([100, 95, 110, 105])
    expect([falling[0], falling[20], falling[40], falling[59]]).toEqual([105, 108, 90, 92])
    expect(rising).toHaveLength(60)
  })

  test('the forming candle knows what has been, not what comes', () => {
    const at = (seconds: number) =>
      tape.candles('BTC/USDT', { timeframe: '1m', limit: 1 }, start + minute + seconds * 1000)[0]
    expect(at(0)).toEqual({ time: start + minute, open: 105, high: 105, low: 105, close: 105, volume: 1 })
    expect(at(25)).toMatchObject({ open: 105, high: 108, close: 103.5, low: 103.5 })
    expect(at(59)).toEqual({ time: start + minute, open: 105, high: 108, low: 90, close: 92, volume: 60 })
  })

  test('after the end the price stays and no candle comes', () => {
    const later = start + 400 * minute
    expect(tape.priceAt('BTC/USDT', later)).toBe(92.5)
    expect(tape.candles('BTC/USDT', { timeframe: '1m', limit: 10 }, later).map(({ close }) => close)).toEqual(
      [105, 92, 92, 92.5],
    )
  })
})

describe('longer candles of the same symbol', () => {
  const base = candleLines(start, minute, rows(240, 1000))
  const minutes = writeCandles(folder, 'binance-BTCUSDT-1m-base.csv', base)
  const before = Array.from({ length: 30 }, (_, k) => [k + 1, k + 2, k + 0.5, k + 1, 5])
  const hours = writeCandles(
    folder,
    'binance-BTCUSDT-1h-before.csv',
    candleLines(start - 28 * hour, hour, before),
  )
  const tape = open(minutes, hours)
  const now = start + 3 * hour + 30 * minute

  test('are history where the tape has none, and give way to it where it has', () => {
    const candles = tape.candles('BTC/USDT', { timeframe: '1h', limit: 100 }, now)
    expect(candles).toHaveLength(28 + 4)
    expect(candles[27]).toMatchObject({ time: start - hour, open: 28 })
    expect(candles[28]).toMatchObject({ time: start, open: 1000, close: 1060, volume: 600 })
    expect(candles.at(-1)).toMatchObject({ time: start + 3 * hour, open: 1180 })
  })

  test('are aggregated for slower timeframes and not used for faster ones', () => {
    expect(tape.candles('BTC/USDT', { timeframe: '4h', limit: 100 }, now)[0]).toMatchObject({
      open: 1,
      close: 4,
    })
    expect(tape.candles('BTC/USDT', { timeframe: '5m', limit: 1000 }, now)[0]).toMatchObject({ time: start })
  })

  test('never tell the future: a longer candle that is not over is not shown', () => {
    const late = candleLines(start + 3 * hour, hour, [[1, 99_999, 1, 1, 1]])
    const spoiled = open(minutes, writeCandles(folder, 'binance-BTCUSDT-1h-late.csv', late))
    const last = spoiled.candles('BTC/USDT', { timeframe: '1h', limit: 1 }, now)[0]
    expect(last?.high).toBeLessThan(1300)
  })

  test('are asked for from a time on, or up to one', () => {
    const from = tape.candles('BTC/USDT', { timeframe: '1h', fromMs: start - 90 * minute, limit: 2 }, now)
    expect(from.map(({ time }) => time)).toEqual([start - hour, start])
    const to = tape.candles('BTC/USDT', { timeframe: '1h', toMs: start + 30 * minute, limit: 2 }, now)
    expect(to.map(({ time }) => time)).toEqual([start - hour, start])
  })
})

test('every price of a candle lies on the way, high and low included, however time is cut', () => {
  const path = writeCandles(folder, 'binance-BTCUSDT-5m-cut.csv', candleLines(start, 5 * minute, rows(12)))
  const tape = open(path)
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: hour }), { minLength: 1, maxLength: 6 }), (offsets) => {
      const cuts = [-1, ...[...offsets].sort((a, b) => a - b), hour].map((offset) => start + offset)
      const points = cuts
        .slice(1)
        .flatMap((cut, index) => [...tape.pointsBetween('BTC/USDT', cuts[index] as number, cut)])
      expect(points).toHaveLength(12 * 60)
      for (let k = 0; k < 12; k++) {
        const prices = points.slice(k * 60, k * 60 + 60).map(({ price }) => price)
        expect([Math.max(...prices), Math.min(...prices)]).toEqual([102 + k, 99 + k])
      }
    }),
    { numRuns: 40 },
  )
})
