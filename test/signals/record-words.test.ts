import { beforeEach, expect, test } from 'vitest'
import type { Db } from '#db/client.ts'
import type { SignalAction } from '#src/domain/signal.ts'
import { recordWords } from '#src/signals/strategies/record-words.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

const fiveMs = 300_000
const startMs = Date.UTC(2026, 5, 17, 13)
const life = { stepMs: fiveMs, leastMs: 0 }

let database: TestDatabase
let db: Db
beforeEach(async () => {
  database = await testDatabase()
  db = database.db()
})

/** What a strategy says at the close of candle number `at`. */
const word = (at: number, action: SignalAction, symbol = 'BTC/USDT') => ({
  symbol,
  word: { saidAtMs: startMs + at * fiveMs, price: 100 + at, action, confidence: 0.5, reasoning: `${at}` },
})

const rows = () =>
  database.query(
    `select symbol, action, ended_at is null as live,
       ((extract(epoch from created_at) * 1000 - ${startMs}) / ${fiveMs})::int as born,
       ((extract(epoch from expires_at) * 1000 - ${startMs}) / ${fiveMs})::int as until
     from trading_signals order by symbol, created_at`,
  )

test('a word is a signal of its close and lives three candles; a repeat renews it', async () => {
  const words = [word(1, 'BUY'), word(2, 'BUY'), word(2, 'SELL', 'ETH/USDT')]
  expect(await recordWords(db, 'strategy:mine', words, life)).toBe(2)
  expect(await rows()).toEqual([
    { symbol: 'BTC/USDT', action: 'BUY', live: true, born: 1, until: 5 },
    { symbol: 'ETH/USDT', action: 'SELL', live: true, born: 2, until: 5 },
  ])
})

test('another worker that hears the strategy say the same again changes nothing', async () => {
  const words = [word(1, 'SELL'), word(2, 'BUY'), word(3, 'BUY')]
  expect(await recordWords(db, 'strategy:mine', words, life)).toBe(2)
  const before = await rows()
  expect(await recordWords(db, 'strategy:mine', words, life)).toBe(0)
  expect(await recordWords(db, 'strategy:mine', words.slice(0, 2), life)).toBe(0)
  expect(await rows()).toEqual(before)
  expect(await recordWords(db, 'strategy:mine', [...words, word(4, 'HOLD')], life)).toBe(1)
  expect(await rows()).toEqual([
    ...before.map((row) => ({ ...row, live: false })),
    { symbol: 'BTC/USDT', action: 'HOLD', live: true, born: 4, until: 7 },
  ])
})

test('in a fast replay it lives as long as somebody needs to read it', async () => {
  await recordWords(db, 'strategy:mine', [word(0, 'BUY')], { stepMs: 60_000, leastMs: 4 * fiveMs })
  expect(await rows()).toMatchObject([{ born: 0, until: 4 }])
})
