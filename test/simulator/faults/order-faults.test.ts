import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { FaultScript } from '#src/simulator/faults/rule.ts'
import { send } from '../support/client.ts'
import { type Bench, errorOf, futuresKeys, spotKeys, startBench } from '../support/market.ts'

const BTC = 'BTC/USDT:USDT'
let bench: Bench
beforeEach(async () => {
  bench = await startBench([
    [50_000, 50_000, 50_000, 50_000],
    [50_000, 50_000, 50_000, 50_000],
  ])
})
afterEach(() => bench.simulator.stop())

type Rule = FaultScript['rules'][number]
const strike = (rule: Rule) => bench.simulator.faults.add({ rules: [{ times: 1, ...rule }] })
const strikes = () => bench.simulator.faults.report().strikes
const orders = (keys = spotKeys) => bench.simulator.ledger(keys.apiKey).accounts[0]?.orders ?? []
const buy = (clientOrderId: string, parameters = {}) =>
  bench.spot.createOrder('BTC/USDT', 'market', 'buy', 0.01, undefined, { clientOrderId, ...parameters })

describe('an order whose answer is lost', () => {
  const cases: [string, Rule, string, number][] = [
    ['drop-after-accept', { fault: 'drop-after-accept' }, 'NetworkError', 1],
    ['drop-before', { fault: 'drop-before' }, 'NetworkError', 0],
    ['reset, executed', { fault: 'reset' }, 'NetworkError', 1],
    ['reset, not executed', { fault: 'reset', executed: false }, 'NetworkError', 0],
    ['5xx-executed', { fault: '5xx-executed' }, ' -1000', 1],
    ['5xx-not-executed', { fault: '5xx-not-executed', status: 502 }, ' -1000', 0],
    ['-1006-executed', { fault: '-1006-executed' }, 'OperationFailed -1006', 1],
    ['-1006-not-executed', { fault: '-1006-not-executed' }, 'OperationFailed -1006', 0],
    ['-1007-executed', { fault: '-1007-executed' }, 'RequestTimeout -1007', 1],
    ['-1007-not-executed', { fault: '-1007-not-executed' }, 'RequestTimeout -1007', 0],
    ['429', { fault: '429', retryAfterS: 7 }, 'DDoSProtection -1003', 0],
    ['418', { fault: '418' }, 'DDoSProtection -1003', 0],
  ]
  test.each(cases)('%s', async (_, rule, error, executed) => {
    strike({ ...rule, match: { request: 'order' } })
    expect(await errorOf(buy('lost'))).toContain(error)
    expect(orders().map(({ clientOrderId, filled }) => [clientOrderId, filled])).toEqual(
      executed === 1 ? [['lost', '0.01']] : [],
    )
    expect(strikes()).toMatchObject([
      {
        fault: rule.fault,
        clientOrderId: 'lost',
        apiKey: spotKeys.apiKey,
        outcome: executed === 1 ? 'executed' : 'not-executed',
      },
    ])
    expect((await buy('next')).status).toBe('closed')
    expect(bench.simulator.faults.report()).toMatchObject({
      fired: { [rule.fault]: 1 },
      rules: [{ matched: 2, fired: 1 }],
    })
  })
})

test('429 and 418 say when to come back', async () => {
  for (const [fault, status] of [
    ['429', 429],
    ['418', 418],
  ] as const) {
    strike({ fault, retryAfterS: 7 })
    const answer = await send(bench.simulator.url, spotKeys, 'GET', '/api/v3/account', {})
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([status, '7'])
  }
})

describe('an order executed after its answer was cut', () => {
  test('within its window it is filled, and the ledger says how late', async () => {
    strike({ fault: 'late-accept', afterMs: 300 })
    expect(await errorOf(buy('late', { recvWindow: 3000 }))).toContain('NetworkError')
    expect(orders()).toEqual([])
    await expect.poll(() => orders().length, { timeout: 5000 }).toBe(1)
    const [order] = orders()
    expect(order).toMatchObject({ clientOrderId: 'late', status: 'filled', byHand: false })
    expect(order?.lateMs).toBeGreaterThanOrEqual(290)
    expect(order?.lateMs).toBe((order?.createdAt ?? 0) - (order?.receivedAt ?? 0))
    expect(strikes()).toMatchObject([{ fault: 'late-accept', outcome: 'executed' }])
  })

  test('by a venue that stops before it: it is not, and its strike says so', async () => {
    strike({ fault: 'late-accept', afterMs: 60_000, match: { request: 'order' } })
    await errorOf(buy('too-late'))
    await bench.simulator.stop()
    expect(strikes()).toMatchObject([{ fault: 'late-accept', outcome: 'not-executed' }])
    expect(orders()).toEqual([])
    bench = await startBench()
  })

  test('behind its window the venue refuses it', async () => {
    strike({ fault: 'late-accept', afterMs: 400 })
    expect(await errorOf(buy('too-late', { recvWindow: 200 }))).toContain('NetworkError')
    await expect.poll(() => strikes()[0]?.outcome, { timeout: 5000 }).toBe('refused')
    expect(strikes()[0]?.answered).toContain('-1021')
    expect(orders()).toEqual([])
  })
})

test('a slow answer is of an order executed at once; a client that gives up has one', async () => {
  strike({ fault: 'slow', afterMs: 400 })
  const asked = buy('slow')
  await expect.poll(() => orders().length, { timeout: 5000 }).toBe(1)
  expect((await asked).status).toBe('closed')
  bench.spot.timeout = 1000
  strike({ fault: 'drop-after-accept', cutAfterMs: 60_000 })
  expect(await errorOf(buy('blackhole'))).toContain('RequestTimeout')
  await expect.poll(() => orders().length, { timeout: 5000 }).toBe(2)
})

describe('an answer that says nothing', () => {
  test.each(['truncated-body', 'empty-body', 'html-body', 'order-without-id'] as const)(
    '%s',
    async (fault) => {
      strike({ fault, match: { request: 'order' } })
      const name = await buy('spoiled').then(
        ({ id, clientOrderId }) => `${id} ${clientOrderId}`,
        () => 'an error',
      )
      expect(['an error', 'undefined undefined']).toContain(name)
      expect(orders()).toMatchObject([{ clientOrderId: 'spoiled', status: 'filled' }])
    },
  )
})

describe('a partial fill', () => {
  const futures = (type: string, parameters = {}, price?: number) =>
    bench.futures.createOrder(BTC, type, 'buy', 0.1, price, parameters)

  test('whose rest expires', async () => {
    strike({ fault: 'partial-fill', share: 0.3 })
    expect(await buy('part')).toMatchObject({ status: 'expired', filled: 0.003, amount: 0.01 })
  })

  test('whose rest stays until it is canceled', async () => {
    strike({ fault: 'partial-fill', share: 0.3, rest: 'stays' })
    const { id } = await futures('limit', {}, 50_100)
    expect(await bench.futures.fetchOrder(id as string, BTC)).toMatchObject({ status: 'open', filled: 0.03 })
    bench.clock.advance(60_000)
    expect(await bench.futures.fetchOrder(id as string, BTC)).toMatchObject({ status: 'open', filled: 0.03 })
    await bench.futures.cancelOrder(id as string, BTC)
    expect(await bench.futures.fetchOrder(id as string, BTC)).toMatchObject({
      status: 'canceled',
      filled: 0.03,
    })
  })

  test('whose rest is filled by a later price', async () => {
    strike({ fault: 'partial-fill', share: 0.3, rest: 'later' })
    const { id } = await futures('market')
    expect(await bench.futures.fetchOrder(id as string, BTC)).toMatchObject({ status: 'open', filled: 0.03 })
    bench.clock.advance(60_000)
    const order = await bench.futures.fetchOrder(id as string, BTC)
    expect(order).toMatchObject({ status: 'closed', filled: 0.1 })
    expect((await bench.futures.fetchMyTrades(BTC)).length).toBeGreaterThan(1)
    expect(orders(futuresKeys)[0]?.fills.length).toBeGreaterThan(1)
  })
})

describe('a cancellation', () => {
  const rest = (clientOrderId: string) =>
    bench.spot.createOrder('BTC/USDT', 'limit', 'buy', 0.01, 45_000, { clientOrderId })
  const cancel = (clientOrderId: string) =>
    bench.spot.cancelOrder(undefined as unknown as string, 'BTC/USDT', { clientOrderId })

  test('confirmed and not done', async () => {
    await rest('kept')
    strike({ fault: 'cancel-lost' })
    expect((await cancel('kept')).status).toBe('canceled')
    expect(orders()).toMatchObject([{ clientOrderId: 'kept', status: 'open' }])
    await cancel('kept')
    expect(orders()).toMatchObject([{ status: 'canceled', endedByHand: false }])
  })

  test('done and unanswered', async () => {
    await rest('gone')
    strike({ fault: 'drop-after-accept', match: { request: 'cancel' } })
    expect(await errorOf(cancel('gone'))).toContain('NetworkError')
    expect(orders()).toMatchObject([{ status: 'canceled' }])
  })

  test('unanswered and not done', async () => {
    await rest('stays')
    strike({ fault: 'drop-before', match: { request: 'cancel' } })
    expect(await errorOf(cancel('stays'))).toContain('NetworkError')
    expect(orders()).toMatchObject([{ status: 'open' }])
  })
})
