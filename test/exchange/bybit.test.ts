import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { Account } from '#db/accounts.ts'
import { OrderOutcomeUnknown, OrderRejected, VenueUnavailable } from '#src/errors.ts'
import { openConnection } from '#src/exchange/connection.ts'
import { holdingCalls } from '#src/exchange/holding-calls.ts'
import { openFeed } from '#src/exchange/market-feed.ts'
import { orderCalls } from '#src/exchange/order-calls.ts'
import { approve, type OrderRequest } from '#src/exchange/order-request.ts'
import { simulatorRoute } from '#src/exchange/route.ts'
import { bybit } from '#src/exchange/venues/bybit.ts'
import { bybitLinear, bybitSpot } from '#src/exchange/venues/bybit-market.ts'
import { type ManualClock, manualClock } from '#src/simulator/clock.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from '#src/simulator/simulator.ts'
import { minuteMs, tapeOf } from '../simulator/support/market.ts'

const key = { apiKey: 'bybit-key-for-tests', secret: 'bybit-secret-for-tests' }
const now = () => ({ wallMs: Date.now(), monotonicMs: performance.now() })
const newId = () => randomBytes(16).toString('hex')
const linear = 'BTC/USDT:USDT'

let simulator: Simulator
let clock: ManualClock
afterEach(() => simulator.stop())

async function start(
  candles: Parameters<typeof tapeOf>[0] = [],
  options: Partial<SimulatorOptions> & { settings?: Record<string, string> } = {},
): Promise<void> {
  const { settings = {}, ...rest } = options
  clock = manualClock(Date.UTC(2025, 0, 1) + 40 * minuteMs - 1000)
  simulator = await startSimulator({ tape: tapeOf(candles), clock, venues: ['bybit'], ...rest })
  simulator.addAccount({ venue: 'bybit', ...key, balances: { USDT: '10000', BTC: '1' }, settings })
}

/** An account on one of the venue's markets, at the simulator or at another address on this machine. */
async function accountOn(market: 'spot' | 'futures', url = simulator.url) {
  const card = bybit.markets[market]
  if (card === undefined) throw new Error(`no card of ${market}`)
  const connection = await openConnection({
    card: bybit,
    market: card,
    mode: 'paper',
    route: simulatorRoute(url),
    isLimited: true,
    wallNow: Date.now,
  })
  const client = connection.clientFor(key)
  const account = { id: 'one', exchange: 'bybit', market } as unknown as Account
  const signed = { account, connection, client, wallNow: Date.now }
  return { ...orderCalls(signed), ...holdingCalls(signed, { isSet: false, leverage: new Map() }) }
}

const request = (change: Partial<OrderRequest> = {}) =>
  approve<OrderRequest>(
    {
      symbol: linear,
      side: 'buy',
      type: 'market',
      quantity: '0.01',
      clientOrderId: newId(),
      isReduceOnly: false,
      ...change,
    },
    now(),
  )

const truth = () => simulator.ledger().accounts[0]

describe('orders', () => {
  test('an acknowledgement is an order that is open, and what became of it is asked for by our id', async () => {
    await start()
    const account = await accountOn('futures')
    const order = request()
    const placed = await account.placeOrder(order)
    expect(placed).toMatchObject({ status: 'open', filled: '0', clientOrderId: order.clientOrderId })
    const found = await account.orderByClientId(order)
    expect(found).toMatchObject({ venueOrderId: placed.venueOrderId, status: 'filled', filled: '0.01' })
    const fills = await account.fillsOf({ symbol: linear, venueOrderId: placed.venueOrderId })
    expect(fills).toMatchObject([{ symbol: linear, feeCurrency: 'USDT', isMaker: false, realizedPnl: '0' }])
    expect(truth()?.orders[0]?.fills[0]).toMatchObject({ price: fills[0]?.price, fee: fills[0]?.fee })
  })

  test('the same id again is known to be there, and nothing is bought twice', async () => {
    await start()
    for (const market of ['spot', 'futures'] as const) {
      const account = await accountOn(market)
      const symbol = market === 'spot' ? 'BTC/USDT' : linear
      const order = request({ symbol })
      await account.placeOrder(order)
      await expect(account.placeOrder(approve(order, now()))).rejects.toThrow(OrderOutcomeUnknown)
      expect(await account.orderByClientId(order)).toMatchObject({ status: 'filled' })
    }
    expect(truth()?.orders).toHaveLength(2)
  })

  test('an id that the venue has never heard is undefined', async () => {
    await start()
    const account = await accountOn('spot')
    expect(await account.orderByClientId({ symbol: 'BTC/USDT', clientOrderId: newId() })).toBeUndefined()
    expect(await account.cancelOrder({ symbol: 'BTC/USDT', clientOrderId: newId() })).toBeUndefined()
  })

  test('a refusal after the acknowledgement is an order that was rejected', async () => {
    await start([], { settings: { rejects: 'late' } })
    const account = await accountOn('futures')
    const order = request({ quantity: '50' })
    expect(await account.placeOrder(order)).toMatchObject({ status: 'open' })
    expect(await account.orderByClientId(order)).toMatchObject({ status: 'rejected', filled: '0' })
  })

  test('too little money, a bad size and a reduce-only order without a position are refused for certain', async () => {
    await start()
    const account = await accountOn('futures')
    const refused = (change: Partial<OrderRequest>) => account.placeOrder(request(change))
    await expect(refused({ quantity: '50' })).rejects.toMatchObject({ code: 'insufficient-funds' })
    await expect(refused({ symbol: 'BNB/USDT:USDT', type: 'limit', price: '490' })).rejects.toMatchObject({
      code: 'filter',
    })
    await expect(refused({ side: 'sell', isReduceOnly: true })).rejects.toMatchObject({
      code: 'reduce-only-not-valid',
    })
    await expect(refused({ quantity: '0.0001' })).rejects.toThrow(OrderRejected)
    expect(truth()?.orders).toEqual([])
  })

  test('a stop rests, keeps its id when its price comes, and closes', async () => {
    await start([[50_000, 50_000, 48_000, 48_500]])
    const account = await accountOn('futures')
    await account.placeOrder(request())
    const stop = request({ type: 'stop_market', side: 'sell', stopPrice: '49000', isReduceOnly: true })
    const placed = await account.placeOrder(stop)
    expect(await account.orderByClientId(stop)).toMatchObject({
      status: 'open',
      isStop: true,
      isReduceOnly: true,
    })
    expect(await account.openOrders()).toMatchObject([{ venueOrderId: placed.venueOrderId }])
    clock.advance(120_000)
    const found = await account.orderByClientId(stop)
    expect(found).toMatchObject({ venueOrderId: placed.venueOrderId, status: 'filled', filled: '0.01' })
    expect(found?.isStop).toBeUndefined()
    expect(await account.positions()).toEqual([])
    const [bought, sold] = await account.fillsSince(linear, Date.now() - 60_000)
    expect([bought?.side, sold?.side]).toEqual(['buy', 'sell'])
    expect(Number(sold?.realizedPnl)).toBeLessThan(0)
  })

  test('a stop that an entry carries is found and taken back by its entry', async () => {
    await start([[50_000, 50_000, 48_000, 48_500]])
    const account = await accountOn('futures')
    const entry = request({ attachedStop: '49000' })
    await account.placeOrder(entry)
    const stop = {
      symbol: linear,
      clientOrderId: newId(),
      type: 'stop_market',
      attachedTo: entry.clientOrderId,
    } as const
    const found = await account.orderByClientId(stop)
    expect(found).toMatchObject({
      clientOrderId: stop.clientOrderId,
      status: 'open',
      isStop: true,
      side: 'sell',
    })
    expect(await account.cancelOrder(stop)).toBeUndefined()
    expect(await account.orderByClientId(stop)).toMatchObject({
      venueOrderId: found?.venueOrderId,
      status: 'canceled',
    })
    expect(await account.openOrders()).toEqual([])
    const none = { ...stop, attachedTo: newId() }
    expect(await account.orderByClientId(none)).toBeUndefined()
    expect(await account.cancelOrder(none)).toBeUndefined()
  })

  test('a carried stop that was reached is told with what it closed', async () => {
    await start([[50_000, 50_000, 48_000, 48_500]])
    const account = await accountOn('futures')
    const entry = request({ attachedStop: '49000' })
    await account.placeOrder(entry)
    clock.advance(120_000)
    const stop = {
      symbol: linear,
      clientOrderId: newId(),
      type: 'stop_market',
      attachedTo: entry.clientOrderId,
    } as const
    const found = await account.orderByClientId(stop)
    expect(found).toMatchObject({ status: 'filled', filled: '0.01', isReduceOnly: true })
    const fills = await account.fillsOf({ symbol: linear, venueOrderId: found?.venueOrderId ?? '' })
    expect(fills).toMatchObject([{ side: 'sell', quantity: '0.01' }])
  })

  test('orders since a moment are listed once, however many lists they are in', async () => {
    await start()
    const account = await accountOn('spot')
    const sinceMs = Date.now() - 1_000
    const orders = [
      request({ symbol: 'BTC/USDT' }),
      request({ symbol: 'BTC/USDT', type: 'limit', price: '49000' }),
      request({ symbol: 'BTC/USDT', type: 'limit', price: '48000' }),
    ]
    for (const order of orders) await account.placeOrder(order)
    await account.cancelOrder({ symbol: 'BTC/USDT', clientOrderId: orders[2]?.clientOrderId ?? '' })
    const listed = await account.ordersSince('BTC/USDT', sinceMs)
    expect(listed.map(({ clientOrderId, status }) => [clientOrderId, status])).toEqual([
      [orders[0]?.clientOrderId, 'filled'],
      [orders[1]?.clientOrderId, 'open'],
      [orders[2]?.clientOrderId, 'canceled'],
    ])
  })

  test('more orders than a page holds are all listed', async () => {
    await start([], { enforceLimits: false })
    const account = await accountOn('spot')
    const orders = Array.from({ length: 63 }, () =>
      request({ symbol: 'BTC/USDT', type: 'limit', price: '40000', quantity: '0.0002' }),
    )
    for (const order of orders) await account.placeOrder(approve(order, now()))
    expect(await account.openOrders('BTC/USDT')).toHaveLength(63)
    expect(await account.openOrders()).toHaveLength(63)
  })
})

describe('answers that are not what they seem', () => {
  /** A server that answers as the simulator does, but to one path in its own way. */
  async function spoiling(path: string, spoil: (body: string) => string): Promise<string> {
    const server = createServer((incoming, outgoing) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('end', async () => {
        const headers = Object.fromEntries(
          Object.entries(incoming.headers).filter(
            ([name]) => name.startsWith('x-bapi') || name === 'content-type',
          ),
        ) as Record<string, string>
        const { method = 'GET', url = '/' } = incoming
        const body = Buffer.concat(chunks)
        const answer = await fetch(simulator.url + url, {
          method,
          headers,
          ...(method === 'POST' && { body }),
        })
        const text = await answer.text()
        outgoing.writeHead(answer.status, { 'content-type': 'application/json' })
        outgoing.end(url.startsWith(path) ? spoil(text) : text)
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    servers.push(server)
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  const servers: ReturnType<typeof createServer>[] = []
  afterEach(() => {
    for (const server of servers.splice(0)) server.close().closeAllConnections()
  })

  test.each([
    ['without an id', () => '{"retCode":0,"retMsg":"OK","result":{},"time":1}'],
    ['of another order', (body: string) => body.replace(/"orderLinkId":"\w+"/, '"orderLinkId":"other"')],
    ['cut short', (body: string) => body.slice(0, 40)],
    ['empty', () => ''],
    ['a server timeout', () => '{"retCode":10000,"retMsg":"Server Timeout","result":{},"time":1}'],
  ])('an acknowledgement %s leaves the outcome open', async (_what, spoil) => {
    await start()
    const account = await accountOn('futures', await spoiling('/v5/order/create', spoil))
    await expect(account.placeOrder(request())).rejects.toThrow(OrderOutcomeUnknown)
    expect(truth()?.orders).toHaveLength(1)
  })

  test('a look-up answered with another order says nothing about ours', async () => {
    await start()
    const account = await accountOn('futures')
    const order = request()
    await account.placeOrder(order)
    const url = await spoiling('/v5/order/realtime', (body) => body.replace(order.clientOrderId, newId()))
    const misled = await accountOn('futures', url)
    await expect(misled.orderByClientId(order)).rejects.toThrow(OrderOutcomeUnknown)
  })

  test.each([
    ['no list', '{"retCode":0,"retMsg":"OK","result":{},"time":1}'],
    ['no result', '{"retCode":0,"retMsg":"OK","time":1}'],
    ['a status nobody knows', undefined],
  ])('a list with %s is not an empty one', async (_what, body) => {
    await start()
    const account = await accountOn('futures')
    const order = request()
    await account.placeOrder(order)
    const url = await spoiling('/v5/order/', (text) => body ?? text.replace('"Filled"', '"Dreaming"'))
    const misled = await accountOn('futures', url)
    await expect(misled.orderByClientId(order)).rejects.toThrow(VenueUnavailable)
  })
})

describe('what is held', () => {
  test('balances, margin, positions and settings', async () => {
    await start()
    const account = await accountOn('futures')
    await account.prepareEntry({ symbol: linear, leverage: 5 })
    await account.prepareEntry({ symbol: linear, leverage: 5 })
    await account.placeOrder(request({ side: 'sell' }))
    const [position] = await account.positions()
    expect(position).toMatchObject({ symbol: linear, quantity: '-0.01', isolatedMargin: null })
    const { balances, margin } = await account.holdings()
    const usdt = truth()?.balances.USDT
    expect(balances.find(({ currency }) => currency === 'USDT')?.total).toBe(usdt?.free)
    expect(margin?.wallet).toBe(usdt?.free)
    expect(Number(margin?.initialMargin)).toBeCloseTo(100, 0)
    expect(truth()?.positions[0]).toMatchObject({ leverage: 5 })
  })

  test('what an order reserves on spot is not free', async () => {
    await start()
    const account = await accountOn('spot')
    await account.placeOrder(request({ symbol: 'BTC/USDT', type: 'limit', price: '40000' }))
    const balances = await account.balances()
    expect(balances.find(({ currency }) => currency === 'USDT')).toEqual({
      currency: 'USDT',
      free: '9600',
      total: '10000',
    })
  })

  test('money that moved without an execution is told, and executions are not', async () => {
    await start()
    const account = await accountOn('futures')
    await account.placeOrder(request())
    const { apiKey } = key
    simulator.hand({ apiKey, do: 'deposit', asset: 'USDT', amount: '100' })
    simulator.hand({ apiKey, do: 'withdraw', asset: 'USDT', amount: '40' })
    simulator.hand({ apiKey, do: 'funding', asset: 'USDT', amount: '-0.5' })
    const movements = await account.movementsSince(Date.now() - 60_000)
    expect(movements?.map(({ kind, currency, amount }) => [kind, currency, amount]).sort()).toEqual([
      ['deposit', 'USDT', '100'],
      ['funding', 'USDT', '-0.5'],
      ['withdrawal', 'USDT', '-40'],
    ])
    expect(new Set(movements?.map(({ id }) => id)).size).toBe(3)
  })

  test.each([
    [{}, { canTrade: true, canWithdraw: false, isIpRestricted: false }],
    [{ enableWithdrawals: 'true' }, { canTrade: true, canWithdraw: true, isIpRestricted: false }],
    [{ readOnly: 'true' }, { canTrade: false, canWithdraw: false, isIpRestricted: false }],
    [{ ips: '127.0.0.1' }, { canTrade: true, canWithdraw: false, isIpRestricted: true }],
  ])('a key of %j', async (settings, permissions) => {
    await start([], { settings: settings as Record<string, string> })
    expect(await (await accountOn('spot')).keyPermissions()).toEqual(permissions)
  })

  test('a revoked key is told from a venue that does not answer', async () => {
    await start()
    const account = await accountOn('spot')
    simulator.hand({ apiKey: key.apiKey, do: 'revoke-key' })
    await expect(account.balances()).rejects.toMatchObject({ code: 'invalid-key' })
  })
})

describe('public data', () => {
  const feedOf = (source: typeof bybitSpot) =>
    openFeed({ source, address: async () => simulator.url, marketNow: () => clock.marketNow(), speed: 1 })

  test('prices, spreads, filters and candles of both markets', async () => {
    await start()
    for (const [source, symbol] of [
      [bybitSpot, 'BTC/USDT'],
      [bybitLinear, linear],
    ] as const) {
      const feed = feedOf(source)
      expect((await feed.prices()).get(symbol)).toBe(50_000)
      expect(await feed.spread(symbol)).toBeGreaterThan(0)
      const candles = await feed.candles(symbol, '1m', 5)
      expect(candles).toHaveLength(5)
      expect(candles.map(({ openTimeMs }) => openTimeMs)).toEqual(
        candles.map(({ openTimeMs }) => openTimeMs).sort(),
      )
    }
    expect(await feedOf(bybitSpot).filters('BTC/USDT')).toEqual({
      symbol: 'BTC/USDT',
      base: 'BTC',
      quote: 'USDT',
      tickSize: '0.1',
      stepSize: '0.000001',
      minQuantity: '0.000001',
      minNotional: '5',
      maxQuantity: '80',
    })
    expect(await feedOf(bybitLinear).filters(linear)).toMatchObject({
      stepSize: '0.001',
      maxLeverage: 100,
      minNotional: '5',
    })
  })

  test('candles of the past are asked for from their beginning', async () => {
    await start()
    const since = Date.UTC(2025, 0, 1) + 5 * minuteMs
    const { path, read } = bybitSpot.candles({
      venueSymbol: 'BTCUSDT',
      timeframe: '1m',
      limit: 3,
      fromMs: since,
    })
    const candles = read(await (await fetch(simulator.url + path)).json())
    expect(candles.map(({ openTimeMs }) => openTimeMs)).toEqual([
      since,
      since + minuteMs,
      since + 2 * minuteMs,
    ])
  })

  test('an answer that lists nothing is a defect, not a market without symbols', () => {
    const empty = { retCode: 0, retMsg: 'OK', result: { category: 'spot', list: [] } }
    expect(() => bybitSpot.listing.read(empty)).toThrow('lists nothing')
    expect(() => bybitSpot.prices.read({ retCode: 10006, retMsg: 'Too many visits!', result: {} })).toThrow()
  })
})
