import { afterEach, describe, expect, test } from 'vitest'
import { sum } from '#src/domain/decimal.ts'
import { type Frame, openFrames } from '../support/frames.ts'
import { minuteMs } from '../support/market.ts'
import { ask, type KrakenBench, startKraken } from './support/bench.ts'

let bench: KrakenBench
afterEach(() => bench.stop())

const candles = [
  [50_000, 50_000, 49_000, 49_900],
  [49_900, 51_000, 49_900, 50_500],
  [50_500, 50_500, 50_500, 50_500],
] as const
const open = () => openFrames(bench.simulator.url, '/v2')
const rowsIn = (frames: readonly Frame[], channel: string) =>
  frames
    .filter((frame) => frame.channel === channel)
    .flatMap((frame) => frame.data as Record<string, unknown>[])
const token = async () => (await ask(bench.simulator.url, 'GetWebSocketsToken')).result.token
const order = (parameters: Record<string, string>) =>
  ask(bench.simulator.url, 'AddOrder', { pair: 'XBTUSDT', type: 'buy', ...parameters })

describe('what the venue does not take', () => {
  const cases: [what: string, params: object, error: string][] = [
    ['a channel it does not have', { channel: 'level3' }, 'EGeneral:Invalid arguments:Channel not found'],
    [
      'a pair it does not have',
      { channel: 'ticker', symbol: ['PEPE/USDT'] },
      'Currency pair not supported PEPE/USDT',
    ],
    ['no pair', { channel: 'ticker' }, 'Currency pair not supported'],
    [
      'a depth it does not have',
      { channel: 'book', symbol: ['BTC/USDT'], depth: 7 },
      'Subscription depth not supported',
    ],
    [
      'a length it does not have',
      { channel: 'ohlc', symbol: ['BTC/USDT'], interval: 7 },
      'Subscription ohlc interval not supported',
    ],
    ['no token', { channel: 'executions' }, 'ESession:Invalid session'],
    ['a token that is none', { channel: 'balances', token: 'x' }, 'ESession:Invalid session'],
  ]
  test('is answered, each by its request', async () => {
    bench = await startKraken()
    const frames = await open()
    for (const [index, [, params]] of cases.entries())
      frames.send({ method: 'subscribe', params, req_id: index })
    for (const [index, [, , error]] of cases.entries())
      expect(await frames.find(({ req_id }) => req_id === index)).toMatchObject({
        method: 'subscribe',
        success: false,
        error,
      })
    frames.send('not JSON')
    expect(await frames.find(({ error }) => error === 'Malformed request')).toMatchObject({ success: false })
    frames.send({ method: 'add_order', params: {}, req_id: 100 })
    expect(await frames.find(({ req_id }) => req_id === 100)).toMatchObject({
      error: 'EGeneral:Unknown method',
    })
    frames.close()
  })

  test('the same twice, and what was not subscribed to', async () => {
    bench = await startKraken()
    const frames = await open()
    const params = { channel: 'ticker', symbol: ['BTC/USDT'] }
    for (const [req_id, method] of ['subscribe', 'subscribe', 'unsubscribe', 'unsubscribe'].entries())
      frames.send({ method, params, req_id })
    await frames.find(({ req_id }) => req_id === 3)
    expect([0, 1, 2, 3].map((id) => frames.all.find(({ req_id }) => req_id === id)?.success)).toEqual([
      true,
      false,
      true,
      false,
    ])
    frames.close()
  })

  test('another path, and a token a quarter of an hour old', async () => {
    let wallMs = Date.now()
    bench = await startKraken([], { wallNow: () => wallMs })
    const old = await token()
    wallMs += 15 * 60_000 + 1
    const frames = await open()
    frames.send({ method: 'subscribe', params: { channel: 'balances', token: old }, req_id: 1 })
    expect(await frames.find(({ req_id }) => req_id === 1)).toMatchObject({
      error: 'ESession:Invalid session',
    })
    frames.close()
    await expect(openFrames(bench.simulator.url, '/v3')).rejects.toThrow()
  })
})

describe('what it tells', () => {
  test('a status, pongs and heartbeats', async () => {
    bench = await startKraken()
    const frames = await open()
    expect(await frames.find(({ channel }) => channel === 'status')).toMatchObject({
      data: [{ system: 'online', api_version: 'v2' }],
    })
    frames.send({ method: 'ping', req_id: 7 })
    expect(await frames.find(({ method }) => method === 'pong')).toMatchObject({ req_id: 7 })
    frames.send({ method: 'subscribe', params: { channel: 'ticker', symbol: ['BTC/USDT'] } })
    await frames.find(({ channel }) => channel === 'heartbeat')
    frames.close()
  })

  test('every step of an order, in one count without gaps, and nothing of others', async () => {
    bench = await startKraken(candles)
    const frames = await open()
    const params = { channel: 'executions', token: await token(), snap_trades: true }
    frames.send({ method: 'subscribe', params, req_id: 1 })
    await frames.find(({ type }) => type === 'snapshot')
    const other = { apiKey: 'other-key-for-tests', secret: Buffer.from('other').toString('base64') }
    bench.simulator.addAccount({ venue: 'kraken', ...other, balances: { USDT: '1000' } })
    await ask(
      bench.simulator.url,
      'AddOrder',
      { pair: 'XBTUSDT', type: 'buy', ordertype: 'market', volume: '0.001' },
      { own: other },
    )
    await order({ ordertype: 'limit', volume: '0.02', price: '49500', cl_ord_id: 'told' })
    await order({ ordertype: 'limit', volume: '0.01', price: '30000', cl_ord_id: 'taken-back' })
    bench.clock.advance(minuteMs)
    bench.simulator.settle()
    await ask(bench.simulator.url, 'CancelOrder', { cl_ord_id: 'taken-back' })
    await frames.find(({ data }) => Array.isArray(data) && data.some((row) => row.exec_type === 'canceled'))
    const told = rowsIn(frames.all, 'executions')
    const steps = (id: string) => told.filter((row) => row.cl_ord_id === id).map((row) => row.exec_type)
    expect(steps('told')[0]).toBe('pending_new')
    expect(steps('told').at(-1)).toBe('filled')
    expect(steps('told')).toContain('trade')
    expect(steps('taken-back')).toEqual(['pending_new', 'new', 'canceled'])
    expect(told.every((row) => ['told', 'taken-back'].includes(String(row.cl_ord_id)))).toBe(true)
    const trades = told.filter((row) => row.exec_type === 'trade')
    expect(trades.every((row) => row.liquidity_ind === 'm' && row.last_price === 49_500)).toBe(true)
    expect(trades.at(-1)).toMatchObject({ cum_qty: 0.02, avg_price: 49_500 })
    const counts = frames.all
      .filter(({ channel }) => channel === 'executions')
      .map(({ sequence }) => sequence)
    expect(counts).toEqual(counts.map((_, index) => index + 1))
    frames.close()
  })

  test('balances move by what is told, to what is there', async () => {
    bench = await startKraken(candles)
    const frames = await open()
    frames.send({ method: 'subscribe', params: { channel: 'balances', token: await token() }, req_id: 1 })
    const { data } = await frames.find(({ channel }) => channel === 'balances')
    const had = new Map((data as { asset: string; balance: number }[]).map((row) => [row.asset, row.balance]))
    await order({ ordertype: 'market', volume: '0.02' })
    bench.simulator.hand({ apiKey: bench.account().apiKey, do: 'deposit', asset: 'USDT', amount: '12.5' })
    await frames.find(({ data }) => Array.isArray(data) && data.some((row) => row.type === 'deposit'))
    const moves = rowsIn(frames.all, 'balances').slice(had.size) as {
      asset: string
      amount: number
      fee: number
      balance: number
    }[]
    for (const [asset, before] of had) {
      const own = moves.filter((move) => move.asset === asset)
      const total = own.reduce((all, { amount, fee }) => all + amount - fee, before)
      const { free = '0', locked = '0' } = bench.account().balances[asset] ?? {}
      expect(total).toBeCloseTo(Number(sum([free, locked])), 6)
      expect(own.at(-1)?.balance).toBeCloseTo(Number(sum([free, locked])), 8)
    }
    frames.close()
  })

  test('a book that is put together from its changes is the book that is there, however far the price goes', async () => {
    const path = [50_300, 41_000, 59_000, 58_999, 50_000]
    bench = await startKraken(path.map((price) => [price, price, price, price] as const))
    const frames = await open()
    const params = { channel: 'book', symbol: ['BTC/USDT'], depth: 25 }
    frames.send({ method: 'subscribe', params, req_id: 1 })
    await frames.find(({ channel }) => channel === 'book')
    for (const _ of path) {
      const before = frames.all.length
      bench.clock.advance(minuteMs)
      await frames.find((frame) => frame.channel === 'book' && frames.all.indexOf(frame) >= before)
    }
    const sides = { asks: new Map<number, number>(), bids: new Map<number, number>() }
    for (const row of rowsIn(frames.all, 'book') as unknown as Record<
      'asks' | 'bids',
      { price: number; qty: number }[]
    >[])
      for (const side of ['asks', 'bids'] as const)
        for (const { price, qty } of row[side]) {
          if (qty === 0) sides[side].delete(price)
          else sides[side].set(price, qty)
        }
    const asked = await bench.client.fetchOrderBook('BTC/USDT', 25)
    const ordered = (levels: Map<number, number>) => [...levels].toSorted(([a], [b]) => a - b)
    expect(ordered(sides.asks)).toEqual(asked.asks.map(([price, size]) => [price, size]))
    expect(ordered(sides.bids).toReversed()).toEqual(asked.bids.map(([price, size]) => [price, size]))
    frames.close()
  })
})
