import { RestClientV5, WebsocketClient } from 'bybit-api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BybitBench, keys, startBybit } from './bench.ts'

let bench: BybitBench
let client: RestClientV5
beforeAll(async () => {
  bench = await startBybit([[50_000, 50_000, 49_000, 49_500]])
  client = new RestClientV5({
    key: keys.apiKey,
    secret: keys.secret,
    baseUrl: bench.simulator.url,
    parseAPIRateLimits: true,
  })
})
afterAll(() => bench.simulator.stop())

const asked = { category: 'linear', symbol: 'BTCUSDT' } as const
const order = { ...asked, side: 'Buy', orderType: 'Limit', qty: '0.01', price: '49000' } as const

test('somebody else’s client reads the time, the instruments and the prices', async () => {
  const before = Math.floor(Date.now() / 1_000)
  const { result } = await client.getServerTime()
  expect(Number(result.timeSecond)).toBeGreaterThanOrEqual(before)
  expect(Number(result.timeSecond)).toBeLessThanOrEqual(Date.now() / 1_000)
  for (const category of ['spot', 'linear'] as const) {
    const listed = await client.getInstrumentsInfo({ category, symbol: 'BTCUSDT' })
    expect(listed.result.list).toMatchObject([{ symbol: 'BTCUSDT', status: 'Trading', quoteCoin: 'USDT' }])
    const tickers = await client.getTickers({ category, symbol: 'BTCUSDT' } as {
      category: 'spot'
      symbol: string
    })
    expect(tickers.result.list[0]?.lastPrice).toBe('50000.0')
  }
  const candles = await client.getKline({ ...asked, interval: '1', limit: 2 })
  expect(candles.result.list).toHaveLength(2)
})

test('it refuses what the venue refuses, in the venue’s own codes', async () => {
  const stranger = new RestClientV5({ key: 'who-is-this', secret: 'x', baseUrl: bench.simulator.url })
  expect(await stranger.getAccountInfo()).toMatchObject({ retCode: 10003 })
  expect(await client.submitOrder({ ...order, qty: '90' })).toMatchObject({ retCode: 110007 })
  expect(await client.cancelOrder({ ...asked, orderLinkId: 'never-sent' })).toMatchObject({ retCode: 110001 })
})

test('it places, meets the duplicate, finds by its own id, and takes back', async () => {
  const named = { ...order, orderLinkId: 'theirs-1' }
  const placed = await client.submitOrder(named)
  expect(placed).toMatchObject({ retCode: 0, result: { orderLinkId: 'theirs-1' } })
  expect(await client.submitOrder(named)).toMatchObject({ retCode: 110072 })
  const found = await client.getActiveOrders({ ...asked, orderLinkId: 'theirs-1' })
  expect(found.result.list).toMatchObject([
    { orderId: placed.result.orderId, orderStatus: 'New', qty: '0.01' },
  ])
  expect(await client.cancelOrder({ ...asked, orderLinkId: 'theirs-1' })).toMatchObject({ retCode: 0 })
  const past = await client.getHistoricOrders({ ...asked, orderLinkId: 'theirs-1' })
  expect(past.result.list).toMatchObject([{ orderStatus: 'Cancelled', cumExecQty: '0' }])
})

test('it sets leverage, holds a position with stops, and reads its fills and its wallet', async () => {
  const leverage = { ...asked, buyLeverage: '4', sellLeverage: '4' }
  expect(await client.setLeverage(leverage)).toMatchObject({ retCode: 0 })
  expect(await client.setLeverage(leverage)).toMatchObject({ retCode: 110043 })
  const { price: _, ...market } = order
  await client.submitOrder({ ...market, orderType: 'Market', orderLinkId: 'theirs-2', stopLoss: '48000' })
  const positions = await client.getPositionInfo(asked)
  expect(positions.result.list).toMatchObject([
    { side: 'Buy', size: '0.01', leverage: '4', stopLoss: '48000' },
  ])
  expect(await client.setTradingStop({ ...asked, positionIdx: 0, stopLoss: '47000' })).toMatchObject({
    retCode: 0,
  })
  const fills = await client.getExecutionList({ ...asked, orderLinkId: 'theirs-2' })
  expect(fills.result.list).toMatchObject([{ execType: 'Trade', execQty: '0.01', feeRate: '0.00055' }])
  const wallet = await client.getWalletBalance({ accountType: 'UNIFIED', coin: 'USDT' })
  const usdt = bench.simulator.ledger().accounts[0]?.balances.USDT?.free
  expect(wallet.result.list[0]?.coin).toMatchObject([{ coin: 'USDT', walletBalance: usdt }])
  const log = await client.getTransactionLog({ accountType: 'UNIFIED' })
  expect(log.result.list[0]).toMatchObject({ type: 'TRADE', cashBalance: usdt })
})

test('its WebSocket client signs in and hears its orders', async () => {
  const silent = { trace: () => {}, info: () => {}, error: () => {} }
  const wsUrl = `${bench.simulator.url.replace(/^http/, 'ws')}/v5/private`
  const stream = new WebsocketClient({ key: keys.apiKey, secret: keys.secret, market: 'v5', wsUrl }, silent)
  const heard = new Promise<unknown>((resolve) =>
    stream.on('update', (message: { topic: string; data: { orderLinkId: string }[] }) => {
      if (message.topic === 'order' && message.data[0]?.orderLinkId === 'theirs-3') resolve(message.data[0])
    }),
  )
  const isSubscribed = new Promise<void>((resolve) =>
    stream.on('response', ({ op }: { op?: string }) => {
      if (op === 'subscribe') resolve()
    }),
  )
  await Promise.all(stream.subscribeV5('order', 'linear'))
  await isSubscribed
  await client.submitOrder({ ...order, orderLinkId: 'theirs-3' })
  expect(await heard).toMatchObject({ orderStatus: 'New', symbol: 'BTCUSDT' })
  stream.closeAll(true)
})
