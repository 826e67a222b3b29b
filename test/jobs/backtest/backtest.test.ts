import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { cancelBacktest, claimBacktest, dueBacktests, finishBacktest, renewBacktest } from '#db/backtests.ts'
import { asTenant } from '#db/client.ts'
import { fetchCandles } from '#src/backtest/candles-from-venue.ts'
import type { BacktestTerms } from '#src/domain/backtest.ts'
import { timeframeMs } from '#src/domain/candle.ts'
import { mergeSettings } from '#src/domain/trading-settings.ts'
import { commandLine } from '../../support/command.ts'
import { addTenant } from '../../support/tenant.ts'
import { type Ground, openGround } from './ground.ts'

vi.setConfig({ testTimeout: 120_000 })

let ground: Ground
const bullpen = commandLine({})
beforeAll(async () => {
  ground = await openGround()
  const strategies = join(ground.folder, 'strategies')
  mkdirSync(strategies)
  const strategy = (name: string, onCandle: string) =>
    writeFileSync(
      join(strategies, `${name}.ts`),
      `import { defineStrategy, z } from 'bullpen/strategy'
export default defineStrategy({ name: '${name}', timeframe: '5m', warmup: 1,
  parameters: z.object({ every: z.int().min(1).default(1) }), onCandle: ${onCandle} })`,
    )
  strategy('throws', "() => { throw new Error('not today') }")
  strategy('slow', '() => { const end = Date.now() + 20; while (Date.now() < end); return undefined }')
})

/** The files that a run reads, fetched apart from it, and what the command line makes of them. */
async function commandLineRun(terms: BacktestTerms) {
  const folder = join(ground.folder, 'fetched')
  const [fromMs, toMs] = [Date.parse(terms.from), Date.parse(terms.to)]
  const files: string[] = []
  for (const symbol of terms.symbols === 'top10' ? [] : terms.symbols) {
    const place = { exchange: terms.exchange, market: terms.market, symbol }
    const options = { folder, address: ground.simulator.url, sleep: async () => {} }
    const day = timeframeMs['1d']
    for (const span of [
      { timeframe: terms.timeframe, fromMs: fromMs - 3 * day, toMs },
      { timeframe: '1h' as const, fromMs: fromMs - 250 * day, toMs: fromMs },
    ])
      files.push((await fetchCandles({ ...place, ...span }, options)).file)
  }
  const settings = join(ground.folder, 'settings.json')
  writeFileSync(settings, JSON.stringify(terms.settings))
  const json = join(ground.folder, 'run.json')
  const funding = (terms.symbols as string[]).map((symbol) => {
    const file = join(ground.folder, `${symbol.replace('/', '')}-funding.csv`)
    const hours = Array.from({ length: (toMs - fromMs) / 28_800_000 }, (_, i) => fromMs + i * 28_800_000)
    const rows = hours.map((at) => `${at},${terms.fundingRate}`)
    writeFileSync(file, `time_ms,funding_rate\n${rows.join('\n')}\n`)
    return file
  })
  const ran = await bullpen([
    ...['backtest', '--strategy', terms.strategy, '--candles', ...files, '--settings', settings],
    ...['--from', terms.from, '--to', terms.to, '--market', terms.market, '--fee', String(terms.fee)],
    ...['--slippage', String(terms.slippage), '--capital', String(terms.capital), '--json', json],
    ...(terms.fundingRate === 0 ? [] : ['--funding', ...funding]),
  ])
  expect(ran.stderr).not.toMatch(/error/i)
  expect(ran.code).toBe(0)
  return JSON.parse(readFileSync(json, 'utf8'))
}

describe('what a worker runs is what the command line runs', () => {
  const settings = mergeSettings({ user: { profile: 'pro', ml_filter: false }, market: 'futures' })
  const cases: readonly [string, Partial<BacktestTerms>][] = [
    ['spot, as the profile ase has it', { fee: 0.001, slippage: 0.0005 }],
    [
      'futures with funding, as the profile pro has it',
      { market: 'futures', fee: 0.0004, capital: 500, fundingRate: 0.0001, settings },
    ],
    ['the council', { fee: 0.001, strategy: 'council' }],
  ]
  test.each(cases)('%s', async (_, change) => {
    const id = await ground.add(change)
    expect(await ground.run(id)).toEqual({ kind: 'done' })
    const row = await ground.row(id)
    expect(row).toMatchObject({ state: 'done', progress: 1, reason: null, claimed_by: null, claims: 1 })
    const told = await commandLineRun(ground.terms(change))
    expect(row.trades).toEqual(told.trades)
    const { buy_and_hold: ownHold, ...own } = row.summary as { buy_and_hold: { return: number } }
    const { buy_and_hold: hold, ...summary } = told.summary
    expect(own).toEqual(summary)
    expect(ownHold.return).toBe(hold.return)
    expect(row.curve?.times.length).toBe(row.curve?.account.length)
    expect(row.curve?.hold.length).toBe(row.curve?.times.length)
    const page = gunzipSync(row.page ?? Buffer.of()).toString()
    expect(page).toMatch(/^<!doctype html>/)
    expect(page).toContain('Buy and hold')
  })

  test('and some of these runs trade', async () => {
    const rows = await ground.database.query<{ trades: number }>(
      `select jsonb_array_length(trades) as trades from backtests where state = 'done'`,
    )
    expect(rows.reduce((sum, { trades }) => sum + trades, 0)).toBeGreaterThan(3)
  })
})

describe('what cannot be run ends with the reason and what mends it', () => {
  const cases: readonly [string, Partial<BacktestTerms>, RegExp, RegExp][] = [
    [
      'a symbol that is not listed',
      { symbols: ['NOPE/USDT'] },
      /does not list NOPE\/USDT/,
      /Leave that symbol out/,
    ],
    [
      'a time that has not come',
      { from: '2027-01-01T00:00:00Z', to: '2027-01-05T00:00:00Z' },
      /no 5m candles of BTC\/USDT/,
      /another time/,
    ],
    [
      'a strategy that is not there',
      { strategy: 'strategy:absent' },
      /there are smart-entry, council, strategy:slow/,
      /strategy/,
    ],
    ['a parameter that it does not have', { parameters: { speed: 5 } }, /no parameter speed/, /parameters/],
    ['a strategy that throws', { strategy: 'strategy:throws' }, /threw: not today/, /Correct the strategy/],
    [
      'a currency in which nothing is listed',
      { symbols: 'top10', quote: 'XAU' },
      /lists nothing in XAU/,
      /./,
    ],
  ]
  test.each(cases)('%s', async (_, change, reason, advice) => {
    const id = await ground.add(change)
    expect(await ground.run(id)).toMatchObject({ kind: 'done', note: expect.stringMatching(/^refused: /) })
    const row = await ground.row(id)
    expect(row).toMatchObject({ state: 'failed', claimed_by: null, trades: null })
    expect(row.reason).toMatch(reason)
    expect(row.reason).not.toContain('\n')
    expect(row.advice).toMatch(advice)
  })

  test('and one that is asked for again by a person on the board is begun anew', async () => {
    const id = await ground.add({ strategy: 'strategy:later' })
    await ground.run(id)
    expect((await ground.row(id)).state).toBe('failed')
    expect(await ground.run(id)).toMatchObject({ kind: 'skipped' })
    writeFileSync(
      join(ground.folder, 'strategies/later.ts'),
      `import { defineStrategy, z } from 'bullpen/strategy'
export default defineStrategy({ name: 'later', timeframe: '5m', warmup: 1, parameters: z.object({}), onCandle: () => undefined })`,
    )
    expect(await ground.run(id, { isRetry: true })).toEqual({ kind: 'done' })
    expect(await ground.row(id)).toMatchObject({ state: 'done', reason: null, trades: [] })
  })
})

test('of many workers one runs it, and each other leaves it', async () => {
  const id = await ground.add()
  const outcomes = await Promise.all(['a', 'b', 'c', 'd'].map((workerId) => ground.run(id, { workerId })))
  expect(outcomes.filter(({ kind }) => kind === 'done')).toHaveLength(1)
  expect(outcomes.filter(({ kind }) => kind === 'skipped')).toHaveLength(3)
  expect(await ground.row(id)).toMatchObject({ state: 'done', claims: 1 })
  expect(await ground.run(id)).toMatchObject({ kind: 'skipped' })
})

test('of one user two are under way at a time, and another user does not wait for them', async () => {
  const { userId } = await addTenant(ground.database, { name: 'bea' })
  const mine = [await ground.add(), await ground.add(), await ground.add()]
  const hers = await ground.add({}, userId)
  const by = { leaseMs: 60_000, atOnce: 2, isRetry: false }
  expect(await dueBacktests(ground.db, 2)).toEqual([mine[0], mine[1], hers])
  const claims = await Promise.all(
    [...mine, hers].map((id) => claimBacktest(ground.db, id, { ...by, workerId: `of ${id}` })),
  )
  expect(claims.slice(0, 3).filter((claimed) => claimed !== undefined)).toHaveLength(2)
  expect(claims[3]).toBeDefined()
  expect(await dueBacktests(ground.db, 2)).toEqual([])
  await ground.database.query(`update backtests set state = 'cancelled', ended_at = now(), claimed_by = null, lease_until = null
    where state in ('running', 'queued')`)
})

test('what a lost worker began is begun anew by another, and what the lost one says counts for nothing', async () => {
  const id = await ground.add()
  const dead = await claimBacktest(ground.db, id, {
    workerId: 'dead',
    leaseMs: 60_000,
    atOnce: 2,
    isRetry: false,
  })
  if (!dead) throw new Error('it was not claimed')
  expect(await ground.run(id)).toMatchObject({ kind: 'skipped' })
  await ground.database.query('update backtests set lease_until = now() where id = $1', [id])
  expect(await dueBacktests(ground.db, 2)).toEqual([id])
  const running = ground.run(id)
  await vi.waitFor(async () => expect((await ground.row(id)).claims).toBe(2))
  const nothing = { summary: {}, curve: {}, trades: [], page: new Uint8Array([1]), notes: [] }
  expect(await renewBacktest(ground.db, dead.claim, { leaseMs: 1, progress: 0.9, doing: '' })).toBe('lost')
  expect(await finishBacktest(ground.db, dead.claim, nothing)).toBe(false)
  expect(await running).toEqual({ kind: 'done' })
  expect((await ground.row(id)).summary).toHaveProperty('final_equity')
})

test('what has lost five workers is not begun again', async () => {
  const id = await ground.add()
  await ground.database.query('update backtests set claims = 5 where id = $1', [id])
  expect(await ground.run(id)).toMatchObject({
    kind: 'failed',
    reason: expect.stringMatching(/begun 5 times/),
  })
  expect(await ground.row(id)).toMatchObject({ state: 'failed' })
})

describe('in the middle of a run', () => {
  const cancel = (id: string) =>
    asTenant(ground.app, ground.userId, (tx) => cancelBacktest(tx, ground.userId, id))

  /** One that takes minutes, and that has come to its candles. */
  async function begin(signal?: AbortSignal) {
    const id = await ground.add({ strategy: 'strategy:slow' })
    const running = ground.run(id, { ...(signal && { signal }) })
    await vi.waitFor(async () => expect((await ground.row(id)).progress).toBeGreaterThan(0.3), {
      timeout: 60_000,
      interval: 100,
    })
    return { id, running }
  }

  test('its user cancels it', async () => {
    const { id, running } = await begin()
    expect(await cancel(id)).toBe('running')
    expect(await running).toMatchObject({ kind: 'done', note: 'cancelled by its user' })
    expect(await ground.row(id)).toMatchObject({ state: 'cancelled', summary: null, claimed_by: null })
  })

  test('its worker is told to stop, and another may have it at once', async () => {
    const stop = new AbortController()
    const { id, running } = await begin(stop.signal)
    stop.abort()
    expect(await running).toMatchObject({ kind: 'skipped' })
    expect(await ground.row(id)).toMatchObject({ state: 'queued', claimed_by: null })
    expect(await dueBacktests(ground.db, 2)).toEqual([id])
    expect(await cancel(id)).toBe('queued')
    expect((await ground.row(id)).state).toBe('cancelled')
  })

  test('another worker has it, and this one leaves', async () => {
    const { id, running } = await begin()
    await ground.database.query(`update backtests set claimed_by = 'another' where id = $1`, [id])
    expect(await running).toMatchObject({ kind: 'skipped' })
    expect(await ground.row(id)).toMatchObject({ state: 'running', claimed_by: 'another' })
    await sleep(50)
    await ground.database.query(
      `update backtests set state = 'cancelled', ended_at = now(), claimed_by = null,
      lease_until = null where id = $1`,
      [id],
    )
  })
})
