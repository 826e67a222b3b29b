import { createHmac } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import { type Frames, openFrames } from '../support/frames.ts'
import { type BybitBench, keys, orderBody, send, startBybit } from './bench.ts'

let bench: BybitBench
const opened: Frames[] = []
afterEach(async () => {
  for (const frames of opened.splice(0)) frames.close()
  await Promise.all([bench.spot.close(), bench.linear.close()])
  await bench.simulator.stop()
})

async function open(path: string): Promise<Frames> {
  const frames = await openFrames(bench.simulator.url, path)
  opened.push(frames)
  return frames
}

const authFrame = (signWith = keys, expires = Date.now() + 10_000) => ({
  op: 'auth',
  args: [
    signWith.apiKey,
    String(expires),
    createHmac('sha256', signWith.secret).update(`GET/realtime${expires}`).digest('hex'),
  ],
})
const place = (category: 'spot' | 'linear', more: Record<string, unknown>) =>
  send(bench.simulator.url, 'POST', '/v5/order/create', orderBody(category, more))
const isTopic = (name: string) => (frame: Record<string, unknown>) => frame.topic === name
const dataOf = async (frames: Frames, topic: string) =>
  ((await frames.find(isTopic(topic))).data as Record<string, unknown>[])[0]

describe('who may listen', () => {
  test.each([
    ['another secret', authFrame({ ...keys, secret: 'another-secret' })],
    ['an unknown key', authFrame({ apiKey: 'who-is-this', secret: 'x' })],
    ['an expiry that is over', authFrame(keys, Date.now() - 1)],
    ['no arguments', { op: 'auth' }],
  ])('nobody with %s', async (_what, frame) => {
    bench = await startBybit()
    const frames = await open('/v5/private')
    frames.send(frame)
    expect(await frames.find(({ op }) => op === 'auth')).toMatchObject({ success: false })
    frames.send({ op: 'subscribe', args: ['order'], req_id: '1' })
    expect(await frames.find(({ op }) => op === 'subscribe')).toMatchObject({
      success: false,
      ret_msg: 'Request not authorized',
      req_id: '1',
    })
    await place('spot', {})
    expect(frames.all.some(isTopic('order'))).toBe(false)
  })

  test('a key that is taken away ends its connection', async () => {
    bench = await startBybit()
    const frames = await open('/v5/private')
    frames.send(authFrame())
    await frames.find(({ op }) => op === 'auth')
    bench.simulator.hand({ apiKey: keys.apiKey, do: 'revoke-key' })
    expect(await frames.closed).toBe(1000)
  })

  test('topics that do not exist, frames that are none, and a path that is nobody’s', async () => {
    bench = await startBybit()
    const frames = await open('/v5/public/spot')
    frames.send({ op: 'subscribe', args: ['tickers.NONEUSDT'], req_id: 'x' })
    expect(await frames.find(({ req_id }) => req_id === 'x')).toMatchObject({ success: false })
    frames.send('no json')
    expect(await frames.find(({ ret_msg }) => ret_msg === 'error:request format')).toMatchObject({
      success: false,
    })
    frames.send({ op: 'dance' })
    expect(await frames.find(({ op }) => op === 'dance')).toMatchObject({ success: false })
    frames.send({ op: 'subscribe', args: Array.from({ length: 11 }, () => 'tickers.BTCUSDT'), req_id: 'y' })
    expect(await frames.find(({ req_id }) => req_id === 'y')).toMatchObject({
      success: false,
      ret_msg: 'args size >10',
    })
    expect(await (await open('/v5/public/nothing')).closed).toBe(1008)
  })

  test('a ping is answered in the words of either side', async () => {
    bench = await startBybit()
    const [shown, hidden] = [await open('/v5/public/linear'), await open('/v5/private')]
    for (const frames of [shown, hidden]) frames.send({ op: 'ping', req_id: '7' })
    expect(await shown.find(({ req_id }) => req_id === '7')).toMatchObject({ ret_msg: 'pong', op: 'ping' })
    expect(await hidden.find(({ req_id }) => req_id === '7')).toMatchObject({ op: 'pong' })
  })
})

describe('what an account hears', () => {
  async function listen(...args: string[]): Promise<Frames> {
    const frames = await open('/v5/private')
    frames.send(authFrame())
    frames.send({ op: 'subscribe', args })
    await frames.find(({ op, success }) => op === 'subscribe' && success === true)
    return frames
  }

  test('an order, its execution, the position and the wallet say what the look-ups say', async () => {
    bench = await startBybit()
    const frames = await listen('order', 'execution', 'position', 'wallet')
    await place('linear', { orderLinkId: 'heard', orderType: 'Market' })
    const asked = { category: 'linear', symbol: 'BTCUSDT', orderLinkId: 'heard' }
    const { url } = bench.simulator
    const [order] = (await send(url, 'GET', '/v5/order/realtime', asked)).body.result.list
    expect(await dataOf(frames, 'order')).toEqual({ category: 'linear', ...order })
    const [execution] = (await send(url, 'GET', '/v5/execution/list', asked)).body.result.list
    expect(await dataOf(frames, 'execution')).toEqual({ category: 'linear', ...execution })
    expect(await dataOf(frames, 'position')).toMatchObject({
      side: 'Buy',
      size: '0.01',
      entryPrice: execution?.execPrice,
    })
    const wallet = await dataOf(frames, 'wallet')
    const { body } = await send(url, 'GET', '/v5/account/wallet-balance', { accountType: 'UNIFIED' })
    expect(wallet).toEqual(body.result.list[0])
  })

  test('a stop from its waiting to its execution, under one id', async () => {
    bench = await startBybit([[50_000, 50_000, 48_000, 48_500]])
    await place('linear', { orderType: 'Market' })
    const frames = await listen('order.linear')
    const stop = {
      orderLinkId: 'stop',
      side: 'Sell',
      orderType: 'Market',
      triggerPrice: '49000',
      triggerDirection: 2,
    }
    await place('linear', { ...stop, reduceOnly: true })
    bench.clock.advance(120_000)
    bench.simulator.settle()
    await expect.poll(() => frames.all.filter(isTopic('order.linear')).length).toBe(2)
    const [waiting, filled] = frames.all
      .filter(isTopic('order.linear'))
      .map(({ data }) => (data as Record<string, unknown>[])[0])
    expect([waiting?.orderStatus, filled?.orderStatus]).toEqual(['Untriggered', 'Filled'])
    expect(waiting?.orderId).toBe(filled?.orderId)
  })

  test('only what was asked for, of its own market, and nothing of another account', async () => {
    bench = await startBybit()
    const frames = await listen('order.spot', 'wallet')
    const other = { apiKey: 'bybit-key-of-another', secret: 'bybit-secret-of-another' }
    bench.simulator.addAccount({ venue: 'bybit', ...other, balances: { USDT: '1000' } })
    await send(bench.simulator.url, 'POST', '/v5/order/create', orderBody('spot', {}), { keys: other })
    await place('linear', { orderLinkId: 'linear' })
    await place('spot', { orderLinkId: 'spot' })
    await frames.find(isTopic('order.spot'))
    const topics = frames.all.flatMap(({ topic }) => (topic === undefined ? [] : [topic]))
    expect(topics.filter((topic) => topic !== 'wallet')).toEqual(['order.spot'])
  })

  test('money that comes without a trade is heard by the wallet', async () => {
    bench = await startBybit()
    const frames = await listen('wallet')
    bench.simulator.hand({ apiKey: keys.apiKey, do: 'deposit', asset: 'USDT', amount: '5' })
    const wallet = await dataOf(frames, 'wallet')
    const coins = wallet?.coin as { coin: string; walletBalance: string }[]
    expect(coins.find(({ coin }) => coin === 'USDT')?.walletBalance).toBe('10005')
  })
})

describe('what everybody hears', () => {
  test('tickers: spot as a whole, linear what has changed', async () => {
    bench = await startBybit([[50_000, 50_000, 48_000, 48_500]])
    const [spot, linear] = [await open('/v5/public/spot'), await open('/v5/public/linear')]
    for (const frames of [spot, linear]) {
      frames.send({ op: 'subscribe', args: ['tickers.BTCUSDT'] })
      expect(await frames.find(isTopic('tickers.BTCUSDT'))).toMatchObject({
        type: 'snapshot',
        data: { lastPrice: '50000.0' },
      })
    }
    bench.clock.advance(60_000)
    const delta = await linear.find(({ type }) => type === 'delta')
    expect(delta.data).toMatchObject({ symbol: 'BTCUSDT', lastPrice: expect.any(String) })
    expect(delta.data).not.toHaveProperty('prevPrice24h')
    expect(spot.all.some(({ type }) => type === 'delta')).toBe(false)
  })

  test('a candle is confirmed once, when it is over', async () => {
    bench = await startBybit([[50_000, 51_000, 49_000, 50_500]])
    const frames = await open('/v5/public/linear')
    frames.send({ op: 'subscribe', args: ['kline.1.BTCUSDT', 'publicTrade.BTCUSDT', 'orderbook.1.BTCUSDT'] })
    await frames.find(isTopic('kline.1.BTCUSDT'))
    bench.clock.advance(2_000)
    const over = await frames.find(
      ({ topic, data }) =>
        topic === 'kline.1.BTCUSDT' && (data as { confirm: boolean }[]).some(({ confirm }) => confirm),
    )
    expect((over.data as { confirm: boolean }[]).map(({ confirm }) => confirm)).toEqual([true, false])
    expect((await frames.find(isTopic('publicTrade.BTCUSDT'))).data).not.toEqual([])
    expect((await frames.find(isTopic('orderbook.1.BTCUSDT'))).data).toMatchObject({
      b: [[expect.any(String), expect.any(String)]],
    })
  })
})

describe('the unmodified ccxt.pro class', () => {
  test('hears its orders, executions, positions and balances', async () => {
    bench = await startBybit()
    const client = bench.linear
    client.options.watchPositions = { fetchPositionsSnapshot: false, awaitPositionsSnapshot: false }
    const watched = {
      orders: client.watchOrders(),
      trades: client.watchMyTrades(),
      balance: client.watchBalance(),
      positions: client.watchPositions(),
    }
    await untilHeard(() => place('linear', { orderType: 'Market', qty: '0.001' }), watched)
    expect((await watched.orders)[0]).toMatchObject({
      symbol: 'BTC/USDT:USDT',
      status: 'closed',
      filled: 0.001,
    })
    expect((await watched.trades)[0]).toMatchObject({
      symbol: 'BTC/USDT:USDT',
      side: 'buy',
      takerOrMaker: 'taker',
    })
    expect((await watched.positions)[0]).toMatchObject({ symbol: 'BTC/USDT:USDT', side: 'long' })
    expect((await watched.balance).USDT?.total).toBeLessThan(10_000)
  })

  test('hears prices, books, trades and candles of both markets', async () => {
    bench = await startBybit()
    for (const [client, symbol] of [
      [bench.spot, 'BTC/USDT'],
      [bench.linear, 'BTC/USDT:USDT'],
    ] as const) {
      const [ticker, book, trades, candles] = await Promise.all([
        client.watchTicker(symbol),
        client.watchOrderBook(symbol, 50),
        client.watchTrades(symbol),
        client.watchOHLCV(symbol, '1m'),
      ])
      expect(ticker).toMatchObject({ symbol, last: 50_000 })
      expect(book.bids[0]?.[0]).toBeLessThan(book.asks[0]?.[0] as number)
      expect(trades[0]).toMatchObject({ symbol, price: 50_000 })
      expect(candles.at(-1)?.[4]).toBe(50_000)
    }
  })
})

/** Acts until all have heard something: a client subscribes by itself, and does not say when it is done. */
async function untilHeard(
  act: () => Promise<unknown>,
  watched: Record<string, Promise<unknown>>,
): Promise<void> {
  let isHeard = false
  const all = Promise.all(Object.values(watched)).then(() => {
    isHeard = true
  })
  while (!isHeard) {
    await act()
    await Promise.race([all, new Promise((resolve) => setTimeout(resolve, 150))])
  }
}
