import { expect, test, vi } from 'vitest'
import { candlesOf } from '#db/candles.ts'
import type { Candle } from '#src/domain/candle.ts'
import type { SeenCandles } from '#src/exchange/feeds.ts'
import { createLog } from '#src/log.ts'
import { candleKeeper } from '#workers/candle-keeper.ts'
import { testDatabase } from '../support/database.ts'

const database = await testDatabase()
const db = database.db('bullpen_worker')
const log = createLog({ level: 'silent', role: 'test' })
const start = Date.parse('2026-03-01T00:00:00Z')
const fiveMinutes = 300_000

const candle = (n: number, close = 100 + n): Candle => ({
  openTimeMs: start + n * fiveMinutes,
  open: 100,
  high: close + 1,
  low: 99,
  close,
  volume: 5,
})

function seen(symbol: string, candles: readonly Candle[], rest: Partial<SeenCandles> = {}): SeenCandles {
  const last = candles.at(-1)?.openTimeMs ?? start
  const place = { exchange: 'binance', market: 'spot', mode: 'paper' } as const
  return { ...place, symbol, timeframe: '5m', candles, marketNowMs: last + 1, ...rest }
}

const kept = async (symbol: string, isPaper = true) =>
  candlesOf(
    db,
    { exchange: 'binance', market: 'spot', isPaper, symbol, timeframe: '5m' },
    { from: new Date(start), to: new Date(start + 1_000 * fiveMinutes), limit: 1_000 },
  )

test('closed candles are kept once, the forming one when it has closed, and a wider look adds what is older', async () => {
  const keep = candleKeeper(db, log)
  keep(seen('BTC/USDT', [candle(3), candle(4), candle(5)]))
  await vi.waitFor(async () => expect(await kept('BTC/USDT')).toEqual([candle(3), candle(4)]))
  keep(seen('BTC/USDT', [candle(4), candle(5), candle(6)]))
  await vi.waitFor(async () => expect(await kept('BTC/USDT')).toEqual([candle(3), candle(4), candle(5)]))
  keep(seen('BTC/USDT', [candle(1), candle(2), candle(3), candle(6)]))
  await vi.waitFor(async () => expect(await kept('BTC/USDT')).toHaveLength(5))
})

test('what a market says anew is corrected, by whichever process reads it first', async () => {
  candleKeeper(db, log)(seen('ETH/USDT', [candle(1), candle(2)]))
  await vi.waitFor(async () => expect(await kept('ETH/USDT')).toEqual([candle(1)]))
  candleKeeper(db, log)(seen('ETH/USDT', [candle(1, 90), candle(2)]))
  await vi.waitFor(async () => expect(await kept('ETH/USDT')).toEqual([candle(1, 90)]))
})

test('the simulator’s market and the venue’s are two, and other lengths are not kept', async () => {
  const keep = candleKeeper(db, log)
  keep(seen('SOL/USDT', [candle(1), candle(2)], { timeframe: '1m' }))
  keep(seen('SOL/USDT', [candle(1, 7), candle(2)], { mode: 'live' }))
  await vi.waitFor(async () => expect(await kept('SOL/USDT', false)).toEqual([candle(1, 7)]))
  expect(await kept('SOL/USDT')).toEqual([])
})

test('what could not be written is written with the next look', async () => {
  const keep = candleKeeper(db, log)
  await database.query('alter table candles rename to hidden')
  keep(seen('XRP/USDT', [candle(1), candle(2)]))
  await vi.waitFor(() => {
    // The failed write is over once another is taken up.
    keep(seen('XRP/USDT', [candle(1), candle(2)]))
  })
  await database.query('alter table hidden rename to candles')
  await vi.waitFor(async () => {
    keep(seen('XRP/USDT', [candle(1), candle(2), candle(3)]))
    expect(await kept('XRP/USDT')).toEqual([candle(1), candle(2)])
  })
})
