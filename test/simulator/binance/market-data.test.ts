import ccxt from 'ccxt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clientOf } from '../support/client.ts'
import { type Bench, errorOf, minuteMs, spotKeys, startBench } from '../support/market.ts'

const start = Date.UTC(2025, 0, 1)
let bench: Bench

beforeAll(async () => {
  bench = await startBench([
    [50_000, 51_000, 49_500, 50_500],
    [50_500, 50_500, 50_500, 50_500],
  ])
})
afterAll(() => bench.simulator.stop())

describe('what is asked for wrongly', () => {
  const get = async (path: string) => {
    const response = await fetch(bench.simulator.url + path)
    return [response.status, ((await response.json()) as { code: number }).code]
  }
  const cases: [string, string, number][] = [
    ['no symbol', '/api/v3/klines?interval=1m', -1102],
    ['an unknown symbol', '/api/v3/klines?symbol=PEPEUSDT&interval=1m', -1121],
    ['an unknown interval', '/api/v3/klines?symbol=BTCUSDT&interval=7m', -1120],
    ['a time that is no number', '/fapi/v1/klines?symbol=BTCUSDT&interval=1m&startTime=now', -1100],
    ['an unknown symbol among many', '/api/v3/ticker/24hr?symbols=["BTCUSDT","PEPEUSDT"]', -1121],
    ['symbols that are no list', '/api/v3/ticker/24hr?symbols=BTCUSDT', -1102],
  ]
  test.each(cases)('%s', async (_, path, code) => {
    expect(await get(path)).toEqual([400, code])
  })
})

test('the client learns the markets with the venue’s own limits', async () => {
  const spot = bench.spot.market('BTC/USDT')
  expect(spot).toMatchObject({ spot: true, active: true, precision: { price: 0.01, amount: 0.00001 } })
  expect(spot.limits).toMatchObject({ cost: { min: 5 }, amount: { min: 0.00001 } })
  const perpetual = bench.futures.market('BTC/USDT:USDT')
  expect(perpetual).toMatchObject({
    swap: true,
    linear: true,
    precision: { price: 0.1, amount: 0.001 },
    contractSize: 1,
  })
  expect(perpetual.limits.cost?.min).toBe(100)
})

test('a client that trims nothing can load the markets too', async () => {
  const client = await clientOf(bench.simulator.url, spotKeys, 'spot')
  client.options = new ccxt.binance().options
  await client.loadMarkets()
  expect(Object.keys(client.markets ?? {})).toContain('BTC/USDT:USDT')
})

test('candles come in market time, the forming one last, and stop where the market stands', async () => {
  const spot = await bench.spot.fetchOHLCV('BTC/USDT', '1m', undefined, 3)
  expect(spot).toEqual(
    [37, 38, 39].map((minute) => [start + minute * minuteMs, 50_000, 50_000, 50_000, 50_000, 12.5]),
  )
  bench.clock.advance(1000 + minuteMs / 3)
  const [forming] = await bench.futures.fetchOHLCV('BTC/USDT:USDT', '1m', undefined, 1)
  expect(forming?.slice(0, 5)).toEqual([start + 40 * minuteMs, 50_000, 50_000, 49_500, 49_500])
  const since = await bench.spot.fetchOHLCV('BTC/USDT', '5m', start + 10 * minuteMs, 2)
  expect(since.map(([time]) => time)).toEqual([start + 10 * minuteMs, start + 15 * minuteMs])
  bench.clock.advance((minuteMs * 2) / 3)
})

test('tickers of one, several and all markets', async () => {
  const one = await bench.spot.fetchTicker('BTC/USDT')
  expect(one).toMatchObject({ last: 50_500, high: 51_000, low: 49_500, open: 50_000, percentage: 1 })
  expect(Object.keys(await bench.spot.fetchTickers(['BTC/USDT', 'ETH/USDT']))).toHaveLength(2)
  expect(Object.keys(await bench.futures.fetchTickers())).toHaveLength(3)
  expect(Object.keys(await bench.spot.fetchBidsAsks())).toHaveLength(3)
  expect((await bench.futures.fetchLastPrices())['BTC/USDT:USDT']?.price).toBe(50_500)
  expect((await bench.futures.fetchFundingRate('BTC/USDT:USDT')).markPrice).toBe(50_500)
})

test('the book grows away from the price, and trades are the tape', async () => {
  const { bids, asks } = await bench.futures.fetchOrderBook('BTC/USDT:USDT', 20)
  expect([bids.length, asks.length]).toEqual([20, 20])
  for (const [side, sign] of [
    [bids, -1],
    [asks, 1],
  ] as const) {
    const prices = side.map(([price]) => (price as number) * sign)
    expect(prices).toEqual([...prices].sort((a, b) => a - b))
    expect(Number(side.at(-1)?.[1])).toBeGreaterThan(Number(side[0]?.[1]))
  }
  const trades = await bench.spot.fetchTrades('BTC/USDT', undefined, 60)
  expect(Math.max(...trades.map(({ price }) => price as number))).toBe(51_000)
})

test('server time is wall time, whatever the market’s', async () => {
  for (const client of [bench.spot, bench.futures]) {
    const before = Date.now()
    const told = await client.fetchTime()
    expect(told).toBeGreaterThanOrEqual(before)
    expect(told).toBeLessThanOrEqual(Date.now())
  }
  expect(await errorOf(bench.spot.fetchBalance())).toBe('nothing')
})
