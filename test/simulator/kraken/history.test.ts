import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Decimal, sum } from '#src/domain/decimal.ts'
import { minuteMs } from '../support/market.ts'
import { ask, errorIn, type KrakenBench, keys, startKraken } from './support/bench.ts'

interface Entry {
  readonly type: string
  readonly asset: string
  readonly amount: string
  readonly fee: string
  readonly balance: string
  readonly refid: string
}

const url = (bench: KrakenBench) => bench.simulator.url
const start: Readonly<Record<string, string>> = { USDT: '20000', BTC: '1', ETH: '5' }
const names: Readonly<Record<string, string>> = { XXBT: 'BTC', XETH: 'ETH', USDT: 'USDT' }

describe('the ledger', () => {
  test('sums up to what there is, whatever was traded and moved', async () => {
    const act = fc.oneof(
      fc.record({
        kind: fc.constant('order' as const),
        pair: fc.constantFrom('XBTUSDT', 'ETHUSDT'),
        type: fc.constantFrom('buy', 'sell'),
        ordertype: fc.constantFrom('market', 'limit'),
        oflags: fc.constantFrom('fciq', 'fcib', ''),
        lots: fc.integer({ min: 1_000_000, max: 9_999_999 }),
      }),
      fc.record({
        kind: fc.constantFrom('deposit' as const, 'withdraw' as const),
        amount: fc.integer({ min: 1, max: 100 }),
      }),
    )
    const bench = await startKraken()
    let accounts = 0
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 8 }), async (acts) => {
        accounts += 1
        const own = { ...keys, apiKey: `ledger-key-${accounts}` }
        bench.simulator.addAccount({ venue: 'kraken', ...own, balances: start })
        for (const one of acts) {
          if (one.kind !== 'order') {
            const { kind, amount } = one
            bench.simulator.hand({ apiKey: own.apiKey, do: kind, asset: 'USDT', amount: String(amount) })
            continue
          }
          const { lots, kind: _, ...wish } = one
          const price = wish.pair === 'XBTUSDT' ? 50_100 : 2_510
          const limit: Record<string, string> = wish.ordertype === 'limit' ? { price: String(price) } : {}
          await ask(url(bench), 'AddOrder', { ...wish, ...limit, volume: `0.0${lots}` }, { own })
        }
        const { result } = await ask(url(bench), 'Ledgers', {}, { own })
        const entries = Object.values(result.ledger as Record<string, Entry>)
        const { result: balances } = await ask(url(bench), 'Balance', {}, { own })
        const [truth] = bench.simulator.ledger(own.apiKey).accounts
        for (const [asset, balance] of Object.entries(balances as Record<string, string>)) {
          const name = names[asset] ?? ''
          const moves = entries.filter((entry) => entry.asset === asset)
          const moved = moves.flatMap(({ amount, fee }) => [amount, `-${fee}`])
          expect(new Decimal(sum([start[name] ?? '0', ...moved])).eq(balance)).toBe(true)
          if (moves[0] !== undefined) expect(new Decimal(moves[0].balance).eq(balance)).toBe(true)
          const { free = '0', locked = '0' } = truth?.balances[name] ?? {}
          expect(new Decimal(balance).eq(sum([free, locked]))).toBe(true)
          expect(new Decimal(free).gte(0)).toBe(true)
        }
      }),
      { numRuns: 10 },
    )
    await bench.stop()
  })
})

describe('histories', () => {
  let bench: KrakenBench
  let wallMs = Date.UTC(2026, 0, 1)
  const startedS = wallMs / 1000
  beforeAll(async () => {
    bench = await startKraken([], { wallNow: () => wallMs })
    for (let k = 0; k < 60; k += 1) {
      wallMs += 1_000
      bench.simulator.hand({ apiKey: keys.apiKey, do: 'buy', symbol: 'BTC/USDT', quantity: '0.0001' })
    }
  })
  afterAll(() => bench.stop())
  const trades = async (parameters = {}) => {
    const { result } = await ask(url(bench), 'TradesHistory', parameters)
    const rows = Object.entries(result.trades as Record<string, { time: number; trade_id: number }>)
    return { rows, count: result.count }
  }

  test('come fifty at a time, the newest first, and count all', async () => {
    const first = await trades()
    const second = await trades({ ofs: 50 })
    expect([first.rows.length, second.rows.length, first.count]).toEqual([50, 10, 60])
    const times = [...first.rows, ...second.rows].map(([, { time }]) => time)
    expect(times).toEqual(times.toSorted((a, b) => b - a))
    expect(new Set([...first.rows, ...second.rows].map(([id]) => id)).size).toBe(60)
    expect((await trades({ ofs: 60 })).rows).toEqual([])
  })

  test('begin after a moment or a trade, and end with one', async () => {
    expect((await trades({ start: startedS + 58 })).rows).toHaveLength(2)
    expect((await trades({ end: startedS + 3 })).rows).toHaveLength(3)
    const { rows } = await trades()
    const [, third] = rows.slice(1)
    expect((await trades({ start: third?.[0] })).rows.map(([id]) => id)).toEqual(
      rows.slice(0, 2).map(([id]) => id),
    )
    expect(errorIn(await ask(url(bench), 'TradesHistory', { start: 'TAAAAA-AAAAA-AAAAAA' }))).toBe(
      'EGeneral:Invalid arguments:start',
    )
  })

  test('closed orders are counted over all pages, too', async () => {
    const { result } = await ask(url(bench), 'ClosedOrders', { start: startedS + 5 })
    expect(result.count).toBe(55)
    expect(Object.keys(result.closed as object)).toHaveLength(50)
  })

  test('of the ledger, one asset and one kind', async () => {
    bench.simulator.hand({ apiKey: keys.apiKey, do: 'deposit', asset: 'BTC', amount: '0.25' })
    const asked = async (parameters: Record<string, string>) =>
      (await ask(url(bench), 'Ledgers', parameters)).result
    expect((await asked({ asset: 'XXBT', type: 'trade' })).count).toBe(60)
    expect((await asked({ asset: 'XBT' })).count).toBe(61)
    expect(Object.values((await asked({ type: 'deposit' })).ledger as object)).toMatchObject([
      { asset: 'XXBT', amount: '0.2500000000', type: 'deposit' },
    ])
  })
})

describe('an order that leaves another behind', () => {
  test('rests once the first is filled, for as much as was filled, and is told with it', async () => {
    const bench = await startKraken([
      [50_000, 50_000, 49_000, 49_900],
      [49_900, 49_900, 47_000, 47_500],
      [47_500, 47_500, 47_500, 47_500],
    ])
    const placed = await ask(url(bench), 'AddOrder', {
      pair: 'XBTUSDT',
      type: 'buy',
      ordertype: 'limit',
      volume: '0.02',
      price: '49500',
      'close[ordertype]': 'stop-loss',
      'close[price]': '48000',
      cl_ord_id: 'entry',
    })
    expect(placed.result.descr).toEqual({
      order: 'buy 0.02000000 XBTUSDT @ limit 49500.0',
      close: 'close position @ stop loss 48000.0',
    })
    const open = async () => Object.values((await ask(url(bench), 'OpenOrders')).result.open as object)
    expect(await open()).toHaveLength(1)
    bench.clock.advance(minuteMs)
    const [entry] = (placed.result.txid as string[]) ?? []
    expect(await open()).toMatchObject([
      { refid: entry, vol: '0.02000000', descr: { ordertype: 'stop-loss', type: 'sell', price: '48000.0' } },
    ])
    bench.clock.advance(minuteMs)
    expect(await open()).toEqual([])
    expect(bench.account().balances.BTC?.free).toBe('1')
    await bench.stop()
  })

  test('a kind it cannot be', async () => {
    const bench = await startKraken()
    const wish = { pair: 'XBTUSDT', type: 'buy', ordertype: 'limit', volume: '0.02', price: '49500' }
    const asked = (close: Record<string, string>) =>
      ask(url(bench), 'AddOrder', { ...wish, ...close }).then(errorIn)
    expect(await asked({ 'close[ordertype]': 'market' })).toBe('EGeneral:Invalid arguments:close[ordertype]')
    expect(await asked({ 'close[ordertype]': 'stop-loss' })).toBe('EGeneral:Invalid arguments:close[price]')
    expect(bench.account().orders).toEqual([])
    await bench.stop()
  })
})
