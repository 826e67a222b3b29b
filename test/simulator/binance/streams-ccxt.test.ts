import { setTimeout as sleep } from 'node:timers/promises'
import ccxt from 'ccxt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Bench, futuresKeys, spotKeys, startBench } from '../support/market.ts'
import { aimed } from '../support/stream-client.ts'

type Pro = InstanceType<typeof ccxt.pro.binance>

let bench: Bench
let spot: Pro
let futures: Pro

beforeAll(async () => {
  bench = await startBench([], { clock: undefined, enforceLimits: false })
  const options = (defaultType: string, types: string[]) => ({
    options: { defaultType, fetchMarkets: { types }, fetchCurrencies: false, fetchMargins: false },
  })
  const { url } = bench.simulator
  spot = await aimed(ccxt.pro.binance, url, { ...spotKeys, ...options('spot', ['spot']) })
  futures = await aimed(ccxt.pro.binance, url, { ...futuresKeys, ...options('swap', ['linear']) })
  await Promise.all([spot.loadMarkets(), futures.loadMarkets()])
})
afterAll(async () => {
  await Promise.all([spot.close(), futures.close()])
  await bench.simulator.stop()
})

const places = [
  ['spot', () => spot, 'BTC/USDT'],
  ['futures', () => futures, 'BTC/USDT:USDT'],
] as const

test.each(places)('ccxt.pro watches orders, fills and balances on %s', async (_, clientOf, symbol) => {
  const client = clientOf()
  await client.authenticate()
  const watched = {
    orders: client.watchOrders(),
    trades: client.watchMyTrades(),
    balance: client.watchBalance(),
  }
  await connected(client)
  const order = await client.createOrder(symbol, 'market', 'buy', 0.01)
  await watched.orders
  const seen = await untilClosed(client, order.id)
  expect(seen).toMatchObject({ symbol, clientOrderId: order.clientOrderId, side: 'buy', filled: 0.01 })
  const [trade] = await watched.trades
  expect(trade).toMatchObject({ order: order.id, symbol, side: 'buy', takerOrMaker: 'taker' })
  const balance = await watched.balance
  const [truth] = bench.simulator.ledger(String(client.apiKey)).accounts
  expect(balance.USDT?.total).toBe(Number(truth?.balances.USDT?.free))
})

test.each(places)('ccxt.pro watches prices, trades and candles on %s', async (_, clientOf, symbol) => {
  const client = clientOf()
  const [ticker, best, trades, candles] = await Promise.all([
    client.watchTicker(symbol),
    client.watchBidsAsks([symbol]),
    client.watchTrades(symbol),
    client.watchOHLCV(symbol, '1m'),
  ])
  const last = bench.simulator.clock().marketMs
  expect(ticker).toMatchObject({ symbol, last: 50_000 })
  expect(best[symbol]?.bid).toBeLessThan(best[symbol]?.ask as number)
  expect(trades[0]).toMatchObject({ symbol, price: 50_000 })
  expect(candles.at(-1)?.[0]).toBeLessThanOrEqual(last)
})

test('ccxt.pro watches a stop on futures from its waiting to its cancellation', async () => {
  const symbol = 'BTC/USDT:USDT'
  const clientOrderId = 'a-watched-stop'
  const stop = { stopLossPrice: 45_000, reduceOnly: true, clientOrderId }
  const { id } = await futures.createOrder(symbol, 'market', 'sell', 0.01, undefined, stop)
  const watching = futures.watchOrders(symbol)
  await futures.cancelOrder(id as string, symbol, { trigger: true })
  await watching
  const statusOf = () => (futures.orders ?? []).find((order) => order.clientOrderId === clientOrderId)?.status
  while (statusOf() !== 'canceled') await sleep(10)
  expect(statusOf()).toBe('canceled')
})

/** Waits until a connection of a client stands, so that nothing is told before it listens. */
async function connected(client: Pro): Promise<void> {
  const isOpen = () =>
    Object.entries(client.clients).some(([url, one]) => url.startsWith('ws:') && one.isConnected)
  while (!isOpen()) await sleep(10)
}

/** The order once the client has been told that it has ended; what comes at once, one watch may tell together. */
async function untilClosed(client: Pro, id: string | undefined) {
  for (;;) {
    const found = (client.orders ?? []).find((order) => order.id === id && order.status === 'closed')
    if (found !== undefined) return found
    await sleep(10)
  }
}
