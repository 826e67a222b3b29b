import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { send } from '../support/client.ts'
import { type Bench, errorOf, futuresKeys, idOf, minuteMs, startBench } from '../support/market.ts'

const BTC = 'BTC/USDT:USDT'
let bench: Bench
let count = 0
const nextId = () => `futures-test-${++count}`
const position = async (symbol = BTC) => (await bench.futures.fetchPositions([symbol]))[0]
const wallet = () => Number(bench.simulator.ledger(futuresKeys.apiKey).accounts[0]?.balances.USDT?.free)
const conditional = (clientOrderId: string) =>
  bench.futures.fetchOrder(undefined as unknown as string, BTC, { trigger: true, clientOrderId })
const market = (side: 'buy' | 'sell', amount: number, parameters = {}) =>
  bench.futures.createOrder(BTC, 'market', side, amount, undefined, {
    clientOrderId: nextId(),
    ...parameters,
  })

describe('what the venue refuses, in its own words', () => {
  beforeAll(async () => {
    bench = await startBench()
  })
  afterAll(() => bench.simulator.stop())

  const order = (parameters: Record<string, string>, path = '/fapi/v1/order') =>
    send(bench.simulator.url, futuresKeys, 'POST', path, { symbol: 'BTCUSDT', side: 'BUY', ...parameters })
  const limit = { type: 'LIMIT', timeInForce: 'GTC', quantity: '0.01', price: '49000' }
  const stop = { algoType: 'CONDITIONAL', type: 'STOP_MARKET', side: 'SELL', quantity: '0.01' }
  const algo = '/fapi/v1/algoOrder'
  const cases: [string, () => ReturnType<typeof order>, number, string][] = [
    [
      'below the minimum notional',
      () => order({ type: 'MARKET', quantity: '0.001' }),
      -4164,
      'no smaller than 100',
    ],
    [
      'more than the margin',
      () => order({ type: 'MARKET', quantity: '5' }),
      -2019,
      'Margin is insufficient.',
    ],
    [
      'a limit for more than the margin',
      () => order({ ...limit, quantity: '9' }),
      -2019,
      'Margin is insufficient.',
    ],
    [
      'more digits than the quantity has',
      () => order({ type: 'MARKET', quantity: '0.0105' }),
      -1111,
      'Precision is over',
    ],
    [
      'more digits than the price has',
      () => order({ ...limit, price: '49000.05' }),
      -1111,
      'Precision is over',
    ],
    [
      'a quantity of nothing',
      () => order({ type: 'MARKET', quantity: '0' }),
      -4003,
      'Quantity less than or equal to zero.',
    ],
    ['a price above the band', () => order({ ...limit, price: '53000' }), -4016, "can't be higher"],
    ['a price below the band', () => order({ ...limit, price: '47000' }), -4024, "can't be lower"],
    [
      'a reduction of nothing',
      () => order({ type: 'MARKET', quantity: '0.01', reduceOnly: 'true' }),
      -2022,
      'ReduceOnly Order is rejected.',
    ],
    [
      'post-only that would take',
      () => order({ ...limit, timeInForce: 'GTX', price: '50100' }),
      -5022,
      'could not be executed as maker',
    ],
    [
      'a stop on the plain endpoint',
      () => order({ type: 'STOP_MARKET', quantity: '0.01', stopPrice: '49000' }),
      -4120,
      'Algo Order API',
    ],
    [
      'a side of hedge mode',
      () => order({ ...limit, positionSide: 'LONG' }),
      -4061,
      'position side does not match',
    ],
    [
      'a stop already reached',
      () => order({ ...stop, triggerPrice: '50100' }, algo),
      -2021,
      'Order would immediately trigger.',
    ],
    ['a conditional without a price', () => order(stop, algo), -1102, "'triggerPrice' was not sent"],
    [
      'a conditional of another kind',
      () => order({ ...stop, type: 'TRAILING', triggerPrice: '1' }, algo),
      -1116,
      'Invalid orderType.',
    ],
    [
      'leverage beyond the venue’s',
      () => order({ leverage: '126' }, '/fapi/v1/leverage'),
      -4028,
      'Leverage 126 is not valid',
    ],
    [
      'the margin type it has',
      () => order({ marginType: 'CROSSED' }, '/fapi/v1/marginType'),
      -4046,
      'No need to change margin type.',
    ],
    [
      'the position mode it has',
      () => order({ dualSidePosition: 'false' }, '/fapi/v1/positionSide/dual'),
      -4059,
      'No need to change position side.',
    ],
  ]
  test.each(cases)('%s', async (_, ask, code, text) => {
    const { status, answer } = await ask()
    expect([status, answer.code]).toEqual([400, code])
    expect(answer.msg).toContain(text)
    expect(bench.simulator.ledger(futuresKeys.apiKey).accounts[0]?.orders).toEqual([])
  })

  test('ccxt classes, which depend on the venue’s own address', async () => {
    const { futures } = bench
    expect(await errorOf(market('buy', 5))).toBe('InsufficientFunds -2019')
    expect(await errorOf(market('buy', 0.01, { reduceOnly: true }))).toBe('InvalidOrder -2022')
    expect(await errorOf(futures.fetchOrder('17', BTC))).toBe('OrderNotFound -2013')
    expect(await errorOf(futures.cancelOrder('17', BTC))).toBe('OrderNotFound -2011')
    expect(await errorOf(conditional('none'))).toBe('OrderNotFound -2013')
    expect(await errorOf(futures.setMarginMode('cross', BTC))).toBe('MarginModeAlreadySet -4046')
    const clientOrderId = nextId()
    const rest = () => futures.createOrder(BTC, 'limit', 'buy', 0.01, 49_000, { clientOrderId })
    const resting = await rest()
    expect(await errorOf(rest())).toBe('InvalidOrder -4116')
    await futures.cancelOrder(idOf(resting), BTC)
    expect((await rest()).status).toBe('open')
  })
})

describe('positions', () => {
  beforeAll(async () => {
    bench = await startBench([
      [50_000, 51_000, 50_000, 51_000],
      [51_000, 51_000, 48_000, 48_500],
      [48_500, 48_600, 48_400, 48_500],
      [48_500, 52_000, 48_500, 51_900],
      [51_900, 51_900, 51_900, 51_900],
    ])
  })
  afterAll(() => bench.simulator.stop())

  test('a long: margin by leverage, profit at the mark, fee from the wallet, closed by a reduction', async () => {
    const { futures, clock } = bench
    await futures.setLeverage(10, BTC)
    const entry = await market('buy', 0.1)
    expect(entry).toMatchObject({ status: 'closed', filled: 0.1, reduceOnly: false })
    const open = await position()
    expect(open).toMatchObject({
      side: 'long',
      contracts: 0.1,
      entryPrice: entry.average,
      marginMode: 'cross',
      leverage: 10,
    })
    expect(open?.initialMargin).toBeCloseTo(500, 0)
    expect(wallet()).toBeCloseTo(10_000 - (entry.cost as number) * 0.0005, 6)
    const { USDT } = await futures.fetchBalance()
    expect(USDT?.used).toBeCloseTo(500, 0)
    expect(USDT?.free).toBeLessThan(9_500)
    clock.advance(minuteMs)
    expect((await position())?.unrealizedPnl).toBeCloseTo((51_000 - (entry.average as number)) * 0.1, 2)

    const exit = await market('sell', 0.25, { reduceOnly: true })
    expect(exit).toMatchObject({ status: 'closed', filled: 0.1, amount: 0.1 })
    expect(await position()).toBeUndefined()
    const trades = await futures.fetchMyTrades(BTC)
    const { realizedPnl } = trades.at(-1)?.info ?? {}
    expect(Number(realizedPnl)).toBeCloseTo((exit.cost as number) - (entry.cost as number), 6)
  })

  test('a short that is stopped: the conditional order becomes another, which fills and can be followed', async () => {
    const { futures, clock } = bench
    const entry = await market('sell', 0.1)
    expect(await position()).toMatchObject({ side: 'short', contracts: 0.1 })
    const stopId = nextId()
    await market('buy', 0.1, { clientOrderId: stopId, stopLossPrice: 51_500, reduceOnly: true })
    const profitId = nextId()
    await market('buy', 0.05, { clientOrderId: profitId, takeProfitPrice: 48_200, reduceOnly: true })
    expect(await errorOf(market('buy', 0.1, { clientOrderId: stopId, stopLossPrice: 51_500 }))).toBe(
      'InvalidOrder -4116',
    )
    expect((await futures.fetchOpenOrders(BTC)).length).toBe(0)
    expect((await futures.fetchOpenOrders(BTC, undefined, undefined, { trigger: true })).length).toBe(2)

    clock.advance(minuteMs)
    expect((await conditional(profitId)).status).toBe('closed')
    expect((await conditional(stopId)).status).toBe('open')
    expect(await position()).toMatchObject({ side: 'short', contracts: 0.05 })
    const { actualOrderId } = (await conditional(profitId)).info as { actualOrderId: string }
    const became = await futures.fetchOrder(actualOrderId, BTC)
    expect(became).toMatchObject({ status: 'closed', filled: 0.05, reduceOnly: true })
    expect(became.average).toBeLessThan(entry.average as number)
    expect((await futures.fetchMyTrades(BTC)).at(-1)?.order).toBe(actualOrderId)

    clock.advance(2 * minuteMs)
    expect(await conditional(stopId)).toMatchObject({ status: 'closed' })
    expect(await position()).toBeUndefined()
    expect((await futures.fetchOpenOrders(BTC, undefined, undefined, { trigger: true })).length).toBe(0)
  })

  test('conditional orders are canceled by their own id', async () => {
    const { futures } = bench
    const clientOrderId = nextId()
    const stop = await market('sell', 0.01, { clientOrderId, stopLossPrice: 45_000 })
    await futures.cancelOrder(idOf(stop), BTC, { trigger: true })
    expect((await conditional(clientOrderId)).status).toBe('canceled')
    const again = await market('sell', 0.01, { clientOrderId, stopLossPrice: 45_000 })
    await futures.cancelOrder(undefined as unknown as string, BTC, { trigger: true, clientOrderId })
    expect(await errorOf(futures.cancelOrder(idOf(again), BTC, { trigger: true }))).toBe(
      'OrderNotFound -2011',
    )
  })

  test('an order through the position turns it round', async () => {
    await market('buy', 0.1)
    await market('sell', 0.3)
    expect(await position()).toMatchObject({ side: 'short', contracts: 0.2 })
    await market('buy', 0.2)
    expect(await position()).toBeUndefined()
  })

  test('resting orders hold margin, unless they reduce', async () => {
    const { futures } = bench
    const used = async () => (await futures.fetchBalance()).USDT?.used
    const resting = await futures.createOrder(BTC, 'limit', 'buy', 0.1, 50_000)
    expect(await used()).toBe(500)
    await futures.cancelOrder(idOf(resting), BTC)
    expect(await used()).toBe(0)
    await market('buy', 0.1)
    const held = await used()
    const reducing = await futures.createOrder(BTC, 'limit', 'sell', 0.1, 53_000, { reduceOnly: true })
    expect(await used()).toBe(held)
    await market('sell', 0.1)
    expect((await futures.fetchOrder(idOf(reducing), BTC)).status).toBe('expired')
  })

  test('two markets share one wallet', async () => {
    await market('buy', 0.1)
    await bench.futures.createOrder('ETH/USDT:USDT', 'market', 'sell', 1)
    const positions = await bench.futures.fetchPositions()
    expect(positions.map(({ symbol, side }) => [symbol, side])).toEqual([
      [BTC, 'long'],
      ['ETH/USDT:USDT', 'short'],
    ])
    const { info, USDT } = await bench.futures.fetchBalance()
    const { totalMarginBalance, totalInitialMargin, availableBalance } = info as Record<string, string>
    expect(Number(availableBalance)).toBeCloseTo(Number(totalMarginBalance) - Number(totalInitialMargin), 6)
    expect(USDT?.total).toBe(Number(totalMarginBalance))
  })
})

test('fees in BNB are nine tenths of the usual ones, from the futures wallet’s BNB', async () => {
  bench = await startBench()
  const keys = { apiKey: 'futures-with-bnb', secret: 'futures-with-bnb' }
  bench.simulator.addAccount({
    venue: 'binance',
    market: 'futures',
    ...keys,
    balances: { USDT: '1000', BNB: '1' },
    settings: { feeBurn: 'true' },
  })
  await send(bench.simulator.url, keys, 'POST', '/fapi/v1/order', {
    symbol: 'BTCUSDT',
    side: 'BUY',
    type: 'MARKET',
    quantity: '0.01',
  })
  const [account] = bench.simulator.ledger(keys.apiKey).accounts
  const [fill] = account?.orders[0]?.fills ?? []
  expect(fill?.feeCurrency).toBe('BNB')
  expect(Number(fill?.fee)).toBeCloseTo((Number(fill?.quoteQuantity) * 0.00045) / 500, 8)
  expect(account?.balances.USDT?.free).toBe('1000')
  await bench.simulator.stop()
})
