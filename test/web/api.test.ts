import { beforeAll, describe, expect, test } from 'vitest'
import { asTenant } from '#db/client.ts'
import { recordSignal } from '#db/signals.ts'
import { decision } from '#src/web/api/decisions.ts'
import { marketNow } from '#src/web/api/market-time.ts'
import { pageOf } from '#src/web/api/page.ts'
import { signal } from '#src/web/api/signals.ts'
import { beatMonitor } from '../support/seed.ts'
import { type TestWeb, testWeb } from '../support/web.ts'

let web: TestWeb
let ada: Record<string, string>
let ben: Record<string, string>

beforeAll(async () => {
  web = await testWeb()
  ada = { cookie: await web.signIn(web.ada) }
  ben = { cookie: await web.signIn(web.ben) }
})

function get(path: string, headers: Record<string, string> = {}) {
  return fetch(`${web.origin}/api/v1${path}`, { headers })
}

describe('without a session', () => {
  test.each([{ path: '/me' }, { path: '/events' }, { path: '/nothing' }])(
    'GET $path answers 401',
    async ({ path }) => {
      const response = await get(path)
      expect(response.status).toBe(401)
      expect(response.headers.get('content-type')).toContain('application/problem+json')
      expect(await response.json()).toMatchObject({ code: 'sign-in-required', advice: expect.any(String) })
    },
  )

  test.each(['/', '/ops/queues', '/ops/queues/api/queues'])(
    'GET %s leads to the sign-in page',
    async (path) => {
      const response = await fetch(`${web.origin}${path}`, { redirect: 'manual' })
      expect(response.status).toBe(302)
      expect(response.headers.get('location')).toMatch(/^\/sign-in/)
    },
  )

  test('a halt cannot be set', async () => {
    const response = await fetch(`${web.origin}/api/v1/halts`, {
      method: 'POST',
      headers: { origin: web.origin },
    })
    expect(response.status).toBe(401)
  })
})

describe('two tenants', () => {
  test.each(['/equity', '/positions', '/trades', '/decisions'])(
    'GET %s does not know another tenant’s account',
    async (path) => {
      const response = await get(`${path}?account=${web.ben.accountId}`, ada)
      expect(response.status).toBe(404)
      expect(await response.json()).toMatchObject({ code: 'no-such-account' })
    },
  )

  test('a halt stops its own user alone, and is in the audit log', async () => {
    const change = (mode: string) =>
      fetch(`${web.origin}/api/v1/halts`, {
        method: 'POST',
        headers: { ...ben, origin: web.origin, 'content-type': 'application/json' },
        body: JSON.stringify({ mode, reason: 'holiday' }),
      })
    expect((await change('no_entries')).status).toBe(200)
    const halts = await web.database.query<{ key: string; mode: string }>(
      `select key, mode from halts where mode <> 'none'`,
    )
    expect(halts).toEqual([{ key: web.ben.id, mode: 'no_entries' }])
    expect(await (await get('/overview', ben)).json()).toMatchObject({
      halt: { mode: 'no_entries', reason: 'holiday' },
    })
    expect((await change('none')).status).toBe(200)
    const audited = await web.database.query<{ actor: string; action: string }>(
      `select user_id, actor, action from audit_log where action like 'halt.%' order by id`,
    )
    const actor = { user_id: web.ben.id, actor: 'ben@example.test' }
    expect(audited).toEqual([
      { ...actor, action: 'halt.set' },
      { ...actor, action: 'halt.lift' },
    ])
  })

  test('a halt of somebody else is shown with its reason', async () => {
    await web.database.query(
      `update halts set mode = 'no_entries', reason = 'maintenance' where scope = 'exchange' and key = 'binance'`,
    )
    const overview = await (await get('/overview', ben)).json()
    await web.database.query(`update halts set mode = 'none', reason = null where scope = 'exchange'`)
    const halt = { scope: 'exchange', key: 'binance', mode: 'no_entries', reason: 'maintenance' }
    expect(overview).toMatchObject({ halt: { mode: 'none' }, otherHalts: [halt] })
  })

  test('without a tenant the web’s role sees no row of any tenant table', async () => {
    const tables = await web.database.query<{ name: string }>(
      `select c.relname as name from pg_attribute a join pg_class c on c.oid = a.attrelid
       join pg_namespace n on n.oid = c.relnamespace
       where a.attname = 'user_id' and not a.attisdropped and c.relkind in ('r', 'p') and n.nspname = 'public' order by 1`,
    )
    const seeded = [
      'accounts',
      'decisions',
      'equity_snapshots',
      'fills',
      'monitored_positions',
      'orders',
      'positions',
      'trades',
    ]
    expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining(seeded))
    for (const { name } of tables) {
      const rows = await web.app
        .selectFrom(name as 'trades')
        .select('user_id')
        .execute()
      expect({ name, rows: rows.length }).toEqual({ name, rows: 0 })
      const others = await asTenant(web.app, web.ben.id, (tx) =>
        tx
          .selectFrom(name as 'trades')
          .select('user_id')
          .where('user_id', '<>', web.ben.id)
          .execute(),
      )
      expect({ name, others }).toEqual({ name, others: [] })
    }
  })
})

describe('what a request may not be', () => {
  test.each([
    { path: '/trades?limit=0', field: 'limit', rule: 'must be at least 1' },
    { path: '/trades?limit=many', field: 'limit', rule: 'must be a number' },
    { path: '/trades?cursor=abc', field: 'cursor', rule: 'must be the `next` of an earlier answer' },
    { path: '/decisions?outcome=maybe', field: 'outcome', rule: 'must be taken or skipped' },
    {
      path: '/signals?actions=BUY,WAIT',
      field: 'actions.1',
      rule: 'must be BUY, SELL or HOLD, several separated by commas',
    },
    { path: '/positions?account=1', field: 'account', rule: 'must be the id of an account' },
    { path: '/equity?range=1y', field: 'range', rule: 'must be 6h, 24h, 7d, 30d or all' },
    { path: '/me?x=1', field: '(request)', rule: 'Unrecognized key: "x"' },
    { path: '/trades?limit=1&limit=2', field: 'limit', rule: 'must be a number' },
  ])('GET $path names the field and the rule', async ({ path, field, rule }) => {
    const response = await get(path, ada)
    expect(response.status).toBe(400)
    const problem = (await response.json()) as { code: string; errors: unknown[] }
    expect(problem.code).toBe('invalid-request')
    expect(problem.errors).toContainEqual({ field, rule })
  })

  const json = { 'content-type': 'application/json' }
  test.each([
    {
      why: 'cross-site by its fetch metadata',
      headers: { 'sec-fetch-site': 'cross-site' },
      body: '{}',
      status: 403,
      code: 'cross-site',
    },
    {
      why: 'of a sister site',
      headers: { 'sec-fetch-site': 'same-site' },
      body: '{}',
      status: 403,
      code: 'cross-site',
    },
    {
      why: 'from another origin',
      headers: { origin: 'https://evil.test' },
      body: '{}',
      status: 403,
      code: 'cross-site',
    },
    {
      why: 'from an opaque origin',
      headers: { origin: 'null' },
      body: '{}',
      status: 403,
      code: 'cross-site',
    },
    { why: 'without any origin', headers: {}, body: '{}', status: 403, code: 'cross-site' },
    { why: 'no JSON', headers: { own: 'yes' }, body: '{', status: 400, code: 'invalid-json' },
    { why: 'without a mode', headers: { own: 'yes' }, body: '{}', status: 400, code: 'invalid-request' },
    {
      why: 'of a mode that only workers set',
      headers: { own: 'yes' },
      body: '{"mode":"flatten"}',
      status: 400,
      code: 'invalid-request',
    },
    {
      why: 'too large',
      headers: { own: 'yes' },
      body: JSON.stringify({ mode: 'x'.repeat(200_000) }),
      status: 413,
      code: 'too-large',
    },
  ])('a halt $why is refused', async ({ headers, body, status, code }) => {
    const { own, ...rest } = headers as Record<string, string>
    const origin: Record<string, string> = own ? { origin: web.origin } : {}
    const response = await fetch(`${web.origin}/api/v1/halts`, {
      method: 'POST',
      headers: { ...ada, ...json, ...origin, ...rest },
      body,
    })
    const problem = (await response.json()) as { code: string; advice: string }
    expect({ status: response.status, code: problem.code }).toEqual({ status, code })
    expect(problem.advice).not.toBe('')
    expect(JSON.stringify(problem)).not.toMatch(/\bat .*\.ts|node_modules/)
  })

  test('an address that does not exist is a problem too', async () => {
    const response = await get('/wallets', ada)
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ code: 'not-found' })
  })
})

test('pages follow each other without gaps or repeats', async () => {
  const ids: string[] = []
  let next: string | null = ''
  while (next !== null) {
    const cursor: string = next ? `&cursor=${next}` : ''
    const page = pageOf(decision).parse(await (await get(`/decisions?limit=1${cursor}`, ada)).json())
    ids.push(...page.items.map(({ id }) => id))
    next = page.next
  }
  const all = pageOf(decision).parse(await (await get('/decisions', ada)).json())
  expect(ids).toEqual(all.items.map(({ id }) => id))
  expect(new Set(ids).size).toBe(4)
})

test('a position shows its P&L net of entry fees and whether it is watched', async () => {
  await beatMonitor(web.database.query)
  const { items } = (await (await get('/positions', ada)).json()) as { items: Record<string, unknown>[] }
  const of = (symbol: string) => items.find((item) => item.symbol === symbol)
  // 0.01354 · (67412.5 − 66481.2) − 0.1 % of 0.01354 · 66481.2
  expect(of('BTC/USDT')).toMatchObject({
    openPnl: '11.70964655',
    protection: 'monitored',
    trailingStop: '66998.25',
    takenLevels: [1],
  })
  expect(of('XRP/USDT')).toMatchObject({
    protection: 'unprotected',
    restingStop: null,
    unprotectedSince: expect.any(String),
  })
})

test('a futures position is protected by the stop at the exchange, and by nothing else until one rests', async () => {
  const [short] = await web.database.query<{ id: string }>(
    `update positions set rules = '{"reduceOnly": true, "stepSize": "0.001"}' where side = 'short' and state = 'open' returning id`,
  )
  const seen = async () => {
    const { items } = (await (await get('/positions', ben)).json()) as { items: Record<string, unknown>[] }
    return items.find(({ id }) => id === short?.id)
  }
  expect(await seen()).toMatchObject({ protection: 'unprotected', restingStop: null, unprotectedSince: null })
  await web.database.query(
    `insert into protection_gaps (user_id, position_id, kind, reason, began_at)
     select user_id, id, 'no_stop', 'a test', '2026-01-01T00:00:00Z' from positions where id = $1`,
    [short?.id],
  )
  expect(await seen()).toMatchObject({ unprotectedSince: '2026-01-01T00:00:00.000Z' })
  await web.database.query(
    `insert into orders (user_id, account_id, position_id, exchange, symbol, side, purpose, type, quantity, stop_price,
       reference_price, is_reduce_only, client_order_id, state, sent_at, close_reason)
     select user_id, account_id, id, 'binance', symbol, 'buy', 'stop', 'stop_market', qty_open, 151.5, 151.5, true,
       '0123456789abcdef0123456789abcdef', 'open', now(), 'stop_loss' from positions where id = $1`,
    [short?.id],
  )
  expect(await seen()).toMatchObject({ protection: 'stop', restingStop: '151.5', unprotectedSince: null })
  await web.database.query(
    `update orders set state = 'canceled' where position_id = $1 and purpose = 'stop'`,
    [short?.id],
  )
  await web.database.query('update positions set stop_declined_at = now() where id = $1', [short?.id])
  await beatMonitor(web.database.query)
  expect(await seen()).toMatchObject({ protection: 'monitored', stopDeclined: true })
})

test('a position on margin shows how far it is from where the venue liquidates it', async () => {
  const shorts = async () => {
    const { items } = (await (await get('/positions', ben)).json()) as { items: Record<string, unknown>[] }
    return items.filter(({ side, state }) => side === 'short' && state === 'open')
  }
  expect(await shorts()).toMatchObject([{ liquidationPrice: null, liquidationDistance: null }])
  await web.database.query(
    `update accounts a set margin = jsonb_build_object('holdings', jsonb_build_array(
       jsonb_build_object('symbol', p.symbol, 'liquidationPrice', 176.184)))
     from positions p where p.account_id = a.id and p.side = 'short' and p.state = 'open'`,
  )
  const [short] = await shorts()
  expect(short?.liquidationPrice).toBe('176.184')
  // 146.82 · 1.2: a fifth of the last price above it.
  expect(short?.liquidationDistance).toBeCloseTo(0.2, 9)
})

test('a short gains when the price falls', async () => {
  const { items } = (await (await get('/positions', ben)).json()) as { items: Record<string, unknown>[] }
  const short = items.find((item) => item.side === 'short')
  // 6.065 · (148.4 − 146.82) − 0.1 % of 6.065 · 148.4
  expect(short).toMatchObject({ openPnl: '8.682654' })
  expect(items.find((item) => item.state === 'opening')).toMatchObject({
    protection: 'opening',
    openPnl: null,
    lastPrice: null,
  })
})

test('what was sold in part is booked apart, with its share of the entry fees', async () => {
  const [position] = web.ada.openPositionIds
  const [order] = await web.database.query<{
    order_id: string
    quantity: string
    price: string
    fee: string
  }>('select * from fills where position_id = $1', [position])
  if (!order) throw new Error('no entry was seeded')
  const half = Number(order.quantity) / 2
  await web.database.query(
    `insert into orders (id, user_id, account_id, position_id, exchange, symbol, side, purpose, type, quantity, reference_price, is_reduce_only, client_order_id, state, filled, sent_at, close_reason)
     select gen_random_uuid(), user_id, account_id, position_id, exchange, symbol, 'sell', 'exit', 'market', $2, 67000, true, repeat('a', 32), 'filled', $2, now(), 'partial_tp_1' from orders where id = $1`,
    [order.order_id, half],
  )
  await web.database.query(
    `insert into fills (user_id, account_id, symbol, venue_trade_id, order_id, position_id, side, price, quantity, cost, fee, fee_currency, fee_price, is_maker, filled_at)
     select user_id, account_id, symbol, 'exit-1', id, position_id, 'sell', 67000, $2, 67000 * $2::numeric, 0.001, 'BNB', 580, false, now() from orders where position_id = $1 and purpose = 'exit'`,
    [position, half],
  )
  await web.database.query('update positions set qty_open = qty_open / 2 where id = $1', [position])
  const { items } = (await (await get('/positions', ada)).json()) as { items: Record<string, unknown>[] }
  const entryFee = Number(order.fee) / 2
  const item = items.find(({ id }) => id === position)
  expect(Number(item?.realizedPnl)).toBeCloseTo(half * (67_000 - Number(order.price)) - entryFee - 0.58, 6)
  expect(Number(item?.openPnl)).toBeCloseTo(half * (67_412.5 - Number(order.price)) - entryFee, 6)
})

test('a signal shows the votes or parts it rests on', async () => {
  const page = pageOf(signal).parse(await (await get('/signals', ben)).json())
  const of = (source: string) => page.items.find((item) => item.source === source)
  expect(of('COUNCIL_V2.0_FALLBACK')?.votes).toMatchObject([
    { seat: 'cio', weight: 0.35, value: 0.72, confidence: 0.61, veto: null },
    { seat: 'execution', weight: 0.3, value: 0.41 },
    { seat: 'research', weight: 0.15, value: null, confidence: null, reasons: ['needs 201 days'] },
    { seat: 'risk', weight: 0.2, value: 0 },
  ])
  expect(of('smart_entry')?.parts).toContainEqual({ name: 'trend', value: 1 })
  expect(page.items.map(({ action }) => action)).toContain('HOLD')
  const wishes = pageOf(signal).parse(await (await get('/signals?actions=BUY,SELL', ben)).json())
  expect(wishes.items.map(({ action }) => action)).not.toContain('HOLD')
})

test('what the council voted when it waits is told of each symbol it waits on, by its last word alone', async () => {
  const held = '/signals?actions=HOLD&latest=true&source=COUNCIL_V2.0_FALLBACK'
  const holds = async () => pageOf(signal).parse(await (await get(held, ben)).json()).items
  expect(await holds()).toEqual([])
  const db = web.database.db()
  const votes = [
    { seat: 'cio', value: 0.1, confidence: 0.5, reasons: ['1 h and 4 h differ'] },
    { seat: 'risk', value: 0, confidence: 1, reasons: [], veto: 'the market fell by 6 % in an hour' },
  ]
  const say = (symbol: string, action: 'BUY' | 'HOLD', saidAtMs: number) =>
    recordSignal(db, {
      source: 'COUNCIL_V2.0_FALLBACK',
      symbol,
      userId: null,
      action,
      confidence: 0.1,
      reasoning: '',
      details: { votes, score: 0.03 },
      price: 1,
      saidAtMs,
      expiresAtMs: saidAtMs + 60_000,
    })
  const startMs = Date.now() - 30_000
  await say('DOGE/USDT', 'HOLD', startMs)
  await say('ADA/USDT', 'HOLD', startMs)
  await say('ADA/USDT', 'BUY', startMs + 10_000)
  expect(await holds()).toMatchObject([
    {
      symbol: 'DOGE/USDT',
      action: 'HOLD',
      score: 0.03,
      votes: [
        { seat: 'cio', value: 0.1, reasons: ['1 h and 4 h differ'] },
        { seat: 'risk', veto: 'the market fell by 6 % in an hour' },
      ],
    },
  ])
  await web.database.query(`delete from trading_signals where symbol in ('DOGE/USDT', 'ADA/USDT')`)
})

test('in a replay market time goes on from the newest snapshot', async () => {
  await web.database.query(
    `update equity_snapshots set market_at = '2026-03-28T12:00:00Z', at = now()
     where user_id = $1 and at = (select max(at) from equity_snapshots where user_id = $1)`,
    [web.ben.id],
  )
  const now = await asTenant(web.app, web.ben.id, (tx) => marketNow(tx, { kind: 'replay', speed: 60 }))
  expect(now?.toISOString()).toMatch(/^2026-03-28T1[2-9]:/)
  expect(await marketNow(web.app, { kind: 'replay', speed: 60 })).toBeUndefined()
})
