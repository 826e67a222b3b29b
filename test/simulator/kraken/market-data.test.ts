import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { minuteMs } from '../support/market.ts'
import { type KrakenBench, startKraken, thrownBy } from './support/bench.ts'

const BTC = 'BTC/USDT'
let bench: KrakenBench
beforeAll(async () => {
  bench = await startKraken([
    [50_000, 50_400, 49_000, 49_900],
    [49_900, 51_000, 49_900, 50_500],
    [50_500, 50_500, 50_500, 50_500],
  ])
})
afterAll(() => bench.stop())

const get = async (path: string) => {
  const response = await fetch(`${bench.simulator.url}/0/public/${path}`)
  return (await response.json()) as { error: string[]; result: Record<string, unknown> }
}

describe('what is not there', () => {
  test.each([
    ['Ticker?pair=PEPEUSDT', 'EQuery:Unknown asset pair'],
    ['AssetPairs?pair=PEPEUSDT', 'EQuery:Unknown asset pair'],
    ['Assets?asset=PEPE', 'EQuery:Unknown asset'],
    ['OHLC?pair=XBTUSDT&interval=7', 'EGeneral:Invalid arguments:interval'],
    ['OHLC', 'EGeneral:Invalid arguments:pair'],
    ['Nothing', 'EGeneral:Unknown method'],
    ['toString', 'EGeneral:Unknown method'],
  ])('%s', async (path, error) => {
    expect(await get(path)).toEqual({ error: [error] })
  })
})

describe('the market, by the unmodified class', () => {
  test('symbols by their common names, with what the venue accepts', () => {
    expect(bench.client.market(BTC)).toMatchObject({
      id: 'XBTUSDT',
      active: true,
      margin: false,
      taker: 0.004,
      maker: 0.0025,
      precision: { amount: 1e-8, price: 0.1 },
      limits: { amount: { min: 0.00005 }, cost: { min: 0.5 } },
    })
    expect(bench.client.symbols).toEqual(['BNB/USDT', BTC, 'ETH/USDT'])
  })

  test('a ticker of now and of the day', async () => {
    const ticker = await bench.client.fetchTicker(BTC)
    expect(ticker).toMatchObject({ symbol: BTC, last: 50_000 })
    expect(Number(ticker.ask)).toBeGreaterThan(Number(ticker.bid))
    expect(Object.keys(await bench.client.fetchTickers())).toHaveLength(3)
  })

  test('candles later than a moment, the forming one last, and nothing of what comes', async () => {
    const all = await bench.client.fetchOHLCV(BTC, '1m')
    expect(all).toHaveLength(40)
    const [from = 0] = all.at(-3) ?? []
    expect((await bench.client.fetchOHLCV(BTC, '1m', from)).map(([time]) => time)).toEqual(
      all.slice(-3).map(([time]) => time),
    )
    bench.clock.advance(minuteMs)
    const later = await bench.client.fetchOHLCV(BTC, '1m')
    expect(later.at(-1)?.slice(1, 5)).toEqual([50_000, 50_400, 49_000, expect.any(Number)])
    const { result } = await get('OHLC?pair=XBTUSDT&interval=1')
    expect(Number(result.last) * 1000).toBe(later.at(-2)?.[0])
  })

  test('the book, and trades that go on where they ended', async () => {
    const book = await bench.client.fetchOrderBook(BTC, 5)
    expect([book.bids.length, book.asks.length]).toEqual([5, 5])
    const trades = await bench.client.fetchTrades(BTC, undefined, 10)
    expect(trades.length).toBeGreaterThan(0)
    const { result } = await get('Trades?pair=XBTUSDT&count=5')
    bench.clock.advance(2_000)
    const next = await get(`Trades?pair=XBTUSDT&since=${result.last}`)
    const times = (rows: unknown) => (rows as [string, string, number][]).map(([, , time]) => time)
    expect(Math.min(...times(next.result.XBTUSDT))).toBeGreaterThan(Math.max(...times(result.XBTUSDT)))
  })

  test('the time in whole seconds, and that it is up', async () => {
    expect(((await bench.client.fetchTime()) ?? 1) % 1_000).toBe(0)
    expect((await bench.client.fetchStatus()).status).toBe('ok')
    expect(await thrownBy(bench.client.fetchOHLCV(BTC, '1w'))).toMatch(/^BadRequest|^ExchangeError/)
  })
})
