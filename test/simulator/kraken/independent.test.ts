import KrakenClient from 'kraken-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { minuteMs } from '../support/market.ts'
import { type KrakenBench, startKraken } from './support/bench.ts'

const keys = {
  apiKey: 'independent-key-for-tests',
  secret: Buffer.from('independent secret').toString('base64'),
}

let bench: KrakenBench
let client: KrakenClient
let nonce = Date.now() * 1000
/** Its own numbers are milliseconds, and two calls fit into one of them here. */
const api = (method: string, parameters: object = {}) => {
  nonce += 1
  return client.api(method, { ...parameters, nonce })
}
beforeAll(async () => {
  bench = await startKraken([
    [50_000, 50_000, 49_000, 49_900],
    [49_900, 49_900, 49_900, 49_900],
  ])
  const balances = { USDT: '10000', BTC: '0.5' }
  bench.simulator.addAccount({ venue: 'kraken', ...keys, balances })
  client = new KrakenClient(keys.apiKey, keys.secret, { url: bench.simulator.url })
})
afterAll(() => bench.stop())

const refused = (call: Promise<unknown>) =>
  call.then(
    () => 'nothing',
    (error: Error) => error.message,
  )
const limit = { pair: 'XBTUSDT', type: 'buy', ordertype: 'limit', volume: '0.01', price: '49500' }

describe('somebody else’s client of the venue', () => {
  test('a wrong secret is refused', async () => {
    const stranger = new KrakenClient(keys.apiKey, 'AAAA', { url: bench.simulator.url })
    expect(await refused(stranger.api('Balance'))).toBe('API:Invalid signature')
  })

  test('reads the public data, by POST as it does', async () => {
    const { result: time } = await api('Time')
    expect(Math.abs(Number(time.unixtime) - Date.now() / 1000)).toBeLessThan(5)
    const { result: assets } = await api('Assets')
    expect(assets).toMatchObject({ XXBT: { altname: 'XBT', decimals: 10 }, USDT: { altname: 'USDT' } })
    const { result: pairs } = await api('AssetPairs', { pair: 'XBTUSDT' })
    expect(pairs).toMatchObject({
      XBTUSDT: { wsname: 'XBT/USDT', base: 'XXBT', ordermin: '0.00005', costmin: '0.5', tick_size: '0.1' },
    })
    const { result: ticker } = await api('Ticker', { pair: 'XBTUSDT' })
    expect(ticker).toMatchObject({ XBTUSDT: { c: ['50000.0', expect.any(String)] } })
    const { result: depth } = await api('Depth', { pair: 'XBTUSDT', count: 3 })
    expect((depth.XBTUSDT as unknown as { asks: unknown[] }).asks).toHaveLength(3)
    expect(await refused(api('Ticker', { pair: 'PEPEUSDT' }))).toBe('Query:Unknown asset pair')
  })

  test('places an order, meets it again by its own id, and is refused the id a second time', async () => {
    const own = { ...limit, cl_ord_id: 'independent-1' }
    const { result } = await api('AddOrder', own)
    expect(result.descr).toEqual({ order: 'buy 0.01000000 XBTUSDT @ limit 49500.0' })
    expect(await refused(api('AddOrder', own))).toBe('Order:cl_ord_id already in use')
    const [txid = ''] = result.txid as unknown as string[]
    const { result: open } = await api('OpenOrders', { cl_ord_id: 'independent-1' })
    expect(open.open).toMatchObject({
      [txid]: { status: 'open', cl_ord_id: 'independent-1', vol: '0.01000000' },
    })
    const { result: balance } = await api('Balance')
    expect(balance).toEqual({ USDT: '10000.00000000', XXBT: '0.5000000000' })

    bench.clock.advance(minuteMs)
    const { result: closed } = await api('ClosedOrders', { cl_ord_id: 'independent-1', trades: true })
    expect(closed).toMatchObject({
      count: 1,
      closed: { [txid]: { status: 'closed', vol_exec: '0.01000000' } },
    })
    const { result: queried } = await api('QueryOrders', { txid, trades: true })
    const trades = (queried[txid] as unknown as { trades: string[] }).trades
    const { result: told } = await api('QueryTrades', { txid: trades.join(',') })
    expect(told[trades[0] ?? '']).toMatchObject({
      ordertxid: txid,
      price: '49500',
      maker: true,
      pair: 'XBTUSDT',
    })
    const { result: history } = await api('TradesHistory')
    expect(Object.keys(history.trades ?? {})).toEqual(trades)
    const { result: ledger } = await api('Ledgers')
    expect(ledger.count).toBe(2 * trades.length)
  })

  test('takes an order back by its own id, once', async () => {
    await api('AddOrder', { ...limit, price: '40000', cl_ord_id: 'independent-2' })
    expect((await api('CancelOrder', { cl_ord_id: 'independent-2' })).result).toEqual({ count: 1 })
    expect(await refused(api('CancelOrder', { cl_ord_id: 'independent-2' }))).toBe('Order:Unknown order')
    const { result } = await api('GetWebSocketsToken')
    expect(result).toMatchObject({ expires: 900, token: expect.any(String) })
  })
})
