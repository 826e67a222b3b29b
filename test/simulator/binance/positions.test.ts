import { afterEach, describe, expect, test } from 'vitest'
import { send } from '../support/client.ts'
import { type Bench, errorOf, futuresKeys, minuteMs, startBench } from '../support/market.ts'

const BTC = 'BTC/USDT:USDT'
let bench: Bench
afterEach(() => bench.simulator.stop())

const fapi = (method: string, path: string, parameters: Record<string, string> = {}) =>
  send(bench.simulator.url, futuresKeys, method, `/fapi/v1/${path}`, parameters)
const codeOf = async (call: ReturnType<typeof fapi>) => (await call).answer.code
const control = async (path: string, body: object) => {
  const answer = await fetch(`${bench.simulator.url}/__sim/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
  })
  return { status: answer.status, answer: (await answer.json()) as Record<string, unknown> }
}
const market = (side: 'buy' | 'sell', amount: number, parameters = {}) =>
  bench.futures.createOrder(BTC, 'market', side, amount, undefined, parameters)
const truth = () => bench.simulator.ledger(futuresKeys.apiKey).accounts[0]

describe('two positions in one symbol', () => {
  test('are not to be had while the account holds one or orders wait, and orders name theirs', async () => {
    bench = await startBench()
    expect(await codeOf(fapi('POST', 'positionSide/dual', { dualSidePosition: 'false' }))).toBe(-4059)
    expect(await errorOf(market('buy', 0.01, { positionSide: 'LONG' }))).toContain('-4061')
    await market('buy', 0.01)
    expect(await codeOf(fapi('POST', 'positionSide/dual', { dualSidePosition: 'true' }))).toBe(-4068)
    await market('sell', 0.01)
    const waiting = await bench.futures.createOrder(BTC, 'limit', 'buy', 0.01, 49_000)
    expect(await codeOf(fapi('POST', 'positionSide/dual', { dualSidePosition: 'true' }))).toBe(-4067)
    await bench.futures.cancelOrder(waiting.id as string, BTC)
    await bench.futures.setPositionMode(true)
    expect(await errorOf(market('buy', 0.01))).toContain('-4061')
    expect(
      await codeOf(
        fapi('POST', 'order', {
          symbol: 'BTCUSDT',
          side: 'SELL',
          type: 'MARKET',
          quantity: '0.01',
          positionSide: 'LONG',
          reduceOnly: 'true',
        }),
      ),
    ).toBe(-1106)
  })

  test('stand beside each other, and each is closed by its own orders alone', async () => {
    bench = await startBench()
    await bench.futures.setPositionMode(true)
    expect((await fapi('GET', 'positionSide/dual')).answer).toEqual({ dualSidePosition: true })
    await market('buy', 0.03, { positionSide: 'LONG' })
    await market('sell', 0.05, { positionSide: 'SHORT' })
    const held = async () =>
      (await bench.futures.fetchPositions([BTC])).map(({ side, contracts }) => `${side} ${contracts}`).sort()
    expect(await held()).toEqual(['long 0.03', 'short 0.05'])
    await market('sell', 1, { positionSide: 'LONG' }) // no more than is held
    expect(await held()).toEqual(['short 0.05'])
    expect(await errorOf(market('sell', 0.01, { positionSide: 'LONG' }))).toContain('-2022')
    const [, , fill] = await bench.futures.fetchMyTrades(BTC)
    expect(fill?.info.positionSide).toBe('LONG')
    bench.simulator.hand({ apiKey: futuresKeys.apiKey, do: 'close-position' })
    expect(await held()).toEqual([])
  })
})

describe('a position for itself', () => {
  test('has its margin set aside, which is moved within what either side has', async () => {
    bench = await startBench()
    expect(await codeOf(fapi('POST', 'marginType', { symbol: 'BTCUSDT', marginType: 'BOTH' }))).toBe(-4063)
    await bench.futures.setMarginMode('isolated', BTC)
    expect(await codeOf(fapi('POST', 'marginType', { symbol: 'BTCUSDT', marginType: 'ISOLATED' }))).toBe(
      -4046,
    )
    await market('buy', 0.04)
    expect(await codeOf(fapi('POST', 'marginType', { symbol: 'BTCUSDT', marginType: 'CROSSED' }))).toBe(-4048)
    expect(await codeOf(fapi('POST', 'leverage', { symbol: 'BTCUSDT', leverage: '10' }))).toBe(-4161)
    const move = (amount: string, type: string) =>
      fapi('POST', 'positionMargin', { symbol: 'BTCUSDT', amount, type })
    expect(await codeOf(move('20000', '1'))).toBe(-4051)
    expect(await codeOf(move('50', '2'))).toBe(-4051)
    expect(await codeOf(move('60', '1'))).toBe(200)
    const [position] = await bench.futures.fetchPositions([BTC])
    expect(position?.marginMode).toBe('isolated')
    expect(Number(position?.info.isolatedWallet)).toBeCloseTo(160, 0)
    const answer = await bench.futures.fetchBalance()
    expect(answer.USDT?.free).toBeLessThan(10_000 - 160)
  })

  test('is all that is lost when it is taken away, and the venue tells of it', async () => {
    bench = await startBench([[50_000, 50_000, 46_000, 46_000]])
    await bench.futures.setMarginMode('isolated', BTC)
    await market('buy', 0.04)
    bench.clock.advance(2 * minuteMs)
    expect(await bench.futures.fetchPositions([BTC])).toEqual([])
    const forced = (await fapi('GET', 'forceOrders', { symbol: 'BTCUSDT' })).answer as unknown as object[]
    expect(forced).toMatchObject([
      { side: 'SELL', status: 'FILLED', timeInForce: 'IOC', executedQty: '0.04' },
    ])
    const rows = (await fapi('GET', 'income', { incomeType: 'INSURANCE_CLEAR' }))
      .answer as unknown as object[]
    expect(rows).toMatchObject([{ symbol: 'BTCUSDT', incomeType: 'INSURANCE_CLEAR', asset: 'USDT' }])
    expect(Number(truth()?.balances.USDT?.free)).toBeGreaterThan(10_000 - 103)
  })
})

describe('how much may be held', () => {
  test('is less the higher the leverage, and the brackets say so', async () => {
    bench = await startBench([], { balances: { USDT: '1' } })
    bench.simulator.hand({ apiKey: futuresKeys.apiKey, do: 'deposit', asset: 'USDT', amount: '10000000' })
    await bench.futures.setLeverage(125, BTC)
    expect(await errorOf(market('buy', 7))).toContain('-2027')
    const [{ brackets }] = (await fapi('GET', 'leverageBracket', { symbol: 'BTCUSDT' }))
      .answer as unknown as [
      { brackets: { initialLeverage: number; notionalCap: number; notionalFloor: number }[] },
    ]
    expect(brackets[0]).toMatchObject({ initialLeverage: 125, notionalCap: 300_000, notionalFloor: 0 })
    for (const [index, { notionalFloor }] of brackets.entries())
      expect(notionalFloor).toBe(brackets[index - 1]?.notionalCap ?? 0)
  })

  test('is what the book gives: where it is empty a market order is refused', async () => {
    bench = await startBench()
    bench.simulator.faults.add({ rules: [{ fault: 'empty-book' }] })
    expect(await errorOf(market('buy', 0.01))).toContain('-4131')
  })
})

describe('funding', () => {
  test('is refused where it makes no sense', async () => {
    bench = await startBench()
    expect((await control('funding', { symbol: 'XYZ/USDT' })).answer.error).toContain('XYZ/USDT')
    expect((await control('funding', { rate: 'much' })).answer.error).toMatch(/^rate: /)
    expect((await control('funding', { rate: '1.5' })).status).toBe(400)
  })

  test('costs what is set, is paid when it is asked for, and is an income of its symbol', async () => {
    bench = await startBench()
    await market('buy', 0.04)
    expect(
      await control('funding', { venue: 'binance', symbol: 'BTC/USDT', rate: '0.001', now: true }),
    ).toMatchObject({
      status: 200,
      answer: { instruments: ['binance BTC/USDT'] },
    })
    const [row] = (await fapi('GET', 'income', { incomeType: 'FUNDING_FEE' })).answer as unknown as object[]
    expect(row).toMatchObject({ symbol: 'BTCUSDT', income: '-2' })
    const index = await bench.futures.fetchFundingRate(BTC)
    expect([index.fundingRate, index.fundingTimestamp]).toEqual([0.001, Date.UTC(2025, 0, 1, 8)])
  })

  test('has a history at the venue’s hours', async () => {
    bench = await startBench()
    const times = (await bench.futures.fetchFundingRateHistory(BTC, undefined, 3)).map(
      ({ timestamp }) => timestamp,
    )
    const day = Date.UTC(2025, 0, 1)
    expect(times).toEqual([day - 16 * 3_600_000, day - 8 * 3_600_000, day])
  })
})
