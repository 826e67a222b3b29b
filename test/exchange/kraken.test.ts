import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { OrderOutcomeUnknown, OrderRejected, VenueUnavailable } from '#src/errors.ts'
import { openFeed } from '#src/exchange/market-feed.ts'
import { approve, type OrderRequest } from '#src/exchange/order-request.ts'
import { krakenSpot } from '#src/exchange/venues/kraken-market.ts'
import { openFloor, secretKey, type Trader } from '#test/support/floor.ts'
import { runNode } from '#test/support/program.ts'
import { ask } from '../simulator/kraken/support/bench.ts'

const floor = await openFloor()
const BTC = 'BTC/USDT'
const newId = () => randomBytes(16).toString('hex')
const now = () => ({ wallMs: Date.now(), monotonicMs: performance.now() })
const request = (change: Partial<OrderRequest> = {}, claimedAt = now()) =>
  approve<OrderRequest>(
    {
      symbol: BTC,
      side: 'buy',
      type: 'market',
      quantity: '0.001',
      clientOrderId: newId(),
      isReduceOnly: false,
      ...change,
    },
    claimedAt,
  )
const open = async (options: Partial<Parameters<typeof floor.trader>[0]> = {}) => {
  const trader = await floor.trader({ market: 'spot', exchange: 'kraken', ...options })
  return { trader, venue: await floor.gateway.account(trader.account.id) }
}
const truth = ({ apiKey }: Trader) => {
  const [account] = floor.simulator.ledger(apiKey).accounts
  if (account === undefined) throw new Error('no account')
  return account
}
const low = { type: 'limit', price: '20000' } as const

describe('what goes wrong', () => {
  test('refusals are certain, and say what to do', async () => {
    const { trader, venue } = await open({ balances: { USDT: '100' } })
    const refused = (change: Partial<OrderRequest>) => venue.placeOrder(request(change))
    await expect(refused({ quantity: '1' })).rejects.toMatchObject({ code: 'insufficient-funds' })
    await expect(refused({ quantity: '0.00001' })).rejects.toMatchObject({ code: 'filter' })
    await expect(refused({ ...low, price: '20000.05' })).rejects.toThrow(OrderRejected)
    await expect(refused({ isReduceOnly: true })).rejects.toMatchObject({ code: 'reduce-only-not-valid' })
    await expect(refused({ symbol: 'PEPE/USDT' })).rejects.toThrow('does not trade PEPE/USDT')
    expect(truth(trader).orders).toEqual([])
  })

  test('an id that is taken is an order that may be there: it is looked up, under both manners', async () => {
    for (const manners of ['lenient', 'strict']) {
      const { trader, venue } = await open({ settings: { manners } })
      const order = request(low)
      const placed = await venue.placeOrder(order)
      await expect(venue.placeOrder(approve(order, now()))).rejects.toThrow(OrderOutcomeUnknown)
      expect(await venue.orderByClientId(order)).toMatchObject({
        venueOrderId: placed.venueOrderId,
        status: 'open',
      })
      expect(truth(trader).orders).toHaveLength(1)
    }
  })

  test('an order that comes late dies by its deadline, and nothing has happened', async () => {
    const { trader, venue } = await open()
    await venue.serverTime()
    const order = request({}, { ...now(), wallMs: Date.now() - 1_000 })
    floor.simulator.faults.add({
      rules: [{ fault: 'late-accept', afterMs: 7_000, match: { apiKey: trader.apiKey } }],
    })
    await expect(venue.placeOrder(order)).rejects.toThrow(OrderOutcomeUnknown)
    floor.simulator.faults.remove()
    await expect
      .poll(() => floor.simulator.faults.report(), { timeout: 15_000, interval: 250 })
      .toSatisfy((report) => JSON.stringify(report).includes('EService:Deadline elapsed'))
    expect(truth(trader).orders).toEqual([])
    expect(await venue.orderByClientId(order)).toBeUndefined()
  })

  test('an answer that was lost, was cut short or names no order leaves the outcome open, and the order is found', async () => {
    for (const fault of [
      'drop-after-accept',
      'truncated-body',
      'empty-body',
      'html-body',
      'order-without-id',
    ] as const) {
      const { trader, venue } = await open()
      const match = { apiKey: trader.apiKey, request: 'order' } as const
      floor.simulator.faults.add({ rules: [{ fault, match, times: 1 }] })
      const order = request()
      await expect(venue.placeOrder(order)).rejects.toThrow(OrderOutcomeUnknown)
      floor.simulator.faults.remove()
      expect(await venue.orderByClientId(order)).toMatchObject({ status: 'filled', filled: '0.001' })
    }
  })

  test('a busy venue proves nothing of an order, and a question is asked again', async () => {
    const { trader, venue } = await open()
    const rule = { fault: '-1007-executed', match: { apiKey: trader.apiKey }, times: 1 } as const
    floor.simulator.faults.add({ rules: [rule] })
    await expect(venue.placeOrder(request())).rejects.toThrow(OrderOutcomeUnknown)
    floor.simulator.faults.remove()
    floor.simulator.faults.add({ rules: [rule] })
    await expect(venue.balances()).rejects.toThrow(VenueUnavailable)
    floor.simulator.faults.remove()
    expect(truth(trader).orders).toHaveLength(1)
  })

  test('a key that another program has signed ahead of is not now, and nothing has happened', async () => {
    const { trader, venue } = await open()
    const secret = Buffer.from(`secret-${trader.account.userId}`).toString('base64')
    const ahead = { own: { apiKey: trader.apiKey, secret }, nonce: String((Date.now() + 3_600_000) * 1_000) }
    expect((await ask(floor.simulator.url, 'Balance', {}, ahead)).error).toEqual([])
    await expect(venue.balances()).rejects.toThrow(VenueUnavailable)
    await expect(venue.placeOrder(request())).rejects.toMatchObject({
      name: 'VenueUnavailable',
      message: expect.stringContaining('EAPI:Invalid nonce'),
      advice: 'give Bullpen a key that nothing else uses',
    })
    expect(truth(trader).orders).toEqual([])
  })

  test('a key that may withdraw is seen, one that may not trade, too', async () => {
    const withdrawing = await open({ mayWithdraw: true })
    expect(await withdrawing.venue.keyPermissions()).toMatchObject({ canWithdraw: true, canTrade: true })
    const reading = await open({
      settings: { permissions: 'query-funds,query-open-trades,query-closed-trades' },
    })
    expect(await reading.venue.keyPermissions()).toEqual({
      canTrade: false,
      canWithdraw: false,
      isIpRestricted: false,
    })
    await expect(reading.venue.placeOrder(request())).rejects.toMatchObject({ code: 'invalid-key' })
  })
})

describe('an account', () => {
  test('places, finds, reads and takes back; what it is told sums up to what it has', async () => {
    const { trader, venue } = await open({ balances: { USDT: '10000', BTC: '0.5' } })
    const startedMs = (await venue.serverTime()) - 2_000
    const buy = request({ quantity: '0.01' })
    const placed = await venue.placeOrder(buy)
    expect(placed).toMatchObject({ clientOrderId: buy.clientOrderId, status: 'open', filled: '0' })
    const found = await venue.orderByClientId(buy)
    expect(found).toMatchObject({
      venueOrderId: placed.venueOrderId,
      status: 'filled',
      filled: '0.01',
      symbol: BTC,
    })
    const fills = await venue.fillsOf({ symbol: BTC, venueOrderId: placed.venueOrderId })
    const [order] = truth(trader).orders
    expect(fills.map(({ price, quantity, fee }) => ({ price, quantity, fee }))).toEqual(
      order?.fills.map(({ price, quantity, fee }) => ({ price, quantity, fee })),
    )
    expect(fills.every(({ feeCurrency, isMaker }) => feeCurrency === 'USDT' && !isMaker)).toBe(true)
    expect(await venue.fillsSince(BTC, startedMs)).toEqual(fills)

    const rest = request({ ...low, quantity: '0.02' })
    await venue.placeOrder(rest)
    expect(await venue.openOrders(BTC)).toMatchObject([{ clientOrderId: rest.clientOrderId, price: '20000' }])
    expect(await venue.openOrders('ETH/USDT')).toEqual([])
    const held = (await venue.balances()).find(({ currency }) => currency === 'USDT')
    expect(Number(held?.total) - Number(held?.free)).toBeCloseTo(401.6, 8)
    expect(await venue.cancelOrder(rest)).toBeUndefined()
    expect(await venue.orderByClientId(rest)).toMatchObject({ status: 'canceled', filled: '0' })
    expect(await venue.orderByClientId(rest)).not.toHaveProperty('isExpired')
    expect(await venue.cancelOrder(rest)).toBeUndefined()
    expect(await venue.orderByClientId({ symbol: BTC, clientOrderId: newId() })).toBeUndefined()

    const since = await venue.ordersSince(BTC, startedMs)
    expect(since.map(({ clientOrderId }) => clientOrderId)).toEqual([buy.clientOrderId, rest.clientOrderId])
    const balances = await venue.balances()
    for (const { currency, total } of balances) {
      const { free, locked } = truth(trader).balances[currency] ?? { free: '0', locked: '0' }
      expect(Number(total)).toBeCloseTo(Number(free) + Number(locked), 10)
    }
    expect(balances.map(({ currency }) => currency).sort()).toEqual(['BTC', 'USDT'])
    expect(await venue.positions()).toEqual([])
  })

  test('deposits and withdrawals are told, executions are not among them', async () => {
    const { trader, venue } = await open()
    const startedMs = (await venue.serverTime()) - 2_000
    await venue.placeOrder(request())
    floor.simulator.hand({ apiKey: trader.apiKey, do: 'deposit', asset: 'USDT', amount: '25' })
    floor.simulator.hand({ apiKey: trader.apiKey, do: 'withdraw', asset: 'BTC', amount: '0.0004' })
    const movements = await venue.movementsSince(startedMs)
    expect(movements?.map(({ kind, currency, amount }) => ({ kind, currency, amount }))).toEqual(
      expect.arrayContaining([
        { kind: 'deposit', currency: 'USDT', amount: '25' },
        { kind: 'withdrawal', currency: 'BTC', amount: '-0.0004' },
      ]),
    )
    expect(movements).toHaveLength(2)
  })

  test('histories of more than a page are read to their end', async () => {
    const { venue } = await open()
    const startedMs = (await venue.serverTime()) - 2_000
    for (let k = 0; k < 60; k += 1) await venue.placeOrder(request({ quantity: '0.0001' }))
    const fills = await venue.fillsSince(BTC, startedMs)
    expect(new Set(fills.map(({ venueOrderId }) => venueOrderId)).size).toBe(60)
    expect(await venue.ordersSince(BTC, startedMs)).toHaveLength(60)
  })
})

test('two processes with one key: every order once, and no number refused', async () => {
  const { trader } = await open()
  const fixture = fileURLToPath(new URL('fixtures/kraken-asker.ts', import.meta.url))
  const ids = Array.from({ length: 16 }, newId)
  const run = (own: readonly string[]) =>
    runNode([fixture, floor.database.url, floor.simulator.url, secretKey, trader.account.id, ...own]).ended
  const ended = await Promise.all([run(ids.slice(0, 8)), run(ids.slice(8))])
  expect(ended.map(({ output }) => output.trim())).toEqual(['', ''])
  expect(
    truth(trader)
      .orders.map(({ clientOrderId }) => clientOrderId)
      .sort(),
  ).toEqual(ids.toSorted())
})

describe('public data', () => {
  const address = async () => floor.simulator.url
  const feed = () => openFeed({ source: krakenSpot, address, marketNow: Date.now, speed: 1 })

  test('lists pairs by their common names, with what they accept', async () => {
    expect(await feed().filters(BTC)).toMatchObject({
      symbol: BTC,
      tickSize: '0.1',
      stepSize: '0.00000001',
      minQuantity: '0.00005',
      minNotional: '0.5',
    })
    expect(await feed().symbols()).toContain('DOGE/USDT')
  })

  test('has prices and candles of all that is listed, no more than 720', async () => {
    const prices = await feed().prices()
    expect([...prices.keys()].sort()).toEqual((await feed().symbols()).toSorted())
    const candles = await feed().candles(BTC, '1h', 1_000)
    expect(candles.length).toBeLessThanOrEqual(720)
    expect(candles.length).toBeGreaterThan(700)
    expect(
      candles.every(
        ({ openTimeMs }, at) => at === 0 || openTimeMs - (candles[at - 1]?.openTimeMs ?? 0) === 3_600_000,
      ),
    ).toBe(true)
    expect(await feed().candles(BTC, '5m', 10)).toHaveLength(10)
  })
})
