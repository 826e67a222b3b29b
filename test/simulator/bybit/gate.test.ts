import { afterEach, describe, expect, test } from 'vitest'
import { type BybitBench, clientOf, errorOf, keys, orderBody, send, startBybit } from './bench.ts'

let bench: BybitBench
afterEach(() => bench.simulator.stop())

const wallet = (how: Parameters<typeof send>[4] = {}) =>
  send(bench.simulator.url, 'GET', '/v5/account/wallet-balance', { accountType: 'UNIFIED' }, how)

describe('who may ask', () => {
  test('a wrong signature, a wrong secret, and a body or a query that was changed on its way', async () => {
    bench = await startBybit()
    expect((await wallet({ signature: '00'.repeat(32) })).body.retCode).toBe(10004)
    expect((await wallet({ keys: { ...keys, secret: 'another-secret' } })).body.retCode).toBe(10004)
    expect((await wallet({ signature: 'no hex' })).body.retMsg).toMatch(/^error sign! origin_string\[/)
    const { url } = bench.simulator
    const signed = await send(url, 'POST', '/v5/order/create', orderBody('spot', {}), { signature: 'ff' })
    expect(signed.body.retCode).toBe(10004)
  })

  test('no key, an unknown key, one that was revoked, one that has ended', async () => {
    bench = await startBybit()
    const { url } = bench.simulator
    expect((await fetch(`${url}/v5/account/info`)).status).toBe(401)
    const unknown = { apiKey: 'who-is-this', secret: 'x' }
    expect((await wallet({ keys: unknown })).body).toMatchObject({
      retCode: 10003,
      retMsg: 'API key is invalid.',
    })
    bench.simulator.hand({ apiKey: keys.apiKey, do: 'revoke-key' })
    expect(await errorOf(bench.spot.fetchBalance())).toBe('AuthenticationError 10003')
    const old = { apiKey: 'bybit-key-of-old', secret: 'bybit-secret-of-old' }
    const settings = { expiredAt: '2020-01-01T00:00:00Z' }
    bench.simulator.addAccount({ venue: 'bybit', ...old, balances: {}, settings })
    expect((await wallet({ keys: old })).body.retCode).toBe(33004)
  })

  test('the clock of a request: at most the window behind, and less than 1 s ahead', async () => {
    bench = await startBybit()
    const code = async (offset: number, window?: number) =>
      (await wallet({ timestamp: Date.now() + offset, ...(window && { window }) })).body.retCode
    expect(await code(-5_500)).toBe(10002)
    expect(await code(2_000)).toBe(10002)
    expect(await code(-5_500, 20_000)).toBe(0)
    expect(await code(500)).toBe(0)
    bench.spot.options.timeDifference = 60_000
    expect(await errorOf(bench.spot.fetchBalance())).toBe('InvalidNonce 10002')
  })

  test('a key that may only read, one of the other market, one bound to another address', async () => {
    bench = await startBybit([], { settings: { readOnly: 'true' } })
    const { url } = bench.simulator
    expect((await send(url, 'POST', '/v5/order/create', orderBody('spot', {}))).body.retCode).toBe(10005)
    expect((await wallet()).body.retCode).toBe(0)
    const spotKey = { apiKey: 'bybit-key-for-spot', secret: 'bybit-secret-for-spot' }
    bench.simulator.addAccount({ venue: 'bybit', market: 'spot', ...spotKey, balances: { USDT: '100' } })
    const order = await send(url, 'POST', '/v5/order/create', orderBody('linear', {}), { keys: spotKey })
    expect(order.body.retCode).toBe(10005)
    const bound = { apiKey: 'bybit-key-elsewhere', secret: 'bybit-secret-elsewhere' }
    bench.simulator.addAccount({ venue: 'bybit', ...bound, balances: {}, settings: { ips: '203.0.113.9' } })
    expect((await wallet({ keys: bound })).body.retCode).toBe(10010)
  })

  test('what a key may do, and until when', async () => {
    bench = await startBybit([], { settings: { enableWithdrawals: 'true' } })
    const { body } = await send(bench.simulator.url, 'GET', '/v5/user/query-api')
    expect(body.result).toMatchObject({
      readOnly: 0,
      uta: 1,
      unified: 0,
      ips: ['*'],
      permissions: {
        Spot: ['SpotTrade'],
        ContractTrade: ['Order', 'Position'],
        Wallet: ['AccountTransfer', 'Withdraw'],
      },
    })
    expect(body.result.deadlineDay).toBeLessThanOrEqual(90)
  })

  test('a body that is no JSON object, and a path that the venue does not have', async () => {
    bench = await startBybit()
    const { url } = bench.simulator
    const odd = await send(url, 'POST', '/v5/order/create', [1, 2] as never)
    expect(odd.body.retCode).toBe(10001)
    expect((await fetch(`${url}/v5/nothing`)).status).toBe(404)
  })
})

describe('limits', () => {
  test('so many a second of one user and endpoint, in a window that rolls', async () => {
    let wallMs = Date.now()
    bench = await startBybit([], { wallNow: () => wallMs })
    const { url } = bench.simulator
    const order = (index: number) =>
      send(url, 'POST', '/v5/order/create', orderBody('linear', { orderLinkId: `order-${index}` }), {
        timestamp: wallMs,
      })
    for (let index = 0; index < 10; index++) {
      const { body, headers } = await order(index)
      expect([body.retCode, headers.get('x-bapi-limit'), headers.get('x-bapi-limit-status')]).toEqual([
        0,
        '10',
        String(9 - index),
      ])
    }
    const beyond = await order(10)
    expect(beyond.body).toMatchObject({ retCode: 10006, retMsg: 'Too many visits!' })
    expect(Number(beyond.headers.get('x-bapi-limit-reset-timestamp'))).toBe(wallMs + 1_000)
    // Another endpoint, and the same one for spot, count for themselves.
    expect((await wallet({ timestamp: wallMs })).body.retCode).toBe(0)
    const spot = await send(url, 'POST', '/v5/order/create', orderBody('spot', {}), { timestamp: wallMs })
    expect([spot.body.retCode, spot.headers.get('x-bapi-limit')]).toEqual([0, '20'])
    wallMs += 1_001
    expect((await order(10)).body.retCode).toBe(0)
    expect(bench.simulator.ledger().accounts[0]?.orders).toHaveLength(12)
  })

  test('an address that asks more than 600 times in 5 s is shut out for ten minutes', async () => {
    let wallMs = Date.now()
    bench = await startBybit([], { wallNow: () => wallMs })
    const ask = () => fetch(`${bench.simulator.url}/v5/market/time`)
    let answer = await ask()
    for (let count = 0; count < 600 && answer.status === 200; count++) answer = await ask()
    expect([answer.status, await answer.text()]).toEqual([403, 'access too frequent'])
    expect(await errorOf(bench.spot.fetchTime())).toMatch(/^RateLimitExceeded/)
    wallMs += 599_000
    expect((await ask()).status).toBe(403)
    wallMs += 2_000
    expect((await ask()).status).toBe(200)
  })

  test('a simulator without limits counts, and lets everything through', async () => {
    bench = await startBybit([], { enforceLimits: false })
    const { url } = bench.simulator
    const orders = Array.from({ length: 30 }, (_, index) =>
      send(url, 'POST', '/v5/order/create', orderBody('linear', { orderLinkId: `order-${index}` })),
    )
    expect((await Promise.all(orders)).every(({ body }) => body.retCode === 0)).toBe(true)
  })
})

describe('what is remembered', () => {
  const dayMs = 86_400_000
  let wallMs = 0
  const place = (more: Record<string, unknown>) =>
    send(bench.simulator.url, 'POST', '/v5/order/create', orderBody('linear', more), { timestamp: wallMs })
  const look = async (list: 'realtime' | 'history', more: Record<string, unknown> = {}) => {
    const asked = { category: 'linear', symbol: 'BTCUSDT', limit: 50, ...more }
    const { body } = await send(bench.simulator.url, 'GET', `/v5/order/${list}`, asked, { timestamp: wallMs })
    return body.result.list.map(({ orderLinkId }) => orderLinkId)
  }

  test('what ended without a fill is gone from the history after a day, what was filled after two years', async () => {
    wallMs = Date.now()
    const settings = { expiredAt: '2100-01-01T00:00:00Z' }
    bench = await startBybit([], { wallNow: () => wallMs, settings })
    await place({ orderLinkId: 'filled', orderType: 'Market' })
    await place({ orderLinkId: 'empty', timeInForce: 'IOC', price: '49000' })
    expect(await look('history')).toEqual(['empty', 'filled'])
    wallMs += dayMs + 1_000
    expect(await look('history')).toEqual(['filled'])
    expect(await look('history', { orderLinkId: 'empty' })).toEqual([])
    wallMs += 8 * dayMs
    expect(await look('history')).toEqual([])
    expect(await look('history', { orderLinkId: 'filled' })).toEqual(['filled'])
    wallMs += 730 * dayMs
    expect(await look('history', { orderLinkId: 'filled' })).toEqual([])
  })

  test('beside what waits, the latest 500 that ended are in realtime, and those before are in the history', async () => {
    wallMs = Date.now()
    bench = await startBybit([], { wallNow: () => wallMs, enforceLimits: false })
    await place({ orderLinkId: 'oldest', timeInForce: 'IOC' })
    for (let index = 0; index < 499; index++)
      await place({ orderLinkId: `later-${index}`, timeInForce: 'IOC' })
    expect(await look('realtime', { orderLinkId: 'oldest' })).toEqual(['oldest'])
    await place({ orderLinkId: 'one-too-many', timeInForce: 'IOC' })
    expect(await look('realtime', { orderLinkId: 'oldest' })).toEqual([])
    expect(await look('history', { orderLinkId: 'oldest' })).toEqual(['oldest'])
    expect(await look('realtime')).toEqual([])
    expect(await look('realtime', { openOnly: 1 })).toHaveLength(50)
  })

  test('pages follow each other without a gap and without a repetition', async () => {
    wallMs = Date.now()
    bench = await startBybit([], { wallNow: () => wallMs, enforceLimits: false })
    for (let index = 0; index < 7; index++)
      await place({ orderLinkId: `order-${index}`, price: String(49_000 - index) })
    const seen: unknown[] = []
    for (let cursor: unknown = ''; ; ) {
      const asked = { category: 'linear', symbol: 'BTCUSDT', limit: 3, ...(cursor !== '' && { cursor }) }
      const { body } = await send(bench.simulator.url, 'GET', '/v5/order/realtime', asked, {
        timestamp: wallMs,
      })
      seen.push(...body.result.list.map(({ orderLinkId }) => orderLinkId))
      cursor = body.result.nextPageCursor
      if (cursor === '') break
    }
    expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0].map((index) => `order-${index}`))
  })

  test('a page of more than the venue gives is refused, or cut by a lenient one', async () => {
    wallMs = Date.now()
    const ask = () =>
      send(bench.simulator.url, 'GET', '/v5/execution/list', { category: 'spot', limit: 1000 })
    bench = await startBybit()
    expect((await ask()).body.retCode).toBe(10001)
    await bench.simulator.stop()
    bench = await startBybit([], { settings: { rules: 'lenient' } })
    expect((await ask()).body.retCode).toBe(0)
  })
})

test('a client that loads every market, and its coins, gets an answer to each of its questions', async () => {
  bench = await startBybit()
  const client = await clientOf(bench.simulator.url, 'linear')
  client.options.fetchMarkets = { types: ['spot', 'linear', 'inverse', 'option'] }
  const markets = await client.loadMarkets(true)
  expect(Object.keys(markets).sort()).toEqual([
    'BNB/USDT',
    'BNB/USDT:USDT',
    'BTC/USDT',
    'BTC/USDT:USDT',
    'ETH/USDT',
    'ETH/USDT:USDT',
  ])
  expect(await client.fetchTicker('BTC/USDT:USDT')).toMatchObject({ last: 50_000, markPrice: 50_000 })
  expect((await client.fetchOHLCV('BTC/USDT', '1m', undefined, 3)).map((candle) => candle[4])).toEqual([
    50_000, 50_000, 50_000,
  ])
  expect((await client.fetchOrderBook('BTC/USDT', 5)).bids).toHaveLength(5)
  expect((await client.fetchTrades('BTC/USDT', undefined, 10)).length).toBeGreaterThan(0)
  expect(await client.fetchTradingFee('BTC/USDT')).toMatchObject({ taker: 0.001 })
  const balance = await client.fetchBalance()
  expect(balance.USDT).toMatchObject({ free: 10_000, used: 0, total: 10_000 })
})
