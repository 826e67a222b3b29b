import fc from 'fast-check'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Db } from '#db/client.ts'
import { saveEvaluations, watchedPositions } from '#db/monitored-positions.ts'
import type { Candle } from '#src/domain/candle.ts'
import type { ExitRules } from '#src/domain/exits/exit-rules.ts'
import type { ReevaluationMarket } from '#src/domain/exits/reevaluate.ts'
import { tickOf } from '#src/domain/tick.ts'
import { type SweepMarket, sweep } from '#src/monitor/sweep.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { addTenant, type TestTenant } from '../support/tenant.ts'

const openedAt = Date.parse('2026-03-23T10:00:00Z')
const minute = 60_000
let database: TestDatabase
let db: Db
let tenant: TestTenant

beforeAll(async () => {
  database = await testDatabase()
  db = database.db()
  tenant = await addTenant(database, { market: 'futures' })
})

beforeEach(async () => {
  await database.query('delete from position_reevaluations')
  await database.query('delete from monitored_positions')
  await database.query('delete from positions')
})

const rules: ExitRules = {
  tick: tickOf('0.1'),
  stepSize: '0.001',
  minQuantity: '0.001',
  minNotional: '5',
  reduceOnly: true,
  trailing: { activation: 0.005, distance: 0.01 },
  partials: [
    { profit: 0.01, fraction: 0.25 },
    { profit: 0.02, fraction: 0.5 },
    { profit: 0.03, fraction: 0.75 },
  ],
  timeExitMs: 12 * 60 * minute,
  dynamicStops: true,
  smartExit: false,
}

/** Sixty quiet candles that rise, the last of which opened at a moment, or falls wider than anything before it. */
function candlesUntil(openTimeMs: number, ending: 'quiet' | 'spike'): Candle[] {
  return Array.from({ length: 60 }, (_, i) => {
    const close = 100 + i / 100
    const quiet = { open: close - 0.01, high: close + 0.05, low: close - 0.06, close, volume: 10 }
    const isSpike = i === 59 && ending === 'spike'
    return {
      openTimeMs: openTimeMs - (59 - i) * 5 * minute,
      ...quiet,
      ...(isSpike && { open: close - 0.05, low: close - 2, close: close - 1.5 }),
    }
  })
}

interface Watch {
  symbol?: string
  side?: 'long' | 'short'
  stop?: number
  target?: number
  rules?: ExitRules
  shard?: number
  of?: TestTenant
}

async function open(watch: Watch = {}): Promise<string> {
  const { symbol = 'BTC/USDT:USDT', side = 'long', stop = 98, target = 110, shard = 0, of = tenant } = watch
  const [position] = await database.query<{ id: string }>(
    `insert into positions (user_id, account_id, source, symbol, side, state, qty_open, qty_entered, entry_price, stop_loss, take_profit, opened_at)
     values ($1, $2, 'smart_entry', $3, $4, 'open', 1, 1, 100, $5, $6, $7) returning id`,
    [of.userId, of.accountId, symbol, side, stop, target, new Date(openedAt)],
  )
  await database.query(
    `insert into monitored_positions (position_id, user_id, shard, entry_price, best_price, stop_loss, take_profit, rules)
     values ($1, $2, $3, 100, 100, $4, $5, $6)`,
    [position?.id, of.userId, shard, stop, target, JSON.stringify(watch.rules ?? rules)],
  )
  return position?.id ?? ''
}

/** A market at one price for every symbol named; its readings are the given one, or fail. */
function marketAt(
  prices: Record<string, number>,
  reading?: Omit<ReevaluationMarket, 'candleOpenTimeMs'>,
): SweepMarket {
  return {
    prices: async () => new Map(Object.entries(prices)),
    reading: async (_, __, candleOpenTimeMs) => {
      if (!reading) throw new Error('the venue is down')
      return { candleOpenTimeMs, ...reading }
    },
    candles: async () => {
      throw new Error('the venue is down')
    },
  }
}

const btc = (price: number) => marketAt({ 'BTC/USDT:USDT': price })

describe('a sweep finds the exits that are due', () => {
  test.each([
    ['a stop is hit at its price, not only beyond it', [98], ['stop_loss']],
    ['nothing is due inside the bounds', [98.1], []],
    ['the trailing stop follows the peak', [100.6, 99.6], ['trailing_stop']],
    ['a peak seen in one sweep is kept for the next', [100.9, 100.2, 99.9], ['trailing_stop']],
    ['a jump over two levels is one exit', [102.5], ['partial_tp_2']],
    ['take profit closes the remainder', [110], ['take_profit']],
  ])('%s', async (_, path, reasons) => {
    await open()
    let found: string[] = []
    for (const price of path) {
      const { due } = await sweep(db, 0, btc(price), openedAt + minute)
      found = due.map(({ exit }) => exit.reason)
    }
    expect(found).toEqual(reasons)
  })

  test('a short mirrors a long', async () => {
    await open({ side: 'short', stop: 102, target: 90 })
    expect((await sweep(db, 0, btc(102), openedAt)).due[0]?.exit.reason).toBe('stop_loss')
    expect((await sweep(db, 0, btc(89), openedAt)).due[0]?.exit.reason).toBe('take_profit')
  })

  test('time runs on the market clock', async () => {
    await open()
    expect((await sweep(db, 0, btc(100), openedAt + 12 * 60 * minute - 1)).due).toEqual([])
    expect((await sweep(db, 0, btc(100), openedAt + 12 * 60 * minute)).due[0]?.exit.reason).toBe('time_exit')
  })

  test('another shard is left alone', async () => {
    await open({ shard: 1 })
    expect(await sweep(db, 0, btc(1), openedAt)).toMatchObject({ evaluated: 0, due: [] })
  })

  test('what is reserved by exits under way is not sold again', async () => {
    const id = await open()
    await database.query('update positions set qty_reserved = 1 where id = $1', [id])
    expect(await sweep(db, 0, btc(90), openedAt)).toMatchObject({ evaluated: 1, due: [] })
  })
})

test('a symbol without a price is told, is not evaluated, and harms no other', async () => {
  const blind = await open({ symbol: 'ETH/USDT:USDT' })
  await open()
  const found = await sweep(db, 0, btc(98), openedAt)
  expect(found.blind).toEqual([
    { positionId: blind, symbol: 'ETH/USDT:USDT', reason: 'no price of ETH/USDT:USDT' },
  ])
  expect(found.due).toHaveLength(1)
  const rows = await database.query<{ position_id: string }>(
    'select position_id from monitored_positions where evaluated_at is null',
  )
  expect(rows.map((row) => row.position_id)).toEqual([blind])
})

describe('re-evaluation at each 5 m close', () => {
  const calm = { price: 101, atr: 1, regime: 'sideways' as const }

  test('tightens the stop, moves the target, and records both once', async () => {
    await open({ stop: 95, target: 104 })
    const market = marketAt({ 'BTC/USDT:USDT': 101 }, calm)
    await sweep(db, 0, market, openedAt + 10 * minute)
    await sweep(db, 0, market, openedAt + 11 * minute)
    const rows = await database.query<{ reevaluation_type: string; old_sl: string; new_sl: string }>(
      'select reevaluation_type, old_sl, new_sl from position_reevaluations order by reevaluation_type',
    )
    expect(rows.map((row) => row.reevaluation_type)).toEqual(['stop_loss', 'take_profit'])
    expect(Number(rows[0]?.new_sl)).toBeGreaterThan(95)
    const [watched] = await watchedPositions(db, 0)
    expect(watched?.state.stopLoss).toBe(Number(rows[0]?.new_sl))
  })

  test('a stop never loosens', async () => {
    await open({ stop: 99 })
    await sweep(db, 0, marketAt({ 'BTC/USDT:USDT': 101 }, { ...calm, atr: 20 }), openedAt + 10 * minute)
    const [watched] = await watchedPositions(db, 0)
    expect(watched?.state.stopLoss).toBe(99)
  })

  test('a market that cannot be read leaves the stops as they were, and they are still watched', async () => {
    await open()
    const found = await sweep(db, 0, btc(98), openedAt + 10 * minute)
    expect(found).toMatchObject({ unread: 1, evaluated: 1 })
    expect(found.due[0]?.exit.reason).toBe('stop_loss')
  })

  test('settings that switch it off read nothing', async () => {
    await open({ rules: { ...rules, dynamicStops: false } })
    expect((await sweep(db, 0, btc(100), openedAt + 10 * minute)).unread).toBe(0)
  })
})

describe('SmartExit at each 5 m close', () => {
  const smart = { ...rules, smartExit: true, dynamicStops: false }
  const at = openedAt + 11 * minute
  const closed = openedAt + 5 * minute
  const asked: number[] = []
  const smartMarket = (candles: readonly Candle[]): SweepMarket => ({
    ...btc(100.2),
    candles: async (_, candleOpenTimeMs) => {
      asked.push(candleOpenTimeMs)
      return candles
    },
  })
  beforeEach(() => void asked.splice(0))

  test('candles that cannot be read, or do not reach this close yet, are told and close nothing', async () => {
    await open({ rules: smart })
    for (const market of [btc(100.2), smartMarket(candlesUntil(closed - 5 * minute, 'spike'))])
      expect(await sweep(db, 0, market, at)).toMatchObject({ evaluated: 1, unread: 1, due: [] })
  })

  test('is asked by positions that have it on, of candles that opened after them', async () => {
    await open({ rules: { ...smart, smartExit: false } })
    expect((await sweep(db, 0, smartMarket(candlesUntil(closed, 'spike')), at)).due).toEqual([])
    await database.query('update monitored_positions set rules = $1', [JSON.stringify(smart)])
    const early = smartMarket(candlesUntil(openedAt - 5 * minute, 'spike'))
    expect(await sweep(db, 0, early, openedAt + 4 * minute)).toMatchObject({ due: [], unread: 0 })
    expect(asked).toEqual([])
    expect((await sweep(db, 0, smartMarket(candlesUntil(closed, 'quiet')), at)).due).toEqual([])
    expect(asked).toEqual([closed])
  })

  test('closes what it speaks against, at every sweep until it is closed, and asks once for all', async () => {
    await open({ rules: smart })
    await open({ rules: smart, of: await addTenant(database, { name: 'bob', market: 'futures' }) })
    const market = smartMarket(candlesUntil(closed, 'spike'))
    for (let again = 0; again < 2; again++) {
      const { due } = await sweep(db, 0, market, at)
      expect(due.map(({ exit }) => [exit.reason, exit.action])).toEqual([
        ['smart_exit:volatility_spike', 'close'],
        ['smart_exit:volatility_spike', 'close'],
      ])
    }
    expect(asked).toEqual([closed, closed])
  })

  test('a stop that is hit at the same moment goes before it', async () => {
    await open({ rules: smart, stop: 101 })
    const { due } = await sweep(db, 0, smartMarket(candlesUntil(closed, 'spike')), at)
    expect(due[0]?.exit.reason).toBe('stop_loss')
  })
})

test('what the margin asks goes before every other exit, and a halving only where nothing closes', async () => {
  const id = await open()
  const hinted = (hint: 'close' | 'halve', price: number) =>
    sweep(db, 0, btc(price), openedAt + minute, new Map([[id, hint]]))
  expect((await hinted('close', 98)).due[0]?.exit).toMatchObject({ reason: 'liquidation', action: 'close' })
  expect((await hinted('halve', 98)).due[0]?.exit).toMatchObject({ reason: 'stop_loss' })
  expect((await hinted('halve', 100)).due[0]?.exit).toMatchObject({
    reason: 'liquidation',
    action: 'reduce',
    quantity: '0.5',
    slots: [],
  })
})

test('views written in any order leave the highest peak and the tightest stop', async () => {
  const price = fc.integer({ min: 90, max: 110 })
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('long' as const, 'short' as const),
      fc.array(fc.tuple(price, price), { minLength: 2, maxLength: 6 }),
      async (side, views) => {
        await database.query('delete from monitored_positions')
        await database.query('delete from positions')
        const positionId = await open({ side, stop: 100 })
        const one = (view: readonly [number, number]) => ({
          positionId,
          price: view[0],
          trailingStop: null,
          state: {
            side,
            bestPrice: view[0],
            stopLoss: view[1],
            takeProfit: null,
            takenLevels: [],
            reevaluatedAtMs: 0,
          },
        })
        await Promise.all(views.map((view) => saveEvaluations(db, [one(view)])))
        const [watched] = await watchedPositions(db, 0)
        const best = [100, ...views.map((view) => view[0])]
        const stops = [100, ...views.map((view) => view[1])]
        expect(watched?.state).toMatchObject(
          side === 'long'
            ? { bestPrice: Math.max(...best), stopLoss: Math.max(...stops) }
            : { bestPrice: Math.min(...best), stopLoss: Math.min(...stops) },
        )
      },
    ),
    { numRuns: 25 },
  )
})
