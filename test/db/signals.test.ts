import { beforeEach, expect, test } from 'vitest'
import type { Db } from '#db/client.ts'
import { recordDecision } from '#db/decisions.ts'
import { accuracyOf, recordScore, unscoredSignals } from '#db/signal-scores.ts'
import { liveSignalsFor, recordSignal, type SaidSignal } from '#db/signals.ts'
import type { Decision } from '#src/domain/entries/decision.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { addTenant } from '../support/tenant.ts'

const start = Date.parse('2026-03-23T10:00:00Z')
const minute = 60_000
const hour = 60 * minute
let database: TestDatabase
let db: Db

beforeEach(async () => {
  database = await testDatabase()
  db = database.db()
})

function said(change: Partial<SaidSignal> = {}): SaidSignal {
  const saidAtMs = change.saidAtMs ?? start
  return {
    source: 'smart_entry',
    symbol: 'BTC/USDT',
    userId: null,
    action: 'BUY',
    confidence: 0.5,
    reasoning: 'trend and MACD agree',
    details: { trend: 1 },
    price: 60_000,
    saidAtMs,
    expiresAtMs: saidAtMs + minute,
    ...change,
  }
}

test('a repeat renews the live signal and keeps its birth', async () => {
  const first = await recordSignal(db, said())
  const again = await recordSignal(
    db,
    said({ saidAtMs: start + 30_000, confidence: 0.7, reasoning: 'stronger' }),
  )
  expect(again).toEqual({ id: first.id, isNew: false })
  const [live, ...others] = await liveSignalsFor(db, someone, start + 31_000)
  expect(others).toEqual([])
  expect(live).toMatchObject({
    confidence: 0.7,
    reasoning: 'stronger',
    createdAtMs: start,
    expiresAtMs: start + 90_000,
  })
})

test.each([
  ['the opposite action', { action: 'SELL', saidAtMs: start + 10_000 }],
  ['HOLD', { action: 'HOLD', saidAtMs: start + 10_000 }],
  ['a repeat after expiry', { saidAtMs: start + 2 * minute }],
] as const)('%s ends the live signal, and the next is a new one', async (_, change) => {
  const first = await recordSignal(db, said())
  const next = await recordSignal(db, said(change))
  expect(next.isNew).toBe(true)
  expect(next.id).not.toBe(first.id)
  const rows = await database.query(
    'select ended_at is null as live from trading_signals order by created_at',
  )
  expect(rows).toEqual([{ live: false }, { live: true }])
})

test('no signal outlives six hours from its birth, however often it is repeated', async () => {
  const first = await recordSignal(db, said({ expiresAtMs: start + 5 * hour }))
  const late = start + 5 * hour - 1
  const renewed = await recordSignal(db, said({ saidAtMs: late, expiresAtMs: late + 5 * hour }))
  expect(renewed.id).toBe(first.id)
  const [live] = await liveSignalsFor(db, someone, late)
  expect(live?.expiresAtMs).toBe(start + 6 * hour)
  const next = await recordSignal(db, said({ saidAtMs: start + 6 * hour, expiresAtMs: start + 7 * hour }))
  expect(next.isNew).toBe(true)
})

test('sixteen fetchers at once leave one live signal', async () => {
  const said16 = Array.from({ length: 16 }, (_, i) => recordSignal(db, said({ saidAtMs: start + i })))
  const results = await Promise.all(said16)
  expect(new Set(results.map((result) => result.id)).size).toBe(1)
  expect(results.filter((result) => result.isNew)).toHaveLength(1)
})

test("a user sees everyone's signals and their own, and nobody acts on HOLD", async () => {
  const [alice, bob] = [await addUser('alice'), await addUser('bob')]
  await recordSignal(db, said())
  await recordSignal(db, said({ source: 'webhook', userId: alice, saidAtMs: start + 1 }))
  await recordSignal(db, said({ source: 'webhook', userId: bob }))
  await recordSignal(db, said({ symbol: 'ETH/USDT', action: 'HOLD' }))
  const seen = await liveSignalsFor(db, alice, start + 2)
  expect(seen.map((signal) => signal.userId)).toEqual([null, alice])
})

test.each(['ai-scheduler', 'ai-trading-signals', 'titan_v2', 'manual'])(
  'the database refuses the source %s',
  async (source) => {
    await expect(recordSignal(db, said({ source }))).rejects.toThrow(/check constraint/)
  },
)

test('a score counts once, over the last fifty of the source and all of the symbol', async () => {
  for (let i = 0; i < 60; i++) {
    await recordSignal(db, said({ symbol: i % 2 ? 'ETH/USDT' : 'BTC/USDT', saidAtMs: start + i * hour }))
  }
  const due = await unscoredSignals(db, start + 100 * hour, 100)
  expect(due).toHaveLength(60)
  for (const [i, signal] of due.entries()) {
    const score = { isHit: i >= 30, move: 0.01, scoredAtMs: start + 200 * hour }
    await recordScore(db, signal, score)
    await recordScore(db, signal, { ...score, isHit: false })
  }
  expect(await unscoredSignals(db, start + 100 * hour, 100)).toEqual([])
  expect(await accuracyOf(db, { source: 'smart_entry', symbol: 'ETH/USDT', userId: null })).toEqual({
    samples: 50,
    hits: 30,
    symbolSamples: 30,
    symbolHits: 15,
  })
})

test("a webhook's accuracy is its user's own, though another calls theirs alike", async () => {
  const [mine, other] = [
    await addTenant(database, { name: 'mia' }),
    await addTenant(database, { name: 'otto' }),
  ]
  for (const { userId } of [mine, other])
    for (let i = 0; i < 12; i++)
      await recordSignal(db, said({ source: 'webhook:tv', userId, saidAtMs: start + i * 7 * hour }))
  for (const signal of await unscoredSignals(db, start + 100 * hour, 100)) {
    const [row] = await database.query<{ user_id: string }>(
      'select user_id from trading_signals where id = $1',
      [signal.id],
    )
    const isHit = row?.user_id === mine.userId
    await recordScore(db, signal, { isHit, move: 0.01, scoredAtMs: start + 200 * hour })
  }
  const of = (userId: string | null) => accuracyOf(db, { source: 'webhook:tv', symbol: 'BTC/USDT', userId })
  expect(await of(mine.userId)).toEqual({ samples: 12, hits: 12, symbolSamples: 12, symbolHits: 12 })
  expect(await of(other.userId)).toEqual({ samples: 12, hits: 0, symbolSamples: 12, symbolHits: 0 })
  expect(await of(null)).toEqual({ samples: 0, hits: 0, symbolSamples: 0, symbolHits: 0 })
})

test('a skip is stored when its rule changes and not when only its numbers do', async () => {
  const place = await undecided('alice')
  expect(await recordDecision(db, place, skip('confidence', 0.4))).toBeDefined()
  expect(await recordDecision(db, place, skip('confidence', 0.41))).toBeUndefined()
  expect(await recordDecision(db, place, skip('max_positions', 5))).toBeDefined()
  expect(await recordDecision(db, place, skip('confidence', 0.41))).toBeDefined()
})

test('of two decisions the one written later is the last, whichever transaction began first', async () => {
  const place = await undecided('bob')
  await db.transaction().execute(async (early) => {
    await early.selectFrom('accounts').select('id').limit(1).execute()
    await recordDecision(db, place, skip('confidence', 0.4))
    await recordDecision(early, place, skip('max_positions', 5))
  })
  expect(await recordDecision(db, place, skip('max_positions', 6))).toBeUndefined()
  expect(await recordDecision(db, place, skip('confidence', 0.4))).toBeDefined()
})

/** A signal that an account of a new user has not decided on. */
async function undecided(name: string) {
  const userId = await addUser(name)
  const [account] = await database.query<{ id: string }>(
    `insert into accounts (user_id, name, exchange, market, mode, quote) values ($1, 'main', 'binance', 'spot', 'paper', 'USDT') returning id`,
    [userId],
  )
  const signal = await recordSignal(db, said())
  return { userId, accountId: account?.id ?? '', signalId: signal.id, marketNowMs: start }
}

const skip = (rule: string, threshold: number): Decision => ({
  symbol: 'BTC/USDT',
  outcome: 'skipped',
  action: 'none',
  rule,
  reasons: [`${rule}: ${threshold}`],
  steps: [{ name: rule, passed: false, numbers: { threshold } }],
})

const someone = '00000000-0000-4000-8000-000000000001'

async function addUser(name: string): Promise<string> {
  const [user] = await database.query<{ id: string }>(
    `insert into auth."user" (name, email, "emailVerified") values ($1, $1 || '@example.test', true) returning id`,
    [name],
  )
  return user?.id ?? ''
}
