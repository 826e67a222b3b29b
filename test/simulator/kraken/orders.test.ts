import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { minuteMs } from '../support/market.ts'
import { ask, errorIn, type KrakenBench, startKraken, thrownBy } from './support/bench.ts'

const BTC = 'BTC/USDT'
let bench: KrakenBench
let count = 0
const nextId = () => (++count).toString(16).padStart(32, '0')
const lookUp = async (clientOrderId: string) => {
  const how = { clientOrderId }
  const [open] = await bench.client.fetchOpenOrders(BTC, undefined, undefined, how)
  return open ?? (await bench.client.fetchClosedOrders(BTC, undefined, undefined, how))[0]
}
const free = (asset: string) => Number(bench.account().balances[asset]?.free)

beforeAll(async () => {
  bench = await startKraken([
    [50_000, 50_000, 49_000, 49_900],
    [49_900, 51_000, 49_900, 50_500],
    [50_500, 50_500, 47_000, 47_500],
    [47_500, 48_000, 47_400, 48_000],
    [48_000, 48_000, 48_000, 48_000],
  ])
})
afterAll(() => bench.stop())

describe('orders, by the unmodified class', () => {
  test('a market order is filled at once; its fee is taken from the quote currency, and told so', async () => {
    const clientOrderId = nextId()
    const before = free('USDT')
    const placed = await bench.client.createOrder(BTC, 'market', 'buy', 0.02, undefined, { clientOrderId })
    expect(placed).toMatchObject({ symbol: BTC, side: 'buy', type: 'market', clientOrderId })
    expect(placed.id).toMatch(/^O[A-Z2-7]{5}-[A-Z2-7]{5}-[A-Z2-7]{6}$/)
    const order = await lookUp(clientOrderId)
    expect(order).toMatchObject({ id: placed.id, status: 'closed', filled: 0.02, clientOrderId })
    const trades = await bench.client.fetchMyTrades(BTC)
    const own = trades.filter((trade) => trade.order === placed.id)
    const cost = own.reduce((total, trade) => total + (trade.cost ?? 0), 0)
    const fee = own.reduce((total, trade) => total + (trade.fee?.cost ?? 0), 0)
    expect(own.every((trade) => trade.fee?.currency === 'USDT' && trade.takerOrMaker === 'taker')).toBe(true)
    expect(fee).toBeCloseTo(cost * 0.004, 6)
    expect(before - free('USDT')).toBeCloseTo(cost + fee, 6)
    expect(await bench.client.fetchBalance()).toMatchObject({ BTC: { total: 1.02, used: 0 } })
  })

  test('an id is found among open orders, then among closed ones; fetchOrder knows only the venue’s own', async () => {
    const clientOrderId = nextId()
    const placed = await bench.client.createOrder(BTC, 'limit', 'buy', 0.01, 40_000, { clientOrderId })
    const open = await bench.client.fetchOpenOrders(BTC, undefined, undefined, { clientOrderId })
    expect(open).toMatchObject([{ id: placed.id, status: 'open', price: 40_000, amount: 0.01, filled: 0 }])
    expect((await bench.client.fetchBalance()).USDT).toMatchObject({ used: 401.6 })
    expect(await bench.client.fetchClosedOrders(BTC, undefined, undefined, { clientOrderId })).toEqual([])
    await bench.client.cancelOrder('', BTC, { clientOrderId })
    expect(await bench.client.fetchOpenOrders(BTC, undefined, undefined, { clientOrderId })).toEqual([])
    expect(await lookUp(clientOrderId)).toMatchObject({ id: placed.id, status: 'canceled', filled: 0 })
    expect(await bench.client.fetchOrder(placed.id ?? '', BTC)).toMatchObject({ clientOrderId })
    expect((await bench.client.fetchBalance()).USDT).toMatchObject({ used: 0 })
    // The class sends the client's id as a user reference here, which it is not.
    expect(await thrownBy(bench.client.fetchOrder('', BTC, { clientOrderId }))).not.toBe('nothing')
  })

  test('cancelling twice, and cancelling what was filled', async () => {
    const placed = await bench.client.createOrder(BTC, 'limit', 'buy', 0.01, 40_000)
    await bench.client.cancelOrder(placed.id ?? '', BTC)
    expect(await thrownBy(bench.client.cancelOrder(placed.id ?? '', BTC))).toMatch(/^OrderNotFound/)
    const filled = await bench.client.createOrder(BTC, 'market', 'buy', 0.001)
    expect(await thrownBy(bench.client.cancelOrder(filled.id ?? '', BTC))).toMatch(/^OrderNotFound/)
  })

  test('reading an order without placing it', async () => {
    const orders = bench.account().orders.length
    const answer = await ask(bench.simulator.url, 'AddOrder', {
      pair: 'XBTUSDT',
      type: 'sell',
      ordertype: 'stop-loss-limit',
      volume: '0.01',
      price: '45000',
      price2: '44900',
      validate: 'true',
    })
    expect(answer.result).toEqual({
      descr: { order: 'sell 0.01000000 XBTUSDT @ stop loss 45000.0 -> limit 44900.0' },
    })
    expect(bench.account().orders).toHaveLength(orders)
  })

  test('what the book does not give at once ends with IOC, and nothing is bought with FOK', async () => {
    const rich = { apiKey: 'rich-key-for-tests', secret: Buffer.from('rich').toString('base64') }
    bench.simulator.addAccount({ venue: 'kraken', ...rich, balances: { USDT: '10000000' } })
    const buy = (timeinforce: string, id: string) =>
      ask(
        bench.simulator.url,
        'AddOrder',
        {
          pair: 'XBTUSDT',
          type: 'buy',
          ordertype: 'limit',
          volume: '100',
          price: '50010',
          timeinforce,
          cl_ord_id: id,
        },
        { own: rich },
      )
    const find = async (id: string) => {
      const { result } = await ask(bench.simulator.url, 'ClosedOrders', { cl_ord_id: id }, { own: rich })
      return Object.values(result.closed as object)[0] as Record<string, string>
    }
    expect(errorIn(await buy('IOC', 'ioc'))).toBeUndefined()
    expect(Number((await find('ioc')).vol_exec)).toBeGreaterThan(0)
    expect(await find('ioc')).toMatchObject({ status: 'canceled', reason: 'IOC' })
    expect(errorIn(await buy('FOK', 'fok'))).toBeUndefined()
    expect(await find('fok')).toMatchObject({ status: 'canceled', reason: 'FOK', vol_exec: '0.00000000' })
  })

  test('a cost instead of a volume, and the fee in the coin that was bought', async () => {
    const coins = free('BTC')
    const spent = free('USDT')
    const order = await bench.client.createOrder(BTC, 'market', 'buy', 100, undefined, {
      oflags: 'viqc,fcib',
      cost: 100,
    })
    const [record] = bench.account().orders.filter(({ fills }) => fills.some((f) => f.feeCurrency === 'BTC'))
    expect(order.id).toBeDefined()
    expect(Number(record?.filledQuote)).toBeLessThanOrEqual(100)
    expect(Number(record?.filledQuote)).toBeGreaterThan(99.99)
    expect(spent - free('USDT')).toBeCloseTo(Number(record?.filledQuote), 8)
    expect(free('BTC') - coins).toBeCloseTo(Number(record?.filled) * 0.996, 8)
  })

  test('orders of a user reference are found and taken back together', async () => {
    const place = (userref: number) =>
      ask(bench.simulator.url, 'AddOrder', {
        pair: 'XBTUSDT',
        type: 'buy',
        ordertype: 'limit',
        volume: '0.001',
        price: '30000',
        userref,
      })
    await place(7)
    await place(7)
    await place(8)
    const open = await ask(bench.simulator.url, 'OpenOrders', { userref: 7 })
    expect(Object.keys(open.result.open as object)).toHaveLength(2)
    expect((await ask(bench.simulator.url, 'CancelOrder', { txid: 7 })).result).toEqual({ count: 2 })
    expect((await ask(bench.simulator.url, 'CancelAll')).result).toEqual({ count: 1 })
  })
})

describe('orders that wait for a price', () => {
  test('limits and stops meet the tape, and are filled where they stand', async () => {
    const { client, clock } = bench
    const [limit, stop, profit, stopLimit] = [nextId(), nextId(), nextId(), nextId()]
    await client.createOrder(BTC, 'limit', 'buy', 0.02, 49_500, { clientOrderId: limit })
    await client.createOrder(BTC, 'market', 'sell', 0.02, undefined, {
      clientOrderId: stop,
      stopLossPrice: 48_000,
    })
    await client.createOrder(BTC, 'market', 'sell', 0.01, undefined, {
      clientOrderId: profit,
      takeProfitPrice: 50_800,
    })
    const placed = await client.createOrder(BTC, 'limit', 'sell', 0.01, 47_900, {
      clientOrderId: stopLimit,
      stopLossPrice: 48_500,
    })
    expect(placed).toMatchObject({ type: 'limit', price: 47_900, stopLossPrice: 48_500 })
    expect(await lookUp(stop)).toMatchObject({ status: 'open', type: 'market', stopLossPrice: 48_000 })

    clock.advance(minuteMs)
    expect(await lookUp(limit)).toMatchObject({ status: 'closed', average: 49_500 })
    const maker = (await client.fetchMyTrades(BTC)).find(({ takerOrMaker }) => takerOrMaker === 'maker')
    expect(maker).toMatchObject({ price: 49_500, amount: 0.02 })
    expect(maker?.fee?.cost).toBeCloseTo(49_500 * 0.02 * 0.0025, 8)

    clock.advance(minuteMs)
    const sold = await lookUp(profit)
    expect(sold?.status).toBe('closed')
    expect(sold?.average).toBeGreaterThanOrEqual(50_750)

    clock.advance(minuteMs)
    const out = await lookUp(stop)
    expect(out).toMatchObject({ status: 'closed', filled: 0.02 })
    expect(out?.average).toBeLessThanOrEqual(48_000)
    expect((await lookUp(stopLimit))?.average).toBeGreaterThanOrEqual(47_900)
  })
})
