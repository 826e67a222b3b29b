import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Bench, errorOf, futuresKeys, idOf, minuteMs, startBench } from '../support/market.ts'

const BTC = 'BTC/USDT:USDT'
const none = undefined as unknown as string
let bench: Bench
beforeEach(async () => {
  bench = await startBench([
    [50_000, 50_000, 50_000, 50_000],
    [50_000, 50_000, 48_000, 48_000],
    [48_000, 48_000, 48_000, 48_000],
    [48_000, 51_000, 48_000, 51_000],
    [51_000, 51_000, 48_000, 48_000],
    [48_000, 48_000, 48_000, 48_000],
  ])
})
afterEach(() => bench.simulator.stop())

const market = (side: 'buy' | 'sell', amount: number, parameters = {}) =>
  bench.futures.createOrder(BTC, 'market', side, amount, undefined, parameters)
const stop = (clientOrderId: string, parameters = {}) =>
  market('sell', 0.1, { clientOrderId, stopLossPrice: 49_000, reduceOnly: true, ...parameters })
const asked = (clientOrderId: string) => bench.futures.fetchOrder(none, BTC, { trigger: true, clientOrderId })
const open = () => bench.futures.fetchOpenOrders(BTC, undefined, undefined, { trigger: true })
const held = async () => (await bench.futures.fetchPositions([BTC]))[0]?.contracts ?? 0
const statusOf = async (id: string) => ((await asked(id)).info as { algoStatus: string }).algoStatus

test('a stop is known by its client id from the answer on, and listed among the open ones', async () => {
  await market('buy', 0.1)
  const answer = await stop('s-1')
  expect(answer).toMatchObject({
    clientOrderId: 's-1',
    status: 'open',
    triggerPrice: 49_000,
    reduceOnly: true,
  })
  expect(await asked('s-1')).toMatchObject({ id: answer.id, clientOrderId: 's-1', status: 'open', filled: 0 })
  expect((await open()).map(({ clientOrderId }) => clientOrderId)).toEqual(['s-1'])
  expect(await bench.futures.fetchOpenOrders(BTC)).toEqual([])
  expect(await errorOf(bench.futures.fetchOrder(none, BTC, { clientOrderId: 's-1' }))).toBe(
    'OrderNotFound -2013',
  )
})

test('two stops may rest side by side; what the first leaves nothing of, the second is refused', async () => {
  await market('buy', 0.1)
  await stop('old', { stopLossPrice: 48_900 })
  await stop('new', { stopLossPrice: 49_000 })
  bench.clock.advance(2 * minuteMs)
  expect([await statusOf('new'), await statusOf('old')]).toEqual(['FINISHED', 'REJECTED'])
  expect((await asked('old')).status).toBe('rejected')
  expect(await held()).toBe(0)
})

test.each([
  ['reduceOnly', {}],
  ['closePosition', { reduceOnly: undefined, closePosition: true }],
])('%s: a triggered stop is followed to its order and its fills', async (_, parameters) => {
  await market('buy', 0.1)
  await stop('s-1', parameters)
  bench.clock.advance(2 * minuteMs)
  const triggered = await asked('s-1')
  expect(triggered).toMatchObject({ status: 'closed', clientOrderId: 's-1' })
  const { actualOrderId } = triggered.info as { actualOrderId: string }
  const became = await bench.futures.fetchOrder(actualOrderId, BTC)
  expect(became).toMatchObject({ id: actualOrderId, clientOrderId: 's-1', status: 'closed', filled: 0.1 })
  const fills = (await bench.futures.fetchMyTrades(BTC)).filter(({ order }) => order === actualOrderId)
  expect(fills.reduce((sum, { amount }) => sum + (amount ?? 0), 0)).toBeCloseTo(0.1, 9)
  expect(await held()).toBe(0)
  const orders = bench.simulator.ledger(futuresKeys.apiKey).accounts[0]?.orders ?? []
  const [, conditional, child] = orders
  expect(conditional).toMatchObject({ isConditional: true, becameOrderId: Number(actualOrderId), fills: [] })
  expect(child).toMatchObject({ orderId: Number(actualOrderId), bornOf: conditional?.orderId })
})

test('a stop for more than is held closes what is held, and turns nothing round', async () => {
  await market('buy', 0.1)
  await stop('s-1')
  await market('sell', 0.06)
  bench.clock.advance(2 * minuteMs)
  expect(await statusOf('s-1')).toBe('FINISHED')
  expect(await held()).toBe(0)
})

test('a stop outlives its position, and would meet the next one', async () => {
  await market('buy', 0.1)
  await stop('orphan')
  await stop('whole', { reduceOnly: undefined, closePosition: true, stopLossPrice: 48_900 })
  await market('sell', 0.1, { reduceOnly: true })
  expect([await statusOf('orphan'), await statusOf('whole')]).toEqual(['NEW', 'NEW'])
  bench.clock.advance(2 * minuteMs)
  expect([await statusOf('orphan'), await statusOf('whole')]).toEqual(['REJECTED', 'REJECTED'])
})

test('one that asked for it ends with its position', async () => {
  await market('buy', 0.1)
  await stop('bound', { timeInForce: 'GTE_GTC' })
  await market('sell', 0.1, { reduceOnly: true })
  expect(await statusOf('bound')).toBe('EXPIRED')
  expect(await open()).toEqual([])
})

test('canceled by client id, once; a triggered one cannot be', async () => {
  await market('buy', 0.1)
  await stop('s-1')
  const cancel = (clientOrderId: string) =>
    bench.futures.cancelOrder(none, BTC, { trigger: true, clientOrderId })
  expect((await cancel('s-1')).clientOrderId).toBe('s-1')
  expect(await errorOf(cancel('s-1'))).toBe('OrderNotFound -2011')
  expect(await statusOf('s-1')).toBe('CANCELED')
  const { id } = await stop('s-2')
  bench.clock.advance(2 * minuteMs)
  expect(await errorOf(cancel('s-2'))).toBe('OrderNotFound -2011')
  expect((await bench.futures.fetchOrder(idOf({ id }), BTC, { trigger: true })).status).toBe('closed')
})

test('a stop that sleeps through its price stays open over an open position', async () => {
  bench.simulator.faults.add({ rules: [{ fault: 'stop-asleep', match: { path: '/fapi/v1/algoOrder' } }] })
  await market('buy', 0.1)
  await stop('asleep')
  bench.clock.advance(2 * minuteMs)
  expect(await statusOf('asleep')).toBe('NEW')
  expect(await held()).toBe(0.1)
})

test('a stop that is filled in part leaves the rest of the position open', async () => {
  await market('buy', 0.1)
  bench.simulator.faults.add({ rules: [{ fault: 'partial-fill', share: 0.4 }] })
  await stop('part')
  bench.clock.advance(2 * minuteMs)
  const { actualOrderId } = (await asked('part')).info as { actualOrderId: string }
  expect(await bench.futures.fetchOrder(actualOrderId, BTC)).toMatchObject({
    status: 'expired',
    filled: 0.04,
  })
  expect(await held()).toBeCloseTo(0.06, 9)
})
