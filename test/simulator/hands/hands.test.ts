import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Act } from '#src/simulator/hands/act.ts'
import { startSimulator } from '#src/simulator/simulator.ts'
import { newFolder } from '../support/csv.ts'
import { type Bench, errorOf, futuresKeys, spotKeys, startBench } from '../support/market.ts'

const BTC = 'BTC/USDT:USDT'
let bench: Bench
let home: string
beforeEach(async () => {
  home = newFolder()
  bench = await startBench([[50_000, 50_000, 50_000, 50_000]], { home })
})
afterEach(() => bench.simulator.stop())

const request = async (act: unknown) => {
  const url = `${bench.simulator.url}/__sim/hands`
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(act) })
  return [response.status, await response.json()] as [
    number,
    { error?: string; placed: { clientOrderId: string }[] },
  ]
}
type ActOf<T> = T extends { apiKey: string } ? Omit<T, 'apiKey'> : never
const hand = async (keys: { apiKey: string }, act: ActOf<Act>) => {
  const [status, answer] = await request({ apiKey: keys.apiKey, ...act })
  expect(answer.error).toBeUndefined()
  expect(status).toBe(200)
  return answer
}
const account = (keys: { apiKey: string }) => {
  const [found] = bench.simulator.ledger(keys.apiKey).accounts
  if (found === undefined) throw new Error('no account')
  return found
}
const contracts = async () => {
  const [position] = await bench.futures.fetchPositions([BTC])
  return position?.side === 'short' ? -(position.contracts ?? 0) : (position?.contracts ?? 0)
}
const stop = (clientOrderId: string) =>
  bench.futures.createOrder(BTC, 'market', 'sell', 0.1, undefined, {
    clientOrderId,
    stopLossPrice: 45_000,
    reduceOnly: true,
  })

describe('on futures', () => {
  test.each([
    ['buy', 0.1],
    ['sell', -0.1],
  ] as const)('a position that began with a %s is halved and closed', async (side, size) => {
    await bench.futures.createOrder(BTC, 'market', side, 0.1)
    await hand(futuresKeys, { do: 'sell-half', symbol: 'BTC/USDT' })
    expect(await contracts()).toBeCloseTo(size / 2, 9)
    await hand(futuresKeys, { do: 'close-position' })
    expect(await contracts()).toBe(0)
    const marks = account(futuresKeys).orders.map(({ byHand, reduceOnly }) => [byHand, reduceOnly])
    expect(marks).toEqual([
      [false, false],
      [true, true],
      [true, true],
    ])
  })

  test('one of our stops is canceled, then all of them; our entries stay', async () => {
    await bench.futures.createOrder(BTC, 'limit', 'buy', 0.01, 49_000, { clientOrderId: 'entry' })
    for (const id of ['s-1', 's-2', 's-3']) await stop(id)
    await hand(futuresKeys, { do: 'cancel-order', clientOrderId: 's-1' })
    await hand(futuresKeys, { do: 'cancel-stops' })
    const ends = account(futuresKeys).orders.map(({ clientOrderId, status, endedByHand }) => [
      clientOrderId,
      status,
      endedByHand,
    ])
    expect(ends).toEqual([
      ['entry', 'open', false],
      ['s-1', 'canceled', true],
      ['s-2', 'canceled', true],
      ['s-3', 'canceled', true],
    ])
    await hand(futuresKeys, { do: 'cancel-all' })
    expect(await bench.futures.fetchOpenOrders(BTC)).toEqual([])
  })

  test('orders of the user’s own carry the user’s id, or one of the app’s', async () => {
    const own = { do: 'place-order', symbol: 'BTC/USDT', side: 'buy', quantity: '0.1' } as const
    await hand(futuresKeys, { ...own, type: 'limit', price: '49000', clientOrderId: 'android_1' })
    const { placed } = await hand(futuresKeys, { ...own, type: 'market' })
    await hand(futuresKeys, { ...own, side: 'sell', type: 'stop', stopPrice: '45000', reduceOnly: true })
    expect(placed[0]?.clientOrderId).toMatch(/^web_/)
    expect(await contracts()).toBe(0.1)
    const [resting] = await bench.futures.fetchOpenOrders(BTC)
    expect(resting).toMatchObject({ clientOrderId: 'android_1', price: 49_000 })
    const [stopped] = await bench.futures.fetchOpenOrders(BTC, undefined, undefined, { trigger: true })
    expect(stopped).toMatchObject({ triggerPrice: 45_000, reduceOnly: true })
  })

  test('leverage, and funding that is paid and received', async () => {
    await hand(futuresKeys, { do: 'set-leverage', symbol: 'BTC/USDT', leverage: 3 })
    await hand(futuresKeys, { do: 'funding', amount: '-1.25' })
    await hand(futuresKeys, { do: 'funding', amount: '0.5' })
    expect((await bench.futures.fetchBalance()).USDT?.total).toBe(9999.25)
    await bench.futures.createOrder(BTC, 'market', 'buy', 0.1)
    const [position] = await bench.futures.fetchPositions([BTC])
    expect(position?.leverage).toBe(3)
    expect((await request({ ...futuresKeys, do: 'x' }))[0]).toBe(400)
    const [, { error }] = await request({
      apiKey: futuresKeys.apiKey,
      do: 'set-leverage',
      symbol: 'BNB/USDT',
      leverage: 100,
    })
    expect(error).toBe('leverage: the venue gives at most 75')
  })
})

describe('on spot', () => {
  const balance = async (asset: string) => (await bench.spot.fetchBalance())[asset]?.total

  test('coins are bought, sold, halved and all sold', async () => {
    await hand(spotKeys, { do: 'buy', symbol: 'BTC/USDT', quantity: '0.01' })
    await hand(spotKeys, { do: 'sell', symbol: 'BTC/USDT', quantity: '0.00999' })
    expect(await balance('BTC')).toBe(1)
    await hand(spotKeys, { do: 'sell-half', symbol: 'BTC/USDT' })
    expect(await balance('BTC')).toBe(0.5)
    await hand(spotKeys, { do: 'close-position' })
    expect(await balance('BTC')).toBe(0)
    expect(account(spotKeys).orders.every(({ byHand, fills }) => byHand && fills.length > 0)).toBe(true)
    const trades = await bench.spot.fetchMyTrades('BTC/USDT')
    expect(trades.length).toBe(account(spotKeys).orders.flatMap(({ fills }) => fills).length)
  })

  test('money comes, goes, falls from the sky and is swept together; no more goes than is there', async () => {
    await hand(spotKeys, { do: 'deposit', asset: 'USDT', amount: '500' })
    await hand(spotKeys, { do: 'withdraw', asset: 'USDT', amount: '10400' })
    await hand(spotKeys, { do: 'airdrop', asset: 'ETH', amount: '0.0002' })
    await hand(spotKeys, { do: 'convert-dust', asset: 'ETH' })
    expect([await balance('USDT'), await balance('ETH'), await balance('BNB')]).toEqual([100, 0, 0.001])
    const refused = await request({ apiKey: spotKeys.apiKey, do: 'withdraw', asset: 'USDT', amount: '101' })
    expect(refused).toEqual([400, { error: 'amount: only 100 USDT are free' }])
    const { transfers, hands } = account(spotKeys)
    expect(transfers.map(({ reason, amount }) => `${reason} ${amount}`)).toEqual([
      'deposit 500',
      'withdrawal -10400',
      'airdrop 0.0002',
      'dust -0.0002',
      'dust 0.001',
    ])
    expect(hands.map(({ act }) => act.do)).toEqual(['deposit', 'withdraw', 'airdrop', 'convert-dust'])
  })
})

test('a revoked key answers -2015 to everything until it is restored', async () => {
  await hand(spotKeys, { do: 'revoke-key' })
  expect(await errorOf(bench.spot.fetchBalance())).toBe('AuthenticationError -2015')
  expect(await errorOf(bench.spot.createOrder('BTC/USDT', 'market', 'buy', 0.01))).toBe(
    'AuthenticationError -2015',
  )
  expect(account(spotKeys).isRevoked).toBe(true)
  await hand(spotKeys, { do: 'restore-key' })
  expect((await bench.spot.createOrder('BTC/USDT', 'market', 'buy', 0.01)).status).toBe('closed')
})

test('what the venue refuses is not done and not noted', async () => {
  const { apiKey } = spotKeys
  const cases: [unknown, string][] = [
    [{ apiKey: 'nobody', do: 'close-position' }, 'apiKey: no account has this key'],
    [{ apiKey, do: 'cancel-order', clientOrderId: 'none' }, 'clientOrderId: no open order has this id'],
    [{ apiKey, do: 'sell', symbol: 'BTC/USDT', quantity: '2' }, 'the venue refuses: insufficient-balance'],
    [{ apiKey, do: 'sell-half', symbol: 'ETH/USDT' }, 'symbol: nothing of ETH/USDT is held'],
    [{ apiKey, do: 'buy', symbol: 'NONE/USDT', quantity: '2' }, 'binance spot has no NONE/USDT on this tape'],
    [
      { apiKey, do: 'place-order', symbol: 'BTC/USDT', side: 'buy', type: 'limit', quantity: '1' },
      'price: a limit order needs one',
    ],
  ]
  for (const [act, error] of cases) expect(await request(act)).toEqual([400, { error }])
  expect(account(spotKeys)).toMatchObject({ orders: [], hands: [], transfers: [] })
})

test('what hands and faults have done survives the simulator', async () => {
  bench.simulator.faults.add({ rules: [{ fault: 'partial-fill', share: 0.3, rest: 'stays', times: 1 }] })
  await bench.futures.createOrder(BTC, 'limit', 'buy', 0.1, 50_100)
  await hand(futuresKeys, {
    do: 'place-order',
    symbol: 'BTC/USDT',
    side: 'buy',
    type: 'limit',
    quantity: '0.1',
    price: '48500',
  })
  await hand(spotKeys, { do: 'deposit', asset: 'USDT', amount: '1' })
  await hand(spotKeys, { do: 'revoke-key' })
  const before = bench.simulator.ledger()
  await bench.simulator.stop()
  const again = await startSimulator({ tape: bench.tape, clock: bench.clock, home })
  bench = { ...bench, simulator: again }
  expect(again.ledger()).toEqual(before)
  bench.clock.advance(50_000)
  again.settle()
  const [resting] = again.ledger(futuresKeys.apiKey).accounts[0]?.orders ?? []
  expect(resting).toMatchObject({ status: 'open', filled: '0.03' })
})
