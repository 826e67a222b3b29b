import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { manualClock } from '#src/simulator/clock.ts'
import { type Simulator, startSimulator } from '#src/simulator/simulator.ts'
import { send } from '../support/client.ts'
import { type Bench, errorOf, futuresKeys, spotKeys, startBench, tapeOf } from '../support/market.ts'

let bench: Bench
const account = (how: Parameters<typeof send>[5] = {}, keys = spotKeys, parameters = {}) =>
  send(bench.simulator.url, keys, 'GET', '/api/v3/account', parameters, how)

describe('who may ask', () => {
  beforeAll(async () => {
    bench = await startBench()
  })
  afterAll(() => bench.simulator.stop())

  test('a wrong signature, a wrong secret, no signature', async () => {
    expect((await account({ signature: '00'.repeat(32) })).answer).toEqual({
      code: -1022,
      msg: 'Signature for this request is not valid.',
    })
    expect((await account({}, { ...spotKeys, secret: 'another' })).answer.code).toBe(-1022)
    const url = `${bench.simulator.url}/api/v3/account?timestamp=${Date.now()}`
    const response = await fetch(url, { headers: { 'x-mbx-apikey': spotKeys.apiKey } })
    expect(await response.json()).toMatchObject({ code: -1102, msg: expect.stringContaining("'signature'") })
  })

  test('no key, an unknown key, a key of the other market', async () => {
    const none = await fetch(`${bench.simulator.url}/api/v3/account`)
    expect([none.status, await none.json()]).toEqual([401, { code: -2014, msg: 'API-key format invalid.' }])
    const unknown = await account({}, { apiKey: 'who-is-this', secret: 'x' })
    expect([unknown.status, unknown.answer.code]).toEqual([401, -2015])
    const futures = await account({}, futuresKeys)
    expect([futures.status, futures.answer.code]).toEqual([401, -2015])
  })

  test('the clock of a request: at most 1 s ahead, at most recvWindow behind', async () => {
    const code = async (offset: number, recvWindow?: number) => {
      const parameters = recvWindow === undefined ? {} : { recvWindow }
      return (await account({ timestamp: Date.now() + offset }, spotKeys, parameters)).answer.code
    }
    expect(await code(5000)).toBe(-1021)
    expect(await code(-5500)).toBe(-1021)
    expect(await code(-5500, 20_000)).toBeUndefined()
    expect(await code(0, 60_001)).toBe(-1131)
    expect(await code(0)).toBeUndefined()
    bench.spot.options.timeDifference = 60_000
    expect(await errorOf(bench.spot.fetchBalance())).toBe('InvalidNonce -1021')
    bench.spot.options.timeDifference = 0
  })

  test('parameters count in the query and in the body, and the query wins', async () => {
    const order = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.001' }
    const { url } = bench.simulator
    expect((await send(url, spotKeys, 'POST', '/api/v3/order', order)).answer.status).toBe('FILLED')
    expect((await send(url, spotKeys, 'POST', '/api/v3/order', order, { inBody: true })).answer.status).toBe(
      'FILLED',
    )
  })

  test('a path the venue does not have, and one that is nobody’s', async () => {
    expect((await fetch(`${bench.simulator.url}/api/v3/nothing`)).status).toBe(404)
    expect((await fetch(`${bench.simulator.url}/elsewhere`)).status).toBe(404)
  })

  test('what a key may do', async () => {
    const ask = (keys: typeof spotKeys) =>
      send(bench.simulator.url, keys, 'GET', '/sapi/v1/account/apiRestrictions', {})
    expect((await ask(spotKeys)).answer).toMatchObject({
      enableWithdrawals: false,
      enableSpotAndMarginTrading: true,
      enableFutures: false,
    })
    expect((await ask(futuresKeys)).answer).toMatchObject({
      enableSpotAndMarginTrading: false,
      enableFutures: true,
    })
  })
})

describe('limits', () => {
  let wallMs = Math.ceil(Date.now() / 60_000) * 60_000
  let simulator: Simulator
  beforeAll(async () => {
    const tape = tapeOf([])
    const clock = manualClock(tape.startsAt, () => wallMs)
    simulator = await startSimulator({ tape, clock })
    simulator.addAccount({ venue: 'binance', market: 'spot', ...spotKeys, balances: { USDT: '1000000' } })
  })
  afterEach(() => {
    wallMs = Math.ceil(wallMs / 60_000 + 1) * 60_000
  })
  afterAll(() => simulator.stop())

  const get = (path: string) => fetch(simulator.url + path)

  test('weight is counted per minute, refused beyond it, and an address that goes on is banned', async () => {
    const first = await get('/api/v3/time')
    expect(first.headers.get('x-mbx-used-weight-1m')).toBe('1')
    for (let k = 0; k < 74; k++) await get('/api/v3/ticker/24hr')
    expect((await get('/api/v3/time')).headers.get('x-mbx-used-weight-1m')).toBe('5922')
    const refused = await get('/api/v3/ticker/24hr')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60'])
    expect(await refused.json()).toMatchObject({ code: -1003 })
    for (let k = 0; k < 50; k++) await get('/api/v3/time')
    const banned = await get('/api/v3/time')
    expect([banned.status, banned.headers.get('retry-after')]).toEqual([418, '120'])
    wallMs += 119_000
    expect((await get('/api/v3/time')).status).toBe(418)
    wallMs += 2000
    expect((await get('/api/v3/time')).status).toBe(200)
  })

  test('orders are counted per account; those that fill at once are given back', async () => {
    const order = (parameters: object) =>
      send(
        simulator.url,
        spotKeys,
        'POST',
        '/api/v3/order',
        { symbol: 'BTCUSDT', side: 'BUY', quantity: '0.001', ...parameters },
        { timestamp: wallMs },
      )
    const rest = { type: 'LIMIT', timeInForce: 'GTC', price: '40000' }
    for (let k = 0; k < 20; k++) await order({ type: 'MARKET' })
    for (let k = 0; k < 99; k++) await order(rest)
    expect((await order(rest)).headers.get('x-mbx-order-count-10s')).toBe('100')
    const refused = await order(rest)
    expect([refused.status, refused.answer.code, refused.headers.get('retry-after')]).toEqual([
      429,
      -1015,
      '10',
    ])
    wallMs += 10_000
    expect((await order(rest)).status).toBe(200)
  })
})
