import { afterEach, beforeEach, expect, test } from 'vitest'
import { manualClock } from '#src/simulator/clock.ts'
import type { FaultScript } from '#src/simulator/faults/rule.ts'
import { type Bench, errorOf, spotKeys, startBench } from '../support/market.ts'

const BTC = 'BTC/USDT:USDT'
let bench: Bench
beforeEach(async () => {
  bench = await startBench([[50_000, 50_000, 50_000, 50_000]])
})
afterEach(() => bench.simulator.stop())

type Rule = FaultScript['rules'][number]
const strike = (rule: Rule, seed = 7) => bench.simulator.faults.add({ seed, rules: [rule] })
const buy = (clientOrderId: string, amount = 0.01) =>
  bench.spot.createOrder('BTC/USDT', 'market', 'buy', amount, undefined, { clientOrderId })
const url = () => `${bench.simulator.url}/__sim/faults`
const post = async (body: unknown) => {
  const response = await fetch(url(), { method: 'POST', body: JSON.stringify(body) })
  return [response.status, await response.json()]
}

/** Trade ids as the venue sends them, before the library sorts them. */
async function tradeIds(market: 'spot' | 'futures'): Promise<string[]> {
  const client = bench[market]
  const raw =
    market === 'spot'
      ? await client.privateGetMyTrades({ symbol: 'BTCUSDT' })
      : await client.fapiPrivateGetUserTrades({ symbol: 'BTCUSDT' })
  return raw.map(({ id }: { id: string }) => id)
}

test.each(['spot', 'futures'] as const)('%s: fills come twice, and in another order', async (market) => {
  const trade = (side: 'buy' | 'sell') =>
    bench[market].createOrder(market === 'spot' ? 'BTC/USDT' : BTC, 'market', side, 0.01)
  for (const side of ['buy', 'sell', 'buy', 'sell'] as const) await trade(side)
  const clean = await tradeIds(market)
  strike({ fault: 'fills-repeated', times: 1 })
  const repeated = await tradeIds(market)
  expect(repeated.length).toBeGreaterThan(clean.length)
  expect(new Set(repeated)).toEqual(new Set(clean))
  strike({ fault: 'fills-reordered', times: 1 })
  const mixed = await tradeIds(market)
  expect(mixed).not.toEqual(clean)
  expect(mixed.toSorted()).toEqual(clean.toSorted())
  expect(await tradeIds(market)).toEqual(clean)
})

test('a stale read tells of the account as it was: no order, no fill, the old balance, the old position', async () => {
  let aheadMs = -60_000
  const clock = manualClock(bench.clock.marketNow(), () => Date.now() + aheadMs)
  await bench.simulator.stop()
  bench = await startBench([], { clock })
  aheadMs = 0
  bench.spot.options.recvWindow = 60_000
  await buy('fresh')
  await bench.futures.createOrder(BTC, 'market', 'buy', 0.01)
  const order = () =>
    bench.spot.fetchOrder(undefined as unknown as string, 'BTC/USDT', { clientOrderId: 'fresh' })

  const [id] = strike({ fault: 'stale-read', afterMs: 30_000 })
  expect(await errorOf(order())).toBe('OrderNotFound -2013')
  expect(await bench.spot.fetchMyTrades('BTC/USDT')).toEqual([])
  expect((await bench.spot.fetchBalance()).BTC?.total).toBe(1)
  expect(await bench.futures.fetchPositions([BTC])).toEqual([])
  aheadMs = 31_000
  expect((await order()).status).toBe('closed')
  expect((await bench.spot.fetchBalance()).BTC?.total).toBeGreaterThan(1)

  // An account younger than the stale moment is seen as it is.
  bench.simulator.faults.remove(id)
  strike({ fault: 'stale-read', afterMs: 300_000 })
  expect((await order()).status).toBe('closed')
})

test('what is written is never stale', async () => {
  strike({ fault: 'stale-read', afterMs: 60_000 })
  expect((await buy('written')).status).toBe('closed')
  await bench.futures.setLeverage(7, BTC)
  expect(bench.simulator.faults.report().fired).toEqual({})
})

test('rules match by key, market, kind, path, method, symbol and client id', async () => {
  const rule = (match: Rule['match']) => ({ fault: 'drop-before' as const, match })
  bench.simulator.faults.add({
    rules: [
      rule({ apiKey: 'another' }),
      rule({ market: 'futures' }),
      rule({ request: ['cancel', 'query'] }),
      rule({ path: '/api/v3/orders' }),
      rule({ path: '/sapi/*' }),
      rule({ method: 'DELETE' }),
      rule({ symbol: 'ETH/USDT' }),
      rule({ clientOrderId: 'another' }),
    ],
  })
  expect((await buy('mine')).status).toBe('closed')
  const { apiKey } = spotKeys
  strike(
    rule({ apiKey, market: 'spot', request: 'order', path: '/api/*', method: 'POST', symbol: 'BTC/USDT' }),
  )
  expect(await errorOf(buy('mine'))).toContain('NetworkError')
  const { rules } = bench.simulator.faults.report()
  expect(rules.map(({ fired }) => fired)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1])
})

test('skip lets some pass, times ends it, and a probability strikes its share', async () => {
  strike({ fault: '-1007-executed', match: { request: 'order' }, skip: 2, times: 1 })
  const errors = []
  for (const id of ['a', 'b', 'c', 'd']) errors.push(await errorOf(buy(id, 0.001)))
  expect(errors).toEqual(['nothing', 'nothing', 'RequestTimeout -1007', 'nothing'])
})

test('the same seed and the same requests give the same strikes; another seed gives others', async () => {
  const run = async (seed: number) => {
    const ids = strike({ fault: '-1007-executed', match: { request: 'order' }, probability: 0.5 }, seed)
    const errors = []
    for (let k = 0; k < 24; k++) errors.push(await errorOf(buy(`seed-${k}`, 0.001)))
    bench.simulator.faults.remove(ids[0])
    return errors.map((error) => (error === 'nothing' ? '.' : 'x')).join('')
  }
  const first = await run(11)
  expect(first).toMatch(/x.*\.|\..*x/)
  expect(await run(11)).toBe(first)
  expect(await run(12)).not.toBe(first)
})

test('over HTTP: set, read, take one away, take all away; what makes no sense names its field', async () => {
  expect(await post({ rules: [{ fault: 'explode' }] })).toEqual([
    400,
    { error: expect.stringContaining('rules.0.fault') },
  ])
  expect(await post({ rules: [{ fault: 'slow', afterMs: -1 }] })).toEqual([
    400,
    { error: expect.stringContaining('rules.0.afterMs') },
  ])
  const rules = [{ fault: '5xx-executed', times: 1, match: { request: 'order' } }, { fault: 'cancel-lost' }]
  const [status, { ids }] = await post({ seed: 3, rules })
  expect([status, ids.length]).toEqual([200, 2])
  expect(await errorOf(buy('http'))).not.toBe('nothing')
  const report = await (await fetch(url())).json()
  expect(report).toMatchObject({
    fired: { '5xx-executed': 1 },
    rules: [
      { id: ids[0], seed: 3, matched: 1, fired: 1 },
      { id: ids[1], fired: 0 },
    ],
    strikes: [{ rule: ids[0], clientOrderId: 'http', outcome: 'executed' }],
  })
  const left = await (await fetch(`${url()}?id=${ids[0]}`, { method: 'DELETE' })).json()
  expect(left.rules).toMatchObject([{ id: ids[1] }])
  const none = await (await fetch(url(), { method: 'DELETE' })).json()
  expect(none).toMatchObject({ rules: [], fired: { '5xx-executed': 1 } })
})

test('a simulator can start with a script', async () => {
  const script: FaultScript = { rules: [{ fault: 'reset', match: { request: 'order' }, times: 1 }] }
  const other = await startBench([], { faults: script })
  expect(await errorOf(other.spot.createOrder('BTC/USDT', 'market', 'buy', 0.01))).toContain('NetworkError')
  await other.simulator.stop()
  await expect(startBench([], { faults: { seed: -1, rules: [] } })).rejects.toThrow('seed')
})
