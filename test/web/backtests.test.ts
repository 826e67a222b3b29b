import { gzipSync } from 'node:zlib'
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { equityLines } from '#src/backtest/report/equity-lines.ts'
import { reportHtml } from '#src/backtest/report/report.ts'
import { summarize } from '#src/backtest/summary/summary.ts'
import { backtestLimits, backtestTerms } from '#src/domain/backtest.ts'
import { openBackend } from '#src/queue/backend.ts'
import { openQueues } from '#src/queue/queues.ts'
import type { BacktestTrade, WholeBacktest } from '#src/web/api/backtest-answers.ts'
import type { BacktestOptions } from '#src/web/api/backtest-create.ts'
import type { ProblemAnswer } from '#src/web/problem.ts'
import { generatedRun } from '../backtest/report/generated.ts'
import { type TestUser, type TestWeb, testWeb } from '../support/web.ts'

let web: TestWeb
const cookies = new Map<string, string>()
beforeAll(async () => {
  web = await testWeb()
  for (const user of [web.ada, web.ben]) cookies.set(user.id, await web.signIn(user))
})
beforeEach(() => web.database.query('delete from backtests'))

function ask(user: TestUser, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = {
    cookie: cookies.get(user.id) ?? '',
    origin: web.origin,
    'content-type': 'application/json',
  }
  return fetch(`${web.origin}/api/v1${path}`, { ...init, headers })
}
const post = (user: TestUser, path: string, body: unknown) =>
  ask(user, path, { method: 'POST', body: JSON.stringify(body) })

async function made(user: TestUser, body: unknown = {}): Promise<string> {
  const response = await post(user, '/backtests', body)
  expect(response.status).toBe(201)
  return ((await response.json()) as { id: string }).id
}

/** Ends a run as a worker does, with what an engine gives. */
async function finish(id: string) {
  const { run, charts } = generatedRun({ symbols: ['BTC/USDT', 'ETH/USDT'], days: 20, trades: 150 })
  const summary = summarize(run)
  const curve = equityLines({ run, summary, charts, quote: 'USDT' })
  await web.database.query(
    `update backtests set state = 'done', ended_at = now(), progress = 1, summary = $2, curve = $3, trades = $4,
       page = $5, notes = '{"12 trades are too few to judge by."}' where id = $1`,
    [
      id,
      JSON.stringify(summary),
      JSON.stringify(curve),
      JSON.stringify(run.trades),
      gzipSync(reportHtml(run, summary, charts)),
    ],
  )
  return { run, summary }
}

test('nothing said is what is usual: the own settings over the last 30 days of the ten most traded', async () => {
  await web.database.query(
    `insert into trading_settings (user_id, account_id, settings) values ($1, null, '{"trailing_distance_pct": 0.7, "protections": {"cooldown": {"minutes": 5}}}'),
      ($1, $2, '{"stop_loss_pct": 3}') on conflict do nothing`,
    [web.ben.id, web.ben.accountId],
  )
  const id = await made(web.ben, { settings: { time_exit_hours: null } })
  const [row] = await web.database.query<{ terms: unknown; state: string; name: string }>(
    'select * from backtests where id = $1',
    [id],
  )
  const terms = backtestTerms.parse(row?.terms)
  expect(row?.state).toBe('queued')
  expect(row?.name).toMatch(/^smart-entry · top 10 · binance futures · /)
  expect(terms).toMatchObject({
    exchange: 'binance',
    market: 'futures',
    mode: 'paper',
    quote: 'USDT',
    symbols: 'top10',
    timeframe: '5m',
    fee: null,
    fundingRate: 0.0001,
    settings: { trailing_distance_pct: 0.7, stop_loss_pct: 3, time_exit_hours: null, max_positions: 5 },
  })
  expect(Date.parse(terms.to) - Date.parse(terms.from)).toBe(30 * 86_400_000)
  expect(Math.abs(Date.now() - Date.parse(terms.to))).toBeLessThan(600_000)
})

describe('what cannot be asked is said with the field and its rule, and nothing is kept', () => {
  const cases: readonly [unknown, string, RegExp][] = [
    [{ symbols: [] }, 'symbols', /at least one pair/],
    [{ symbols: 'all' }, 'symbols', /1 to 20 pairs/],
    [{ symbols: ['btc'] }, 'symbols.0', /a pair such as BTC\/USDT/],
    [{ symbols: ['BTC/USDT', 'BTC/USDT'] }, 'symbols', /names one twice/],
    [{ symbols: ['BTC/EUR'] }, 'symbols', /BTC\/EUR is not traded against USDT/],
    [{ timeframe: '2m' }, 'timeframe', /1m, 5m, 15m, 1h/],
    [{ from: 'yesterday' }, 'from', /2026-01-31T00:00:00Z/],
    [{ from: '2100-01-01T00:00:00Z', to: '2100-02-01T00:00:00Z' }, 'from', /is not past/],
    [{ from: '2026-02-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }, 'to', /must be after from/],
    [{ from: '2024-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }, 'to', /731 days: at most 366/],
    [{ from: '2025-01-01T00:00:00Z', to: '2025-12-01T00:00:00Z', timeframe: '1m' }, 'to', /at most 2500000/],
    [{ strategy: '../../etc/passwd' }, 'strategy', /strategy:NAME/],
    [{ parameters: { nope: 1 } }, 'parameters', /no parameter nope/],
    [{ settings: { risk_level: 11 } }, 'settings.risk_level', /./],
    [{ settings: { nope: 1 } }, 'settings', /nope/],
    [{ fee: 0.2 }, 'fee', /./],
    [{ slippage: -1 }, 'slippage', /./],
    [{ capital: 0 }, 'capital', /./],
    [{ fundingRate: 1 }, 'fundingRate', /./],
    [{ more: 1 }, '(request)', /more/],
    [{ account: 'mine' }, 'account', /id of an account/],
  ]
  test.each(cases)('%j', async (body, field, rule) => {
    const response = await post(web.ben, '/backtests', body)
    expect(response.status).toBe(400)
    const { errors = [], advice } = (await response.json()) as ProblemAnswer
    const found = errors.find((error) => error.field === field)
    expect(found, JSON.stringify(errors)).toBeDefined()
    expect(found?.rule).toMatch(rule)
    expect(advice).not.toBe('')
    expect(await web.database.query('select 1 from backtests')).toEqual([])
  })

  test('funding on spot', async () => {
    const response = await post(web.ada, '/backtests', { fundingRate: 0.0001 })
    expect(await response.json()).toMatchObject({
      detail: expect.stringMatching(/on spot nobody pays funding/),
    })
  })

  test('the account of another', async () => {
    const response = await post(web.ben, '/backtests', { account: web.ada.accountId })
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ code: 'no-such-account' })
  })
})

test('ten may be under way or wait, however many ask at once; the fifty newest are kept', async () => {
  const responses = await Promise.all(Array.from({ length: 14 }, () => post(web.ben, '/backtests', {})))
  const statuses = responses.map(({ status }) => status).sort()
  expect(statuses).toEqual([...Array(10).fill(201), ...Array(4).fill(409)])
  const refused = responses.find(({ status }) => status === 409)
  expect(await refused?.json()).toMatchObject({ code: 'too-many-backtests' })
  expect((await post(web.ada, '/backtests', {})).status).toBe(201)
  await web.database.query(`update backtests set state = 'cancelled', ended_at = now()`)
  await web.database.query(
    `insert into backtests (user_id, name, terms, state, ended_at, created_at)
     select user_id, 'old', terms, 'cancelled', now(), now() - n * interval '1 day'
     from (select * from backtests where user_id = $1 limit 1) one, generate_series(1, 60) n`,
    [web.ben.id],
  )
  await made(web.ben)
  const [left] = await web.database.query<{ count: number; oldest: number }>(
    `select count(*)::int, extract(day from now() - min(created_at))::int as oldest from backtests where user_id = $1`,
    [web.ben.id],
  )
  expect(left).toEqual({ count: backtestLimits.kept, oldest: 39 })
})

test('another’s run does not exist, whatever is asked of it', async () => {
  const id = await made(web.ada)
  await finish(id)
  const absent = '00000000-0000-4000-8000-000000000000'
  const asks: readonly [string, string][] = [
    ['GET', ''],
    ['GET', '/trades'],
    ['GET', '/report'],
    ['POST', '/cancel'],
    ['DELETE', ''],
  ]
  for (const [method, path] of asks) {
    const init = { method, ...(method === 'POST' && { body: '{}' }) }
    const [others, nobodys] = [
      await ask(web.ben, `/backtests/${id}${path}`, init),
      await ask(web.ben, `/backtests/${absent}${path}`, init),
    ]
    expect([method, path, others.status]).toEqual([method, path, 404])
    expect((await others.text()).replaceAll(id, 'ID')).toBe((await nobodys.text()).replaceAll(absent, 'ID'))
  }
  const list = (await (await ask(web.ben, '/backtests')).json()) as { items: unknown[] }
  expect(list.items).toEqual([])
  expect((await ask(web.ada, `/backtests/${id}`)).status).toBe(200)
})

test('one that waits is cancelled at once, one that runs when its worker hears of it; what is over can be removed', async () => {
  const waiting = await made(web.ben)
  const running = await made(web.ben)
  await web.database.query(
    `update backtests set state = 'running', claimed_by = 'w', lease_until = now() + interval '1 minute', claims = 1 where id = $1`,
    [running],
  )
  expect((await ask(web.ben, `/backtests/${waiting}`, { method: 'DELETE' })).status).toBe(409)
  expect(await (await post(web.ben, `/backtests/${waiting}/cancel`, {})).json()).toEqual({
    id: waiting,
    isOver: true,
  })
  expect(await (await post(web.ben, `/backtests/${running}/cancel`, {})).json()).toEqual({
    id: running,
    isOver: false,
  })
  const whole = async (id: string) => (await (await ask(web.ben, `/backtests/${id}`)).json()) as WholeBacktest
  expect(await whole(waiting)).toMatchObject({ state: 'cancelled', figures: null, curve: null, groups: null })
  expect(await whole(running)).toMatchObject({ state: 'running', isCancelAsked: true })
  expect((await ask(web.ben, `/backtests/${running}`, { method: 'DELETE' })).status).toBe(409)
  expect((await ask(web.ben, `/backtests/${waiting}`, { method: 'DELETE' })).status).toBe(200)
  expect((await ask(web.ben, `/backtests/${waiting}`)).status).toBe(404)
  expect((await ask(web.ben, `/backtests/${running}/report`)).status).toBe(409)
})

test('one that is done tells its figures, its curve and its trades a page at a time', async () => {
  const id = await made(web.ben, { name: 'mine' })
  const { run, summary } = await finish(id)
  const whole = (await (await ask(web.ben, `/backtests/${id}`)).json()) as WholeBacktest
  expect(whole).toMatchObject({
    name: 'mine',
    state: 'done',
    notes: ['12 trades are too few to judge by.'],
    figures: {
      profit: summary.profit_total,
      trades: summary.trades,
      maxDrawdown: summary.max_drawdown,
      holdRatio: summary.buy_and_hold.return,
    },
  })
  expect(whole.groups?.bySymbol.map(({ key }) => key).sort()).toEqual(['BTC/USDT', 'ETH/USDT'])
  expect(whole.curve?.times.length).toBe(whole.curve?.depth.length)
  const trades: BacktestTrade[] = []
  let next: string | null = '0'
  while (next !== null) {
    const page = await (await ask(web.ben, `/backtests/${id}/trades?limit=40&cursor=${next}`)).json()
    const { items, next: following } = page as { items: BacktestTrade[]; next: string | null }
    trades.push(...items)
    next = following
  }
  expect(trades.map(({ number }) => number)).toEqual(run.trades.map((_, i) => i + 1))
  expect(trades.map(({ profit }) => profit)).toEqual(run.trades.map(({ pnl }) => pnl))
})

test('a report may run its own scripts and reach nothing', async () => {
  const id = await made(web.ben)
  await finish(id)
  const response = await ask(web.ben, `/backtests/${id}/report`)
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toMatch(/^text\/html/)
  const policy = response.headers.get('content-security-policy') ?? ''
  expect(policy).toMatch(/^sandbox allow-scripts; default-src 'none'/)
  expect(policy).not.toMatch(/allow-same-origin|connect-src/)
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(await response.text()).toMatch(/^<!doctype html>/)
})

test('a worker is woken with the id and nothing else', async () => {
  const id = await made(web.ben)
  const backend = await openBackend({ postgresUrl: web.database.url })
  const queues = openQueues(backend)
  onTestFinished(async () => {
    await queues.close()
    await backend.close()
  })
  const jobs = await queues.named('backtests').getJobs(['waiting', 'delayed', 'prioritized'])
  expect(jobs.map(({ name, data }) => ({ name, data }))).toContainEqual({
    name: 'backtest',
    data: { backtestId: id },
  })
})

test('a form learns what can be asked for', async () => {
  const options = (await (await ask(web.ben, '/backtest-options')).json()) as BacktestOptions
  expect(options.accounts).toEqual([
    expect.objectContaining({ id: web.ben.accountId, market: 'futures', mode: 'paper', fundingRate: 0.0001 }),
  ])
  expect(options.strategies.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['smart-entry', 'council']),
  )
  expect(options.strategies[0]?.parameters[0]).toHaveProperty('default')
})
