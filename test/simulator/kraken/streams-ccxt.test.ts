import { afterAll, beforeAll, expect, test } from 'vitest'
import { minuteMs } from '../support/market.ts'
import { type KrakenBench, startKraken } from './support/bench.ts'

const BTC = 'BTC/USDT'
let bench: KrakenBench
beforeAll(async () => {
  bench = await startKraken([
    [50_000, 50_000, 49_000, 49_900],
    [49_900, 51_000, 49_900, 50_500],
    [50_500, 50_500, 50_500, 50_500],
  ])
})
afterAll(() => bench.stop())

test('the public channels, by the unmodified ccxt.pro class', async () => {
  const { client, clock } = bench
  expect(await client.watchTicker(BTC)).toMatchObject({ symbol: BTC, last: 50_000 })
  const trades = await client.watchTrades(BTC)
  expect(trades.at(-1)).toMatchObject({ symbol: BTC, price: 50_000, side: 'buy' })
  const candles = await client.watchOHLCV(BTC, '1m')
  expect(candles.at(-1)?.slice(1, 5)).toEqual([50_000, 50_000, 50_000, 50_000])
  const book = await client.watchOrderBook(BTC)
  expect([book.bids.length, book.asks.length]).toEqual([10, 10])
  expect(book.asks[0]?.[0]).toBeGreaterThan(Number(book.bids[0]?.[0]))

  const next = [client.watchTicker(BTC), client.watchOHLCV(BTC, '1m'), client.watchOrderBook(BTC)] as const
  clock.advance(minuteMs + 1_000)
  const [ticker, later, moved] = await Promise.all(next)
  expect(ticker.last).toBeCloseTo(49_900, 0)
  expect(later.at(-1)?.[0]).toBeGreaterThan(Number(candles.at(-1)?.[0]))
  // What was told level by level is what the venue answers when it is asked.
  const asked = await client.fetchOrderBook(BTC, 10)
  expect(moved.bids.map(([price]) => price)).toEqual(asked.bids.map(([price]) => price))
  expect(moved.asks.map(([price, size]) => [price, size])).toEqual(
    asked.asks.map(([price, size]) => [price, size]),
  )
})

test('orders, trades and balances of an account', async () => {
  const { client } = bench
  const first = client.watchOrders(BTC)
  const placed = await client.createOrder(BTC, 'limit', 'buy', 0.02, 40_000, { clientOrderId: 'streamed-1' })
  const orders = await first
  expect(orders.at(-1)).toMatchObject({
    id: placed.id,
    symbol: BTC,
    side: 'buy',
    amount: 0.02,
    status: 'open',
  })
  const balances = await client.watchBalance()
  expect(balances.USDT).toMatchObject({ total: 10_000 })

  const canceled = client.watchOrders(BTC)
  await client.cancelOrder(placed.id ?? '', BTC)
  expect((await canceled).find(({ id }) => id === placed.id)?.status).toBe('canceled')

  const traded = client.watchMyTrades(BTC)
  const moved = client.watchBalance()
  const bought = await client.createOrder(BTC, 'market', 'buy', 0.01)
  const [trade] = await traded
  expect(trade).toMatchObject({ order: bought.id, side: 'buy', takerOrMaker: 'taker', symbol: BTC })
  await expect
    .poll(async () => client.orders?.find((order: { id: string }) => order.id === bought.id)?.status)
    .toBe('closed')
  expect((await moved).BTC?.total ?? (await client.watchBalance()).BTC?.total).toBeCloseTo(1.01, 8)
})
