import { afterEach, describe, expect, test } from 'vitest'
import { type BybitBench, errorOf, orderBody, send, startBybit } from './bench.ts'

let bench: BybitBench
afterEach(() => bench.simulator.stop())

const place = (more: Record<string, unknown>, category: 'spot' | 'linear' = 'linear') =>
  send(bench.simulator.url, 'POST', '/v5/order/create', orderBody(category, more))
const look = async (linkId: string, category: 'spot' | 'linear' = 'linear') => {
  const asked = { category, orderLinkId: linkId }
  return (await send(bench.simulator.url, 'GET', '/v5/order/realtime', asked)).body.result.list[0]
}

describe('what is not taken', () => {
  test('an orderLinkId is taken once and for all, also when its order has been filled', async () => {
    bench = await startBybit()
    for (const [category, code] of [
      ['linear', 110072],
      ['spot', 170141],
    ] as const) {
      const open = { orderLinkId: `open-${category}` }
      expect((await place(open, category)).body).toMatchObject({ retCode: 0, result: open })
      expect((await place(open, category)).body.retCode).toBe(code)
      const filled = {
        orderLinkId: `filled-${category}`,
        orderType: 'Market',
        qty: '0.002',
        marketUnit: 'baseCoin',
      }
      expect((await place(filled, category)).body.retCode).toBe(0)
      expect((await look(filled.orderLinkId, category))?.orderStatus).toBe('Filled')
      expect((await place(filled, category)).body.retCode).toBe(code)
    }
    const { orders } = bench.simulator.ledger().accounts[0] ?? { orders: [] }
    expect(orders).toHaveLength(4)
  })

  test('a lenient venue takes an orderLinkId again once its order has ended', async () => {
    bench = await startBybit([], { settings: { rules: 'lenient' } })
    const order = { orderLinkId: 'again', orderType: 'Market', qty: '0.002' }
    expect((await place(order)).body.retCode).toBe(0)
    expect((await place(order)).body.retCode).toBe(0)
    const open = { orderLinkId: 'open' }
    expect((await place(open)).body.retCode).toBe(0)
    expect((await place(open)).body.retCode).toBe(110072)
  })

  test.each([
    ['linear', { qty: '0.0015' }, 10001],
    ['linear', { qty: '0' }, 10001],
    ['linear', { qty: 'many' }, 10001],
    ['linear', { price: '49000.05' }, 10001],
    ['linear', { price: undefined }, 10001],
    ['linear', { price: '90000' }, 110003],
    ['linear', { qty: '100000' }, 10001],
    ['linear', { qty: '50' }, 110007],
    ['linear', { side: 'Sideways' }, 10001],
    ['linear', { symbol: 'NONEUSDT' }, 10001],
    ['linear', { orderLinkId: 'no spaces, please' }, 10001],
    ['linear', { positionIdx: 1 }, 10001],
    ['linear', { side: 'Sell', orderType: 'Market', reduceOnly: true }, 110017],
    ['linear', { orderType: 'Market', triggerPrice: '49000', triggerDirection: 1 }, 110092],
    ['linear', { orderType: 'Market', triggerPrice: '51000', triggerDirection: 2 }, 110093],
    ['linear', { orderType: 'Market', triggerPrice: '51000' }, 10001],
    ['inverse', {}, 10001],
    ['spot', { qty: '0.0000001' }, 170136],
    ['spot', { qty: '0.0100001' }, 170137],
    ['spot', { price: '49000.001' }, 170134],
    ['spot', { qty: '0.00005' }, 170140],
    ['spot', { qty: '1' }, 170131],
    ['spot', { price: '200000' }, 170193],
    ['spot', { orderFilter: 'tpslOrder' }, 170202],
  ])('%s %j is refused with %i, and nothing is booked', async (category, more, code) => {
    bench = await startBybit()
    const { body } = await place(more, category as 'spot')
    expect(body).toMatchObject({ retCode: code, result: {} })
    expect(bench.simulator.ledger().accounts[0]).toMatchObject({
      orders: [],
      balances: { USDT: { free: '10000', locked: '0' } },
    })
  })

  test('a notional below the minimum is refused on linear', async () => {
    bench = await startBybit([], { balances: { USDT: '10000' } })
    const order = { symbol: 'BNBUSDT', qty: '0.01', price: '450' }
    expect((await place(order)).body.retCode).toBe(110094)
  })

  test('a post-only order that would take is acknowledged, and then Cancelled on linear and Rejected on spot', async () => {
    bench = await startBybit()
    for (const [category, status] of [
      ['linear', 'Cancelled'],
      ['spot', 'Rejected'],
    ] as const) {
      const order = { orderLinkId: `maker-${category}`, timeInForce: 'PostOnly', price: '50500' }
      expect((await place(order, category)).body.retCode).toBe(0)
      expect(await look(order.orderLinkId, category)).toMatchObject({
        orderStatus: status,
        rejectReason: 'EC_PostOnlyWillTakeLiquidity',
        cumExecQty: '0',
      })
    }
  })

  test('an account whose rejections come late learns of missing money from the order', async () => {
    bench = await startBybit([], { settings: { rejects: 'late' } })
    const order = { orderLinkId: 'too-much', qty: '50' }
    expect((await place(order)).body).toMatchObject({ retCode: 0, result: { orderLinkId: 'too-much' } })
    expect(await look('too-much')).toMatchObject({
      orderStatus: 'Rejected',
      rejectReason: 'EC_Others',
      cumExecQty: '0',
    })
    const reduce = { orderLinkId: 'nothing-held', side: 'Sell', orderType: 'Market', reduceOnly: true }
    expect((await place(reduce)).body.retCode).toBe(0)
    expect((await look('nothing-held'))?.orderStatus).toBe('Rejected')
  })

  test('what is not there cannot be cancelled, and neither can what has ended', async () => {
    bench = await startBybit()
    expect(await errorOf(bench.linear.cancelOrder('x', 'BTC/USDT:USDT'))).toBe('OrderNotFound 110001')
    expect(await errorOf(bench.spot.cancelOrder('x', 'BTC/USDT'))).toBe('OrderNotFound 170213')
    await place({ orderLinkId: 'done', orderType: 'Market' })
    const asked = { category: 'linear', symbol: 'BTCUSDT', orderLinkId: 'done' }
    const again = await send(bench.simulator.url, 'POST', '/v5/order/cancel', asked)
    expect(again.body.retCode).toBe(110001)
  })

  test('a conditional spot order is not an Order: it is cancelled by its own filter', async () => {
    bench = await startBybit()
    const stop = {
      orderLinkId: 'stop',
      side: 'Sell',
      orderType: 'Market',
      orderFilter: 'tpslOrder',
      triggerPrice: '45000',
    }
    expect((await place(stop, 'spot')).body.retCode).toBe(0)
    const asked = { category: 'spot', symbol: 'BTCUSDT', orderLinkId: 'stop' }
    const { url } = bench.simulator
    expect((await send(url, 'POST', '/v5/order/cancel', asked)).body.retCode).toBe(170213)
    const meant = { ...asked, orderFilter: 'tpslOrder' }
    expect((await send(url, 'POST', '/v5/order/cancel', meant)).body.retCode).toBe(0)
    expect((await look('stop', 'spot'))?.orderStatus).toBe('Deactivated')
  })
})

describe('what is taken', () => {
  test('ccxt buys on spot by cost, and sells by quantity', async () => {
    bench = await startBybit()
    const bought = await bench.spot.createOrder('BTC/USDT', 'market', 'buy', 0.01, 50_000, {
      clientOrderId: 'buy',
    })
    expect(bought).toMatchObject({ clientOrderId: 'buy', id: expect.stringMatching(/^1\d{18}$/) })
    const found = await bench.spot.fetchOrder(bought.id as string, 'BTC/USDT', { acknowledged: true })
    expect(found).toMatchObject({ status: 'closed', side: 'buy', type: 'market' })
    expect(found.cost).toBeGreaterThan(499)
    expect(found.cost).toBeLessThanOrEqual(500)
    expect(found.fee?.currency).toBe('BTC')
    await bench.spot.createOrder('BTC/USDT', 'market', 'sell', 0.01, undefined, { clientOrderId: 'sell' })
    const [fill] = await bench.spot.fetchMyTrades('BTC/USDT', undefined, undefined, { orderLinkId: 'sell' })
    expect(fill).toMatchObject({
      side: 'sell',
      amount: 0.01,
      takerOrMaker: 'taker',
      fee: { currency: 'USDT' },
    })
  })

  test('what is left of a quote-sized buy ends it as PartiallyFilledCanceled', async () => {
    bench = await startBybit()
    await place({ orderLinkId: 'quote', orderType: 'Market', qty: '333.33' }, 'spot')
    expect(await look('quote', 'spot')).toMatchObject({
      orderStatus: 'PartiallyFilledCanceled',
      qty: '333.33',
      marketUnit: 'quoteCoin',
      leavesQty: '0',
    })
  })

  test('a limit order rests, is found by its orderLinkId, and is taken back', async () => {
    bench = await startBybit()
    await bench.linear.createOrder('BTC/USDT:USDT', 'limit', 'buy', 0.01, 49_000, { clientOrderId: 'rests' })
    const named = { orderId: undefined, orderLinkId: 'rests' }
    const open = await bench.linear.fetchOpenOrder('x', 'BTC/USDT:USDT', named)
    expect(open).toMatchObject({ clientOrderId: 'rests', status: 'open', price: 49_000, amount: 0.01 })
    await bench.linear.cancelOrder(undefined as never, 'BTC/USDT:USDT', { orderLinkId: 'rests' })
    const found = await bench.linear.fetchCanceledAndClosedOrders(
      'BTC/USDT:USDT',
      undefined,
      undefined,
      named,
    )
    expect(found).toMatchObject([{ clientOrderId: 'rests', status: 'canceled', filled: 0 }])
  })

  test('a clientOrderId is no parameter of the venue: it answers with another order', async () => {
    bench = await startBybit()
    await place({ orderLinkId: 'another' })
    const found = await bench.linear.fetchOpenOrders('BTC/USDT:USDT', undefined, undefined, {
      clientOrderId: 'mine',
    })
    expect(found.map(({ clientOrderId }) => clientOrderId)).toEqual(['another'])
  })

  test('a stop on linear keeps its id through the trigger, and closes what is held', async () => {
    bench = await startBybit([[50_000, 50_000, 48_000, 48_500]])
    await place({ orderLinkId: 'in', orderType: 'Market' })
    const stop = { clientOrderId: 'stop', stopLossPrice: 49_000 }
    await bench.linear.createOrder('BTC/USDT:USDT', 'market', 'sell', 0.01, undefined, stop)
    expect(await look('stop')).toMatchObject({
      orderStatus: 'Untriggered',
      stopOrderType: 'Stop',
      triggerPrice: '49000',
    })
    const { orderId } = (await look('stop')) ?? {}
    bench.clock.advance(120_000)
    expect(await look('stop')).toMatchObject({ orderId, orderStatus: 'Filled', cumExecQty: '0.01' })
    expect(await bench.linear.fetchPositions()).toEqual([])
  })

  test('a reduce-only order takes off no more than is held', async () => {
    bench = await startBybit()
    await place({ orderLinkId: 'in', orderType: 'Market' })
    await place({ orderLinkId: 'out', side: 'Sell', orderType: 'Market', qty: '0.05', reduceOnly: true })
    expect(await look('out')).toMatchObject({ orderStatus: 'Filled', cumExecQty: '0.01', reduceOnly: true })
    expect(await bench.linear.fetchPositions()).toEqual([])
  })

  test('cancel-all takes back what waits in one category', async () => {
    bench = await startBybit()
    await place({ orderLinkId: 'one' })
    await place({ orderLinkId: 'two', price: '48000' })
    await place({ orderLinkId: 'spot' }, 'spot')
    const asked = { category: 'linear', settleCoin: 'USDT' }
    const { body } = await send(bench.simulator.url, 'POST', '/v5/order/cancel-all', asked)
    expect(body.result.list.map(({ orderLinkId }) => orderLinkId)).toEqual(['one', 'two'])
    expect((await look('spot', 'spot'))?.orderStatus).toBe('New')
    const nothing = await send(bench.simulator.url, 'POST', '/v5/order/cancel-all', { category: 'linear' })
    expect(nothing.body.retCode).toBe(10001)
  })
})
