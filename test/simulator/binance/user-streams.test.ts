import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Decimal, sum } from '#src/domain/decimal.ts'
import { send } from '../support/client.ts'
import { type Frame, type Frames, openFrames } from '../support/frames.ts'
import { type Bench, futuresKeys, minuteMs, spotKeys, startBench } from '../support/market.ts'

const candles = [
  [50_000, 50_000, 49_000, 49_000],
  [49_000, 49_000, 47_500, 47_500],
  [47_500, 47_500, 47_500, 47_500],
] as const
let bench: Bench
let offsetMs = 0
let open: Frames[] = []

beforeAll(async () => {
  bench = await startBench(candles, { enforceLimits: false, balances: { USDT: '1000000', BTC: '10' } })
})
afterAll(() => bench.simulator.stop())
beforeEach(() => {
  for (const frames of open) frames.close()
  open = []
})

const connect = async (path: string) => {
  const frames = await openFrames(bench.simulator.url, path)
  open.push(frames)
  return frames
}

type Keys = { readonly apiKey: string; readonly secret: string }

/** The parameters of a subscription, signed as the venue wants it. */
function signed({ apiKey, secret }: Keys, timestamp = Date.now()): Record<string, unknown> {
  const payload = `apiKey=${apiKey}&timestamp=${timestamp}`
  return { apiKey, timestamp, signature: createHmac('sha256', secret).update(payload).digest('hex') }
}

const ask = async (frames: Frames, params: Record<string, unknown>, id = 1) => {
  frames.send({ id, method: 'userDataStream.subscribe.signature', params })
  return frames.find((frame) => frame.id === id)
}

/** A connection to an account's spot stream, and the events it is told. */
async function spotStream(keys: Keys = spotKeys) {
  const frames = await connect('/ws-api/v3')
  expect(await ask(frames, signed(keys))).toMatchObject({ status: 200, result: { subscriptionId: 0 } })
  return told(frames, ({ event }) => event as Frame)
}

const listenKey = async (method: 'POST' | 'PUT' | 'DELETE', apiKey = futuresKeys.apiKey) => {
  const response = await fetch(`${bench.simulator.url}/fapi/v1/listenKey`, {
    method,
    headers: { 'x-mbx-apikey': apiKey },
  })
  return { status: response.status, ...((await response.json()) as { listenKey?: string; code?: number }) }
}

async function futuresStream() {
  const { listenKey: key } = await listenKey('POST')
  return told(await connect(`/private/ws?listenKey=${key}`), (frame) => frame)
}

function told(frames: Frames, eventOf: (frame: Frame) => Frame) {
  const events = (): Frame[] => frames.all.map(eventOf).filter((event) => event !== undefined)
  return {
    frames,
    events,
    find: async (isWanted: (event: Frame) => boolean) =>
      eventOf(await frames.find((frame) => eventOf(frame) !== undefined && isWanted(eventOf(frame)))),
  }
}

const place = (market: 'spot' | 'futures', parameters: Record<string, string>) =>
  send(
    bench.simulator.url,
    market === 'spot' ? spotKeys : futuresKeys,
    'POST',
    market === 'spot' ? '/api/v3/order' : '/fapi/v1/order',
    { symbol: 'BTCUSDT', ...parameters },
  )

/** A decimal in its shortest form. */
const text = (value: unknown) => new Decimal(String(value)).toString()

test.each([
  ['a wrong signature', () => ({ ...signed(spotKeys), signature: '00' }), -1022, 400],
  ['a key nobody has', () => signed({ ...spotKeys, apiKey: 'nobody-has-this' }), -2015, 401],
  ['a key of the futures market', () => signed(futuresKeys), -2015, 401],
  ['an old timestamp', () => signed(spotKeys, Date.now() - 6_000), -1021, 400],
  ['a timestamp ahead', () => signed(spotKeys, Date.now() + 5_000), -1021, 400],
  ['no key', () => ({ timestamp: 1, signature: '' }), -1102, 400],
])('a subscription with %s is refused', async (_, params, code, status) => {
  const frames = await connect('/ws-api/v3')
  expect(await ask(frames, params())).toMatchObject({ id: 1, status, error: { code } })
})

test('an account is subscribed once on a connection, and what else is asked there is answered or refused', async () => {
  const { frames } = await spotStream()
  expect(await ask(frames, signed(spotKeys), 2)).toMatchObject({ error: { code: -2035 } })
  frames.send({ id: 3, method: 'time' })
  expect(await frames.find(({ id }) => id === 3)).toMatchObject({
    result: { serverTime: expect.any(Number) },
  })
  frames.send({ id: 4, method: 'order.place', params: {} })
  expect(await frames.find(({ id }) => id === 4)).toMatchObject({ error: { code: -1020 } })
  frames.send({ id: 5, method: 'userDataStream.unsubscribe' })
  await frames.find(({ id }) => id === 5)
  frames.send({ id: 6, method: 'session.subscriptions' })
  expect(await frames.find(({ id }) => id === 6)).toMatchObject({ result: [] })
})

test('nobody is told of another account', async () => {
  const other = { apiKey: 'another-spot-key', secret: 'another-spot-secret' }
  bench.simulator.addAccount({ venue: 'binance', market: 'spot', ...other, balances: { USDT: '1000' } })
  const { events, frames } = await spotStream(other)
  await place('spot', { side: 'BUY', type: 'MARKET', quantity: '0.01' })
  frames.send({ id: 9, method: 'ping' })
  await frames.find(({ id }) => id === 9)
  expect(events()).toEqual([])
})

test('a market order is told as taken, then execution by execution, then by what the account has', async () => {
  const { find, events } = await spotStream()
  const { answer } = await place('spot', {
    side: 'BUY',
    type: 'MARKET',
    quantity: '3',
    newClientOrderId: 'told-1',
  })
  const last = await find(({ e, X }) => e === 'executionReport' && X === 'FILLED')
  await find(({ e }) => e === 'outboundAccountPosition')
  const reports = events().filter(({ e }) => e === 'executionReport')
  expect(reports[0]).toMatchObject({ x: 'NEW', X: 'NEW', c: 'told-1', i: answer.orderId, z: '0.00000000' })
  const trades = reports.slice(1)
  expect(trades.map(({ X }) => X)).toEqual([...trades.slice(1).map(() => 'PARTIALLY_FILLED'), 'FILLED'])
  expect(trades.map(({ t }) => t)).toEqual((answer.fills as Frame[]).map(({ tradeId }) => tradeId))
  expect(last).toMatchObject({ z: answer.executedQty, Z: answer.cummulativeQuoteQty, N: 'BTC' })
  const position = events().at(-1) as unknown as { B: { a: string; f: string; l: string }[] }
  const [truth] = bench.simulator.ledger(spotKeys.apiKey).accounts
  expect(position.B.map(({ a }) => a).sort()).toEqual(['BTC', 'USDT'])
  for (const { a, f } of position.B) expect(new Decimal(f).eq(truth?.balances[a]?.free ?? -1)).toBe(true)
})

test('a limit order is told as placed and as taken back, under its own id', async () => {
  const { find } = await spotStream()
  await place('spot', {
    side: 'BUY',
    type: 'LIMIT',
    timeInForce: 'GTC',
    quantity: '0.01',
    price: '40000',
    newClientOrderId: 'told-2',
  })
  expect(await find(({ c, x }) => c === 'told-2' && x === 'NEW')).toMatchObject({
    w: true,
    p: '40000.00000000',
  })
  const cancel = { symbol: 'BTCUSDT', origClientOrderId: 'told-2' }
  await send(bench.simulator.url, spotKeys, 'DELETE', '/api/v3/order', cancel)
  const canceled = await find(({ x }) => x === 'CANCELED')
  expect(canceled).toMatchObject({ C: 'told-2', X: 'CANCELED', z: '0.00000000' })
  expect(canceled.c).not.toBe('told-2')
})

test('money that moves without an order is told as such', async () => {
  const { find } = await spotStream()
  bench.simulator.hand({ apiKey: spotKeys.apiKey, do: 'deposit', asset: 'USDT', amount: '12.5' })
  expect(await find(({ e }) => e === 'balanceUpdate')).toMatchObject({ a: 'USDT', d: '12.5' })
  await find(({ e }) => e === 'outboundAccountPosition')
})

test('a key that is taken away ends its streams, on both markets', async () => {
  const revoked = { apiKey: 'a-key-to-be-revoked', secret: 'a-secret-to-be-revoked' }
  bench.simulator.addAccount({ venue: 'binance', ...revoked, balances: { USDT: '1000' } })
  const spot = await spotStream(revoked)
  const { listenKey: key } = await listenKey('POST', revoked.apiKey)
  const futures = await connect(`/ws/${key}`)
  bench.simulator.hand({ apiKey: revoked.apiKey, do: 'revoke-key' })
  expect(await spot.find(({ e }) => e === 'eventStreamTerminated')).toMatchObject({ E: expect.any(Number) })
  expect(await futures.find(({ e }) => e === 'listenKeyExpired')).toMatchObject({ listenKey: key })
  await futures.closed
  expect(await (await connect(`/ws/${key}`)).closed).toBe(1008)
})

test('a listen key is asked for by the API key alone, stays the same while it lives, and ends when it is given back', async () => {
  expect(await listenKey('PUT')).toMatchObject({ status: 400, code: -1125 })
  expect(await listenKey('POST', 'nobody-has-this')).toMatchObject({ status: 401, code: -2015 })
  expect(await listenKey('POST', spotKeys.apiKey)).toMatchObject({ status: 401, code: -2015 })
  const { listenKey: key } = await listenKey('POST')
  expect((await listenKey('POST')).listenKey).toBe(key)
  expect((await listenKey('PUT')).listenKey).toBe(key)
  const frames = await connect(`/private/ws?listenKey=${key}`)
  expect(await listenKey('DELETE')).toMatchObject({ status: 200 })
  expect(await frames.find(({ e }) => e === 'listenKeyExpired')).toMatchObject({ listenKey: key })
  expect(await (await connect(`/private/ws?listenKey=${key}`)).closed).toBe(1008)
})

test('a listen key that nobody renews ends after an hour', async () => {
  const late = await startBench([], { clock: undefined, wallNow: () => Date.now() + offsetMs })
  try {
    const response = await fetch(`${late.simulator.url}/fapi/v1/listenKey`, {
      method: 'POST',
      headers: { 'x-mbx-apikey': futuresKeys.apiKey },
    })
    const { listenKey: key } = (await response.json()) as { listenKey: string }
    const frames = await openFrames(late.simulator.url, `/private/ws?listenKey=${key}`)
    open.push(frames)
    offsetMs = 3_600_001
    expect(await frames.find(({ e }) => e === 'listenKeyExpired')).toMatchObject({ listenKey: key })
    await frames.closed
  } finally {
    offsetMs = 0
    await late.simulator.stop()
  }
})

test('futures tell what the account has and holds, then the order; leverage and funding by themselves', async () => {
  const { find, events } = await futuresStream()
  await send(bench.simulator.url, futuresKeys, 'POST', '/fapi/v1/leverage', {
    symbol: 'BTCUSDT',
    leverage: 5,
  })
  expect(await find(({ e }) => e === 'ACCOUNT_CONFIG_UPDATE')).toMatchObject({ ac: { s: 'BTCUSDT', l: 5 } })
  await place('futures', { side: 'BUY', type: 'MARKET', quantity: '0.1', newClientOrderId: 'held-1' })
  const done = await find(({ e, o }) => e === 'ORDER_TRADE_UPDATE' && (o as Frame).X === 'FILLED')
  expect(done.o).toMatchObject({ c: 'held-1', z: '0.1', N: 'USDT', ps: 'BOTH', R: false })
  const [account] = events().filter(({ e }) => e === 'ACCOUNT_UPDATE') as unknown as {
    a: { m: string; P: Frame[] }
  }[]
  expect(account?.a).toMatchObject({ m: 'ORDER', P: [{ s: 'BTCUSDT', pa: '0.1' }] })
  const kinds = events().map(({ e }) => e)
  expect(kinds.indexOf('ACCOUNT_UPDATE')).toBeLessThan(kinds.indexOf('ORDER_TRADE_UPDATE'))
  bench.simulator.hand({ apiKey: futuresKeys.apiKey, do: 'funding', amount: '-0.25' })
  const funding = await find(({ a }) => (a as Frame | undefined)?.m === 'FUNDING_FEE')
  expect(funding.a).toMatchObject({ B: [{ a: 'USDT', bc: '-0.25' }], P: [] })
})

test('a stop on futures is told as it waits, as it triggers with the order it became, and as it is finished', async () => {
  const { find, events } = await futuresStream()
  await place('futures', { side: 'BUY', type: 'MARKET', quantity: '0.1' })
  const stop = {
    symbol: 'BTCUSDT',
    side: 'SELL',
    type: 'STOP_MARKET',
    quantity: '0.1',
    triggerPrice: '49500',
  }
  await send(bench.simulator.url, futuresKeys, 'POST', '/fapi/v1/algoOrder', {
    ...stop,
    algoType: 'CONDITIONAL',
    reduceOnly: 'true',
    clientAlgoId: 'stop-1',
  })
  expect((await find(({ e }) => e === 'ALGO_UPDATE')).o).toMatchObject({
    caid: 'stop-1',
    X: 'NEW',
    tp: '49500',
  })
  bench.clock.advance(minuteMs)
  bench.simulator.settle()
  const isAlgo = (status: string) => (event: Frame) =>
    event.e === 'ALGO_UPDATE' && (event.o as Frame).X === status
  const finished = (await find(isAlgo('FINISHED'))).o as Frame
  const orders = events().filter(({ e }) => e === 'ORDER_TRADE_UPDATE') as unknown as { o: Frame }[]
  const born = orders.find(({ o }) => String(o.i) === finished.ai)?.o
  expect(born).toMatchObject({ c: 'stop-1', S: 'SELL', R: true, ot: 'STOP_MARKET' })
})

test('who comes near a liquidation is called once', async () => {
  const thin = { apiKey: 'a-thin-account-key', secret: 'a-thin-account-secret' }
  bench.simulator.addAccount({ venue: 'binance', market: 'futures', ...thin, balances: { USDT: '700' } })
  const post = (path: string, parameters: Record<string, string | number>) =>
    send(bench.simulator.url, thin, 'POST', path, { symbol: 'BTCUSDT', ...parameters })
  await post('/fapi/v1/leverage', { leverage: 100 })
  const { answer } = await post('/fapi/v1/order', { side: 'BUY', type: 'MARKET', quantity: '0.4' })
  expect(answer).toMatchObject({ status: 'NEW' })
  const { listenKey: key } = await listenKey('POST', thin.apiKey)
  const frames = await connect(`/private/ws?listenKey=${key}`)
  bench.simulator.hand({ apiKey: thin.apiKey, do: 'funding', amount: '-604' })
  const call = await frames.find(({ e }) => e === 'MARGIN_CALL')
  expect(call).toMatchObject({ p: [{ s: 'BTCUSDT', pa: '0.4', mt: 'CROSSED' }] })
})

test('whatever is traded, the streams tell the sums that the venue answers when it is asked', async () => {
  const spot = await spotStream()
  const futures = await futuresStream()
  const { hand } = bench.simulator
  hand({ apiKey: spotKeys.apiKey, do: 'deposit', asset: 'BTC', amount: '1000' })
  hand({ apiKey: spotKeys.apiKey, do: 'deposit', asset: 'USDT', amount: '100000000' })
  hand({ apiKey: futuresKeys.apiKey, do: 'deposit', asset: 'USDT', amount: '100000000' })
  let count = 0
  const trade = fc.record({
    market: fc.constantFrom('spot' as const, 'futures' as const),
    side: fc.constantFrom('BUY', 'SELL'),
    steps: fc.integer({ min: 3, max: 1_500 }),
  })
  await fc.assert(
    fc.asyncProperty(trade, async ({ market, side, steps }) => {
      count += 1
      const newClientOrderId = `sum-${count}`
      const quantity = new Decimal(steps).div(1_000).toString()
      const placed = await place(market, { side, type: 'MARKET', quantity, newClientOrderId })
      expect(placed.status).toBe(200)
      const query = { symbol: 'BTCUSDT', origClientOrderId: newClientOrderId }
      const { answer } = await send(
        bench.simulator.url,
        market === 'spot' ? spotKeys : futuresKeys,
        'GET',
        market === 'spot' ? '/api/v3/order' : '/fapi/v1/order',
        query,
      )
      const { find, events } = market === 'spot' ? spot : futures
      const reportOf = (event: Frame) => (market === 'spot' ? event : ((event.o ?? {}) as Frame))
      const isOwn = (event: Frame) => reportOf(event).c === newClientOrderId && reportOf(event).x === 'TRADE'
      await find((event) => isOwn(event) && reportOf(event).X === answer.status)
      const trades = events().filter(isOwn).map(reportOf)
      expect(sum(trades.map(({ l }) => String(l)))).toBe(text(answer.executedQty))
      expect(text(trades.at(-1)?.z)).toBe(text(answer.executedQty))
      const cost = sum(trades.map(({ l, L }) => new Decimal(String(l)).times(String(L)).toString()))
      expect(cost).toBe(text(answer.cummulativeQuoteQty ?? answer.cumQuote))
    }),
    { numRuns: 40 },
  )
})
