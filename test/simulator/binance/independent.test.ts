import {
  DerivativesTradingUsdsFutures,
  DerivativesTradingUsdsFuturesRestAPI as Futures,
} from '@binance/derivatives-trading-usds-futures'
import { Spot, SpotRestAPI } from '@binance/spot'
import { MainClient, USDMClient } from 'binance'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Bench, futuresKeys, spotKeys, startBench } from '../support/market.ts'

let bench: Bench

beforeAll(async () => {
  bench = await startBench()
})
afterAll(() => bench.simulator.stop())

/** What a call is refused with: the venue's own code. */
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: { code?: unknown }) => error.code,
  )

describe('the venue’s own connector for spot', () => {
  const { BUY, SELL } = SpotRestAPI.NewOrderSideEnum
  const { LIMIT, MARKET } = SpotRestAPI.NewOrderTypeEnum
  const { GTC } = SpotRestAPI.NewOrderTimeInForceEnum
  const symbol = 'BTCUSDT'
  const connect = (apiSecret = spotKeys.secret) =>
    new Spot({
      configurationRestAPI: {
        apiKey: spotKeys.apiKey,
        apiSecret,
        basePath: bench.simulator.url,
        timeout: 30_000,
        retries: 0,
      },
    }).restAPI
  const limit = { symbol, side: BUY, type: LIMIT, timeInForce: GTC, quantity: 0.01, price: 49_000 }

  test('a wrong secret is refused', async () => {
    expect(await codeOf(connect('wrong').getAccount())).toBe(-1022)
  })

  test('reads the time, the symbols and the balance', async () => {
    const api = connect()
    const { serverTime } = await (await api.time()).data()
    expect(Math.abs(Number(serverTime) - Date.now())).toBeLessThan(60_000)
    const { symbols } = await (await api.exchangeInfo({ symbol })).data()
    expect(symbols).toMatchObject([{ symbol, baseAsset: 'BTC', status: 'TRADING' }])
    const { balances } = await (await api.getAccount()).data()
    expect(balances).toContainEqual(expect.objectContaining({ asset: 'USDT', free: '10000.00000000' }))
  })

  test('places an order, is refused its id a second time, finds it by its id and takes it back', async () => {
    const api = connect()
    const order = { ...limit, newClientOrderId: 'connector-1' }
    const { orderId } = await (await api.newOrder(order)).data()
    expect(await codeOf(api.newOrder(order))).toBe(-2010)
    const named = { symbol, origClientOrderId: 'connector-1' }
    expect(await (await api.getOrder(named)).data()).toMatchObject({
      orderId,
      status: 'NEW',
      origQty: '0.01000000',
    })
    expect(await (await api.deleteOrder(named)).data()).toMatchObject({ orderId, status: 'CANCELED' })
    expect(await codeOf(api.deleteOrder(named))).toBe(-2011)
    expect(await codeOf(api.getOrder({ symbol, origClientOrderId: 'connector-2' }))).toBe(-2013)
  })

  test('buys, and reads the fills', async () => {
    const api = connect()
    const bought = await (await api.newOrder({ symbol, side: BUY, type: MARKET, quantity: 0.02 })).data()
    expect(bought).toMatchObject({ status: 'FILLED', executedQty: '0.02000000' })
    const orderId = Number(bought.orderId)
    const trades = await (await api.myTrades({ symbol, orderId })).data()
    expect(trades).toMatchObject([{ qty: '0.02000000', isBuyer: true, isMaker: false }])
    expect(await codeOf(api.newOrder({ symbol, side: SELL, type: MARKET, quantity: 50 }))).toBe(-2010)
  })
})

describe('the venue’s own connector for USD-M futures', () => {
  const { BUY, SELL } = Futures.NewOrderSideEnum
  const { LIMIT, MARKET } = Futures.NewOrderTypeEnum
  const { GTC } = Futures.NewOrderTimeInForceEnum
  const symbol = 'BTCUSDT'
  const connect = () =>
    new DerivativesTradingUsdsFutures({
      configurationRestAPI: {
        apiKey: futuresKeys.apiKey,
        apiSecret: futuresKeys.secret,
        basePath: bench.simulator.url,
        timeout: 30_000,
        retries: 0,
      },
    }).restAPI
  const limit = { symbol, side: BUY, type: LIMIT, timeInForce: GTC, quantity: 0.01, price: 49_000 }

  test('reads the time and the balance, and sets leverage', async () => {
    const api = connect()
    const { serverTime } = await (await api.checkServerTime()).data()
    expect(Math.abs(Number(serverTime) - Date.now())).toBeLessThan(60_000)
    const balances = await (await api.futuresAccountBalanceV3()).data()
    expect(balances).toMatchObject([{ asset: 'USDT', balance: '10000.00000000' }])
    const set = await (await api.changeInitialLeverage({ symbol, leverage: 7 })).data()
    expect(Number(set.leverage)).toBe(7)
    expect(await codeOf(api.changeInitialLeverage({ symbol, leverage: 126 }))).toBe(-4028)
  })

  test('places an order, is refused its id a second time, finds it by its id and takes it back', async () => {
    const api = connect()
    const order = { ...limit, newClientOrderId: 'connector-1' }
    const { orderId } = await (await api.newOrder(order)).data()
    expect(await codeOf(api.newOrder(order))).toBe(-4116)
    const named = { symbol, origClientOrderId: 'connector-1' }
    expect(await (await api.queryOrder(named)).data()).toMatchObject({ orderId, status: 'NEW' })
    expect(await (await api.cancelOrder(named)).data()).toMatchObject({ orderId, status: 'CANCELED' })
    expect(await codeOf(api.cancelOrder(named))).toBe(-2011)
  })

  test('opens a position with a stop under it, and reads both and the fills', async () => {
    const api = connect()
    await api.newOrder({ symbol, side: BUY, type: MARKET, quantity: 0.02 })
    expect(await (await api.positionInformationV3({ symbol })).data()).toMatchObject([
      { symbol, positionAmt: '0.02' },
    ])
    const stop = await (
      await api.newAlgoOrder({
        algoType: Futures.NewAlgoOrderAlgoTypeEnum.CONDITIONAL,
        symbol,
        side: Futures.NewAlgoOrderSideEnum.SELL,
        type: Futures.NewAlgoOrderTypeEnum.STOP_MARKET,
        quantity: 0.02,
        triggerPrice: 45_000,
        clientAlgoId: 'connector-stop',
      })
    ).data()
    expect(stop).toMatchObject({ clientAlgoId: 'connector-stop', algoStatus: 'NEW' })
    const trades = await (await api.accountTradeList({ symbol })).data()
    expect(trades.at(-1)).toMatchObject({ qty: '0.02', side: 'BUY' })
    const sold = { symbol, side: SELL, type: MARKET, quantity: 0.02 }
    await api.newOrder({ ...sold, reduceOnly: Futures.NewOrderReduceOnlyEnum.TRUE })
    expect(await (await api.positionInformationV3({ symbol })).data()).toEqual([])
  })
})

describe('a client of somebody else’s', () => {
  const options = ({ apiKey, secret }: typeof spotKeys) => ({
    api_key: apiKey,
    api_secret: secret,
    baseUrl: bench.simulator.url,
    disableTimeSync: true,
    beautifyResponses: false,
  })

  test('trades on spot', async () => {
    const client = new MainClient(options(spotKeys))
    const { symbols } = await client.getExchangeInfo({ symbol: 'BTCUSDT' })
    expect(symbols.map(({ symbol }) => symbol)).toEqual(['BTCUSDT'])
    // It wants its own mark before every id.
    const id = `${client.getOrderIdPrefix()}tests-1`
    const order = {
      symbol: 'BTCUSDT',
      side: 'BUY',
      type: 'LIMIT',
      timeInForce: 'GTC',
      quantity: 0.01,
      price: 48_000,
      newClientOrderId: id,
    } as const
    await client.submitNewOrder(order)
    expect(await codeOf(client.submitNewOrder(order))).toBe(-2010)
    const named = { symbol: 'BTCUSDT', origClientOrderId: id }
    expect(await client.getOrder(named)).toMatchObject({ status: 'NEW', clientOrderId: id })
    expect(await client.cancelOrder(named)).toMatchObject({ status: 'CANCELED' })
    const bought = await client.submitNewOrder({
      symbol: 'BTCUSDT',
      side: 'BUY',
      type: 'MARKET',
      quantity: 0.01,
    })
    const trades = await client.getAccountTradeList({ symbol: 'BTCUSDT', orderId: bought.orderId })
    expect(trades).toMatchObject([{ qty: '0.01000000' }])
    const { balances } = await client.getAccountInformation()
    expect(balances.map(({ asset }) => asset)).toEqual(expect.arrayContaining(['BTC', 'USDT']))
  })

  test('trades on USD-M futures', async () => {
    const client = new USDMClient(options(futuresKeys))
    const id = `${client.getOrderIdPrefix()}tests-2`
    expect(Math.abs((await client.getServerTime()) - Date.now())).toBeLessThan(60_000)
    expect(await client.setLeverage({ symbol: 'BTCUSDT', leverage: 9 })).toMatchObject({ leverage: 9 })
    await client.submitNewOrder({
      symbol: 'BTCUSDT',
      side: 'SELL',
      type: 'MARKET',
      quantity: 0.01,
      newClientOrderId: id,
    })
    const named = { symbol: 'BTCUSDT', origClientOrderId: id }
    expect(await client.getOrder(named)).toMatchObject({ status: 'FILLED', executedQty: '0.01' })
    expect(await codeOf(client.cancelOrder(named))).toBe(-2011)
    expect(await client.getPositionsV3({ symbol: 'BTCUSDT' })).toMatchObject([{ positionAmt: '-0.01' }])
    expect((await client.getAccountTrades({ symbol: 'BTCUSDT' })).at(-1)).toMatchObject({ side: 'SELL' })
    expect((await client.getBalanceV3()).map(({ asset }) => asset)).toEqual(['USDT'])
  })
})
