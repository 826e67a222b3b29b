import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sum } from '#src/domain/decimal.ts'
import { send } from '../support/client.ts'
import { type Bench, errorOf, idOf, minuteMs, spotKeys, startBench } from '../support/market.ts'

const BTC = 'BTC/USDT'
let bench: Bench
let count = 0
const nextId = () => `spot-test-${++count}`
const byId = (clientOrderId: string) =>
  bench.spot.fetchOrder(undefined as unknown as string, BTC, { clientOrderId })
const ledger = () => {
  const [account] = bench.simulator.ledger(spotKeys.apiKey).accounts
  if (account === undefined) throw new Error('no account')
  return account
}

describe('what the venue refuses, in its own words', () => {
  beforeAll(async () => {
    bench = await startBench()
  })
  afterAll(() => bench.simulator.stop())

  const order = (parameters: Record<string, string>) =>
    send(
      bench.simulator.url,
      spotKeys,
      'POST',
      '/api/v3/order',
      { symbol: 'BTCUSDT', side: 'BUY', ...parameters },
      { inBody: true },
    )
  const limit = { type: 'LIMIT', timeInForce: 'GTC', quantity: '0.01', price: '49000' }
  const cases: [string, Record<string, string>, number, string][] = [
    [
      'below the minimum notional',
      { type: 'MARKET', quantity: '0.00009' },
      -1013,
      'Filter failure: NOTIONAL',
    ],
    ['quote amount below it', { type: 'MARKET', quoteOrderQty: '4.9' }, -1013, 'Filter failure: NOTIONAL'],
    ['quantity off its step', { ...limit, quantity: '0.012345' }, -1013, 'Filter failure: LOT_SIZE'],
    ['quantity below one step', { ...limit, quantity: '0' }, -1013, 'Filter failure: LOT_SIZE'],
    [
      'market quantity too large',
      { type: 'MARKET', quantity: '5000' },
      -1013,
      'Filter failure: MARKET_LOT_SIZE',
    ],
    ['price off its tick', { ...limit, price: '49000.001' }, -1013, 'Filter failure: PRICE_FILTER'],
    ['price far above', { ...limit, price: '260000' }, -1013, 'Filter failure: PERCENT_PRICE_BY_SIDE'],
    ['price far below', { ...limit, price: '9000' }, -1013, 'Filter failure: PERCENT_PRICE_BY_SIDE'],
    [
      'too little money',
      { ...limit, quantity: '1' },
      -2010,
      'Account has insufficient balance for requested action.',
    ],
    [
      'too little money at market',
      { type: 'MARKET', quantity: '1' },
      -2010,
      'Account has insufficient balance',
    ],
    [
      'too little to sell',
      { side: 'SELL', type: 'MARKET', quantity: '2' },
      -2010,
      'Account has insufficient balance',
    ],
    [
      'a maker that would take',
      { type: 'LIMIT_MAKER', quantity: '0.01', price: '50100' },
      -2010,
      'Order would immediately match and take.',
    ],
    [
      'a stop already reached',
      { side: 'SELL', type: 'STOP_LOSS', quantity: '0.01', stopPrice: '50100' },
      -2010,
      'Stop price would trigger immediately.',
    ],
    ['a symbol it does not know', { ...limit, symbol: 'PEPEUSDT' }, -1121, 'Invalid symbol.'],
    ['no symbol', { ...limit, symbol: '' }, -1102, "Mandatory parameter 'symbol' was not sent"],
    ['no quantity', { type: 'MARKET' }, -1102, "Mandatory parameter 'quantity' was not sent"],
    [
      'no price',
      { type: 'LIMIT', timeInForce: 'GTC', quantity: '0.01' },
      -1102,
      "Mandatory parameter 'price' was not sent",
    ],
    [
      'no time in force',
      { type: 'LIMIT', quantity: '0.01', price: '49000' },
      -1102,
      "Mandatory parameter 'timeInForce'",
    ],
    ['a time in force it does not know', { ...limit, timeInForce: 'GTX' }, -1115, 'Invalid timeInForce.'],
    ['a type it does not know', { ...limit, type: 'STOP_MARKET' }, -1116, 'Invalid orderType.'],
    ['a side it does not know', { ...limit, side: 'LONG' }, -1117, 'Invalid side.'],
    [
      'a price on a market order',
      { type: 'MARKET', quantity: '0.01', price: '1' },
      -1106,
      "Parameter 'price' sent when not required.",
    ],
    [
      'reduceOnly, which spot does not have',
      { ...limit, reduceOnly: 'true' },
      -1104,
      'Not all sent parameters were read',
    ],
    [
      'an id with a space',
      { ...limit, newClientOrderId: 'a b' },
      -1100,
      "Illegal characters found in parameter 'newClientOrderId'",
    ],
    [
      'an id of 37 characters',
      { ...limit, newClientOrderId: 'a'.repeat(37) },
      -1100,
      "parameter 'newClientOrderId'",
    ],
    [
      'a quantity that is no number',
      { ...limit, quantity: '1e-3' },
      -1100,
      "Illegal characters found in parameter 'quantity'",
    ],
    [
      'a quantity of nine digits',
      { ...limit, quantity: '0.010000001' },
      -1111,
      "Parameter 'quantity' has too much precision.",
    ],
  ]
  test.each(cases)('%s', async (_, parameters, code, text) => {
    const { status, answer } = await order(parameters)
    expect(status).toBe(400)
    expect(answer.code).toBe(code)
    expect(answer.msg).toContain(text)
    expect(ledger().orders).toEqual([])
    expect(ledger().balances).toEqual({
      USDT: { free: '10000', locked: '0' },
      BTC: { free: '1', locked: '0' },
    })
  })

  test('orders that do not exist, by either id', async () => {
    expect(await errorOf(byId('never-sent'))).toBe('OrderNotFound -2013')
    expect(await errorOf(bench.spot.fetchOrder('17', BTC))).toBe('OrderNotFound -2013')
    expect(await errorOf(bench.spot.cancelOrder('17', BTC))).toBe('OrderNotFound -2011')
  })

  test('ccxt classes: the ones its users meet', async () => {
    const { spot } = bench
    expect(await errorOf(spot.createOrder(BTC, 'market', 'buy', 1))).toBe(
      'InsufficientFunds binance Account has insufficient balance for requested action.',
    )
    expect(await errorOf(spot.createOrder(BTC, 'market', 'buy', 0.00005))).toBe('BadRequest -1013')
    expect(await errorOf(spot.createOrder(BTC, 'market', 'sell', 0.1, undefined, { reduceOnly: true }))).toBe(
      'BadRequest -1104',
    )
  })
})

describe('trading', () => {
  beforeAll(async () => {
    bench = await startBench([
      [50_000, 50_000, 49_000, 49_900],
      [49_900, 51_000, 49_900, 50_500],
      [50_500, 50_500, 47_000, 47_500],
      [47_500, 48_000, 47_400, 48_000],
      [48_000, 48_000, 48_000, 48_000],
    ])
  })
  afterAll(() => bench.simulator.stop())

  test('an id is taken while its order is open, and free again once it has ended: a second send would double it', async () => {
    const clientOrderId = nextId()
    const buy = () => bench.spot.createOrder(BTC, 'limit', 'buy', 0.001, 40_000, { clientOrderId })
    const first = await buy()
    expect(await errorOf(buy())).toBe('InvalidOrder -2010')
    await bench.spot.cancelOrder(idOf(first), BTC)
    const market = () => bench.spot.createOrder(BTC, 'market', 'buy', 0.001, undefined, { clientOrderId })
    const [second, third] = [await market(), await market()]
    expect([second.status, third.status]).toEqual(['closed', 'closed'])
    expect(new Set([first.id, second.id, third.id]).size).toBe(3)
    expect((await byId(clientOrderId)).id).toBe(third.id)
  })

  test('a market order is filled at once, its fee taken from the bought coin', async () => {
    const clientOrderId = nextId()
    const before = ledger().balances
    const order = await bench.spot.createOrder(BTC, 'market', 'buy', 0.02, undefined, { clientOrderId })
    expect(order).toMatchObject({ status: 'closed', filled: 0.02, remaining: 0, clientOrderId, side: 'buy' })
    expect(order.average).toBeGreaterThan(50_000)
    expect(order.average).toBeLessThan(50_050)
    expect(order.trades[0]?.fee).toMatchObject({ currency: 'BTC', cost: 0.00002 })
    const after = ledger().balances
    expect(sum([after.BTC?.free ?? '', `-${before.BTC?.free}`])).toBe('0.01998')
    expect(sum([before.USDT?.free ?? '', `-${after.USDT?.free}`])).toBe(String(order.cost))
    const trades = await bench.spot.fetchMyTrades(BTC)
    expect(trades.at(-1)).toMatchObject({ order: order.id, amount: 0.02, takerOrMaker: 'taker', side: 'buy' })
  })

  test('ten times the top of the book is filled over several levels at the walked average', async () => {
    const book = await bench.spot.fetchOrderBook(BTC)
    const [, size = 0] = book.bids[0] ?? []
    const rich = { apiKey: 'rich-key-for-tests', secret: 'rich-secret' }
    bench.simulator.addAccount({ venue: 'binance', market: 'spot', ...rich, balances: { BTC: '1000' } })
    const quantity = Number((Number(size) * 10).toFixed(4))
    const { answer } = await send(bench.simulator.url, rich, 'POST', '/api/v3/order', {
      symbol: 'BTCUSDT',
      side: 'SELL',
      type: 'MARKET',
      quantity,
    })
    const fills = answer.fills as { price: string; qty: string }[]
    expect(fills.length).toBeGreaterThan(3)
    expect(fills.map(({ price }) => Number(price))).toEqual(
      book.bids.slice(0, fills.length).map(([price]) => price),
    )
    expect(fills.slice(0, -1).map(({ qty }) => Number(qty))).toEqual(
      book.bids.slice(0, fills.length - 1).map(([, qty]) => qty),
    )
    const quote = sum(
      fills.map(({ price, qty }) =>
        String((BigInt(price.replace('.', '')) * BigInt(qty.replace('.', ''))) / 10n ** 8n),
      ),
    )
    expect(Number(answer.cummulativeQuoteQty)).toBeCloseTo(Number(quote) / 1e8, 4)
    expect(Number(answer.executedQty)).toBe(quantity)
  })

  test('the spread is a real market’s: under 0.05 %', async () => {
    for (const symbol of ['BTC/USDT', 'ETH/USDT', 'BNB/USDT']) {
      const { bid = 0, ask = 0, last = 0 } = await bench.spot.fetchTicker(symbol)
      expect(bid).toBeLessThan(last as number)
      expect(((ask as number) - (bid as number)) / (last as number)).toBeLessThan(0.0005)
      expect(ask).toBeGreaterThan(last as number)
    }
  })

  test('an amount in quote currency buys what it is worth, no more', async () => {
    const order = await bench.spot.createMarketBuyOrderWithCost(BTC, 100)
    expect(order.status).toBe('closed')
    expect(order.cost).toBeLessThanOrEqual(100)
    expect(order.cost).toBeGreaterThan(99.4)
  })

  test('IOC takes what is there and drops the rest; FOK takes all or nothing', async () => {
    const { ask = 0 } = await bench.spot.fetchTicker(BTC)
    const none = await bench.spot.createOrder(BTC, 'limit', 'buy', 0.01, (ask as number) - 10, {
      timeInForce: 'IOC',
    })
    expect(none).toMatchObject({ status: 'expired', filled: 0 })
    const all = await bench.spot.createOrder(BTC, 'limit', 'buy', 0.01, (ask as number) + 10, {
      timeInForce: 'FOK',
    })
    expect(all).toMatchObject({ status: 'closed', filled: 0.01 })
  })

  test('a resting limit order reserves its money, and gives it back when it is canceled', async () => {
    const before = ledger().balances.USDT?.free ?? ''
    const order = await bench.spot.createOrder(BTC, 'limit', 'buy', 0.01, 45_000, { clientOrderId: nextId() })
    expect(order.status).toBe('open')
    expect((await bench.spot.fetchBalance()).USDT).toMatchObject({ used: 450 })
    expect((await bench.spot.fetchOpenOrders(BTC)).map(({ id }) => id)).toEqual([order.id])
    const canceled = await bench.spot.cancelOrder(idOf(order), BTC)
    expect(canceled.status).toBe('canceled')
    expect(ledger().balances.USDT).toEqual({ free: before, locked: '0' })
    expect(await errorOf(bench.spot.cancelOrder(idOf(order), BTC))).toBe('OrderNotFound -2011')
    expect((await bench.spot.fetchOrder(idOf(order), BTC)).status).toBe('canceled')
  })

  test('the tape fills resting orders as maker, large ones in parts, and triggers stops as it passes', async () => {
    const { spot, clock, simulator } = bench
    simulator.addAccount({
      venue: 'binance',
      market: 'spot',
      apiKey: 'large-key',
      secret: 'large-secret',
      balances: { USDT: '50000000' },
    })
    const large = (method: string, parameters: Record<string, string>) =>
      send(simulator.url, { apiKey: 'large-key', secret: 'large-secret' }, method, '/api/v3/order', {
        symbol: 'BTCUSDT',
        ...parameters,
      })
    await large('POST', {
      side: 'BUY',
      type: 'LIMIT',
      timeInForce: 'GTC',
      quantity: '90',
      price: '49050',
      newClientOrderId: 'large',
    })

    const buy = await spot.createOrder(BTC, 'limit', 'buy', 0.01, 49_500, { clientOrderId: nextId() })
    const low = await spot.createOrder(BTC, 'limit', 'buy', 0.01, 48_900, { clientOrderId: nextId() })
    const sell = await spot.createOrder(BTC, 'limit', 'sell', 0.01, 50_900, { clientOrderId: nextId() })
    const stop = await spot.createOrder(BTC, 'market', 'sell', 0.01, undefined, {
      clientOrderId: nextId(),
      stopLossPrice: 48_000,
    })
    const stopLimit = await spot.createOrder(BTC, 'limit', 'sell', 0.01, 49_400, {
      clientOrderId: nextId(),
      stopLossPrice: 49_450,
    })
    const profit = await spot.createOrder(BTC, 'market', 'sell', 0.01, undefined, {
      clientOrderId: nextId(),
      takeProfitPrice: 50_800,
    })
    const states = async () =>
      Promise.all(
        [buy, low, sell, stop, stopLimit, profit].map(
          async (order) => (await spot.fetchOrder(idOf(order), BTC)).status,
        ),
      )

    expect(await states()).toEqual(['open', 'open', 'open', 'open', 'open', 'open'])
    clock.advance(minuteMs)
    expect(await states()).toEqual(['closed', 'open', 'open', 'open', 'closed', 'open'])
    const part = await large('GET', { origClientOrderId: 'large' })
    expect(part.answer.status).toBe('PARTIALLY_FILLED')
    expect(Number(part.answer.executedQty)).toBeGreaterThan(1)
    expect(Number(part.answer.executedQty)).toBeLessThan(90)
    clock.advance(minuteMs)
    expect(await states()).toEqual(['closed', 'open', 'closed', 'open', 'closed', 'closed'])
    clock.advance(minuteMs)
    expect(await states()).toEqual(['closed', 'closed', 'closed', 'closed', 'closed', 'closed'])
    expect((await large('GET', { origClientOrderId: 'large' })).answer.status).toBe('FILLED')

    const orders = await spot.fetchOrders(BTC)
    const find = ({ id }: { id: string | undefined }) => orders.find((order) => order.id === id)
    expect(find(buy)?.average).toBe(49_500)
    expect(find(sell)?.average).toBe(50_900)
    expect(find(stop)?.average).toBeGreaterThan(47_700)
    expect(find(stop)?.average).toBeLessThanOrEqual(48_000)
    expect(find(profit)?.average).toBeGreaterThan(50_780)
    const trades = await spot.fetchMyTrades(BTC)
    expect(trades.find((trade) => trade.order === buy.id)?.takerOrMaker).toBe('maker')
    expect(trades.find((trade) => trade.order === stop.id)?.takerOrMaker).toBe('taker')
    expect(Object.values(ledger().balances).map(({ locked }) => locked)).toEqual(['0', '0'])
  })
})

describe('fees in BNB', () => {
  afterAll(() => bench.simulator.stop())

  test('are three quarters of the usual ones, until there is not enough of it', async () => {
    bench = await startBench([], {
      balances: { USDT: '10000', BNB: '0.00004' },
      settings: { bnbBurn: 'true' },
    })
    const order = await bench.spot.createOrder(BTC, 'market', 'buy', 0.0005, undefined, {
      clientOrderId: nextId(),
    })
    const [fill] = ledger().orders[0]?.fills ?? []
    expect(fill?.feeCurrency).toBe('BNB')
    expect(Number(fill?.fee)).toBeCloseTo(((order.cost ?? 0) * 0.00075) / 500, 8)
    expect(ledger().balances.BTC?.free).toBe('0.0005')
    await bench.spot.createOrder(BTC, 'market', 'buy', 0.0005)
    expect(ledger().orders[1]?.fills[0]).toMatchObject({ feeCurrency: 'BTC', fee: '0.0000005' })
    expect(ledger().balances.BNB?.free).toBe(sum(['0.00004', `-${fill?.fee}`]))
  })

  test('are switched by the account', async () => {
    const set = await send(bench.simulator.url, spotKeys, 'POST', '/sapi/v1/bnbBurn', {
      spotBNBBurn: 'false',
    })
    expect(set.answer).toEqual({ spotBNBBurn: false, interestBNBBurn: false })
  })
})
