import { afterEach, describe, expect, test } from 'vitest'
import { minuteMs } from '../support/market.ts'
import { type BybitBench, errorOf, keys, orderBody, send, startBybit } from './bench.ts'

const symbol = 'BTC/USDT:USDT'
let bench: BybitBench
afterEach(() => bench.simulator.stop())

const place = (more: Record<string, unknown>) =>
  send(bench.simulator.url, 'POST', '/v5/order/create', orderBody('linear', more))
const ask = async (path: string, more: Record<string, unknown> = {}) => {
  const parameters = { category: 'linear', symbol: 'BTCUSDT', ...more }
  return (await send(bench.simulator.url, 'GET', path, parameters)).body.result.list
}
const set = (path: string, more: Record<string, unknown>) =>
  send(bench.simulator.url, 'POST', path, { category: 'linear', symbol: 'BTCUSDT', ...more })

describe('settings', () => {
  test('leverage: unchanged, too much, unequal', async () => {
    bench = await startBybit()
    await bench.linear.setLeverage(5, symbol)
    expect(await errorOf(bench.linear.setLeverage(5, symbol))).toBe('BadRequest 110043')
    expect(await errorOf(bench.linear.setLeverage(101, symbol))).toBe('BadRequest 110013')
    const unequal = await set('/v5/position/set-leverage', { buyLeverage: '5', sellLeverage: '6' })
    expect(unequal.body.retCode).toBe(10001)
    expect((await ask('/v5/position/list'))[0]).toMatchObject({ leverage: '5', size: '0', side: '' })
  })

  test('the position mode is not moved while something is held or ordered', async () => {
    bench = await startBybit()
    expect(await errorOf(bench.linear.setPositionMode(false))).toBe('NoChange 110025')
    await place({ orderLinkId: 'waits' })
    expect(await errorOf(bench.linear.setPositionMode(true))).toMatch(/ 110028$/)
    await bench.linear.cancelAllOrders(symbol)
    await place({ orderType: 'Market' })
    expect(await errorOf(bench.linear.setPositionMode(true))).toMatch(/ 110024$/)
  })

  test('in hedge mode a long and a short stand side by side, each under its index', async () => {
    bench = await startBybit()
    await bench.linear.setPositionMode(true)
    const params = { hedged: true }
    await bench.linear.createOrder(symbol, 'market', 'buy', 0.02, undefined, params)
    await bench.linear.createOrder(symbol, 'market', 'sell', 0.01, undefined, params)
    expect((await place({ orderType: 'Market' })).body.retCode).toBe(10001)
    const held = await bench.linear.fetchPositions()
    expect(held.map(({ side, contracts, hedged }) => [side, contracts, hedged])).toEqual([
      ['long', 0.02, true],
      ['short', 0.01, true],
    ])
    await bench.linear.createOrder(symbol, 'market', 'sell', 0.02, undefined, { ...params, reduceOnly: true })
    expect((await bench.linear.fetchPositions()).map(({ side }) => side)).toEqual(['short'])
  })

  test('the margin mode is of the whole account, and moves while nothing is held', async () => {
    bench = await startBybit()
    await bench.linear.setMarginMode('cross')
    await bench.linear.setMarginMode('isolated')
    const { body } = await send(bench.simulator.url, 'GET', '/v5/account/info')
    expect(body.result.marginMode).toBe('ISOLATED_MARGIN')
    await place({ orderType: 'Market' })
    expect((await ask('/v5/position/list'))[0]).toMatchObject({
      tradeMode: 1,
      positionBalance: expect.stringMatching(/^2\d\./),
    })
    expect(await errorOf(bench.linear.setMarginMode('cross'))).toMatch(/3400045$/)
  })
})

describe('attached stops', () => {
  const stop = { orderLinkId: 'entry', orderType: 'Market', stopLoss: '49000', takeProfit: '52000' }

  test('they rest from the first fill on, without an id of their own, and name their parent', async () => {
    bench = await startBybit()
    expect((await place(stop)).body.retCode).toBe(0)
    const rows = await ask('/v5/order/realtime', { orderFilter: 'StopOrder' })
    expect(rows).toMatchObject([
      {
        orderLinkId: '',
        parentOrderLinkId: 'entry',
        stopOrderType: 'TakeProfit',
        triggerPrice: '52000',
        triggerDirection: 1,
      },
      {
        orderLinkId: '',
        parentOrderLinkId: 'entry',
        stopOrderType: 'StopLoss',
        triggerPrice: '49000',
        triggerDirection: 2,
      },
    ])
    expect(rows[1]).toMatchObject({
      orderStatus: 'Untriggered',
      reduceOnly: true,
      closeOnTrigger: true,
      side: 'Sell',
    })
    expect((await ask('/v5/position/list'))[0]).toMatchObject({ stopLoss: '49000', takeProfit: '52000' })
  })

  test('the one that is reached closes the position, and the other ends with it', async () => {
    bench = await startBybit([[50_000, 50_000, 48_000, 48_500]])
    await place(stop)
    const [, waiting] = await ask('/v5/order/realtime', { orderFilter: 'StopOrder' })
    bench.clock.advance(2 * minuteMs)
    expect(await bench.linear.fetchPositions()).toEqual([])
    const ended = await ask('/v5/order/history', { orderFilter: 'StopOrder' })
    expect(ended).toMatchObject([
      {
        stopOrderType: 'TakeProfit',
        orderStatus: 'Deactivated',
        cancelType: 'CancelByTpSlTsClear',
        cumExecQty: '0',
      },
      {
        orderId: waiting?.orderId,
        orderStatus: 'Filled',
        createType: 'CreateByStopLoss',
        cumExecQty: '0.01',
      },
    ])
  })

  test('a stop on the wrong side of its entry is refused, and so is the order', async () => {
    bench = await startBybit()
    expect((await place({ ...stop, stopLoss: '51000' })).body.retCode).toBe(10001)
    expect((await place({ ...stop, takeProfit: '49000' })).body.retCode).toBe(10001)
    expect(bench.simulator.ledger().accounts[0]?.orders).toEqual([])
  })

  test('a stop is moved, taken off, and refused without a position', async () => {
    bench = await startBybit()
    expect((await set('/v5/position/trading-stop', { stopLoss: '49000' })).body.retCode).toBe(10001)
    await place(stop)
    expect(
      (await set('/v5/position/trading-stop', { stopLoss: '49500', takeProfit: '0' })).body.retCode,
    ).toBe(0)
    expect((await ask('/v5/position/list'))[0]).toMatchObject({ stopLoss: '49500', takeProfit: '' })
    const [moved, ...others] = await ask('/v5/order/realtime', { orderFilter: 'StopOrder' })
    expect(moved).toMatchObject({ triggerPrice: '49500', parentOrderLinkId: '' })
    expect(others).toEqual([])
  })

  test('what is cancelled before it is filled leaves no stop behind', async () => {
    bench = await startBybit()
    await place({ ...stop, orderType: 'Limit', price: '49500', takeProfit: undefined })
    await bench.linear.cancelOrder(undefined as never, symbol, { orderLinkId: 'entry' })
    expect(await ask('/v5/order/realtime', { orderFilter: 'StopOrder' })).toEqual([])
  })
})

describe('what a position costs', () => {
  test('one that its margin no longer covers is taken away, and told as BustTrade', async () => {
    bench = await startBybit([[50_000, 50_000, 44_000, 44_000]], { balances: { USDT: '1000' } })
    await place({ orderType: 'Market', qty: '0.2' })
    expect(Number((await ask('/v5/position/list'))[0]?.liqPrice)).toBeGreaterThan(44_000)
    bench.clock.advance(2 * minuteMs)
    expect(await bench.linear.fetchPositions()).toEqual([])
    const [bust] = await ask('/v5/execution/list')
    expect(bust).toMatchObject({
      execType: 'BustTrade',
      createType: 'CreateByLiq',
      orderLinkId: '',
      side: 'Sell',
    })
    const log = await ask('/v5/account/transaction-log', { symbol: undefined, accountType: 'UNIFIED' })
    const [row] = log
    expect(row?.cashBalance).toBe(bench.simulator.ledger().accounts[0]?.balances.USDT?.free)
  })

  test('the log of the wallet sums up to the wallet, coin by coin', async () => {
    bench = await startBybit()
    await place({ orderType: 'Market' })
    await send(
      bench.simulator.url,
      'POST',
      '/v5/order/create',
      orderBody('spot', { orderType: 'Market', qty: '300' }),
    )
    await place({ orderType: 'Market', side: 'Sell' })
    bench.simulator.hand({ apiKey: keys.apiKey, do: 'deposit', asset: 'BTC', amount: '0.5' })
    bench.simulator.hand({ apiKey: keys.apiKey, do: 'funding', asset: 'USDT', amount: '-1.25' })
    const rows = await ask('/v5/account/transaction-log', { category: undefined, symbol: undefined })
    const { balances } = bench.simulator.ledger().accounts[0] ?? {}
    for (const [coin, start] of [
      ['USDT', 10_000],
      ['BTC', 1],
    ] as const) {
      const changes = rows.filter(({ currency }) => currency === coin).map(({ change }) => Number(change))
      const total = changes.reduce((sum, change) => sum + change, start)
      expect(total).toBeCloseTo(Number(balances?.[coin]?.free), 7)
      expect(rows.find(({ currency }) => currency === coin)?.cashBalance).toBe(balances?.[coin]?.free)
    }
    expect(new Set(rows.map(({ type }) => type))).toEqual(new Set(['SETTLEMENT', 'TRANSFER_IN', 'TRADE']))
  })
})
