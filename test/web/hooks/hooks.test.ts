import { createHmac } from 'node:crypto'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { takeDeliveries } from '#src/signals/deliveries.ts'
import type { WebhookDelivery } from '#src/web/api/webhook-deliveries.ts'
import type { NewWebhook, Webhook } from '#src/web/api/webhooks.ts'
import { type TestWeb, testWeb } from '../../support/web.ts'

let web: TestWeb
let ada: Record<string, string>
let ben: Record<string, string>
beforeAll(async () => {
  web = await testWeb()
  ada = { cookie: await web.signIn(web.ada) }
  ben = { cookie: await web.signIn(web.ben) }
})
beforeEach(async () => {
  await web.database.query('delete from rate_limits')
  await web.database.query('update webhooks set removed_at = now() where removed_at is null')
})

async function api<T>(
  path: string,
  who: Record<string, string>,
  body?: unknown,
): Promise<{ status: number; json: T }> {
  const response = await fetch(`${web.origin}/api/v1${path}`, {
    headers: { ...who, origin: web.origin, 'content-type': 'application/json' },
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  })
  return { status: response.status, json: (await response.json()) as T }
}

let made = 0
async function webhook(fields: object = {}, who = ben): Promise<NewWebhook> {
  made += 1
  const { status, json } = await api<NewWebhook>('/webhooks', who, {
    name: `hook-${made}`,
    kind: 'generic',
    ...fields,
  })
  expect(status).toBe(200)
  return json
}

const alert = (fields: object = {}) =>
  JSON.stringify({
    symbol: 'BTC/USDT',
    action: 'buy',
    confidence: 0.6,
    time: new Date().toISOString(),
    ...fields,
  })

async function deliver({ path }: { path: string }, body: string, headers: Record<string, string> = {}) {
  const response = await fetch(web.origin + path, { method: 'POST', body, headers })
  return {
    status: response.status,
    headers: response.headers,
    json: (await response.json()) as Record<string, unknown>,
  }
}

const deliveries = async (who = ben) =>
  (await api<{ items: WebhookDelivery[] }>('/webhook-deliveries', who)).json.items

const market = {
  symbols: async () => ['BTC/USDT', 'ETH/USDT'],
  prices: async () =>
    new Map([
      ['BTC/USDT', 67_000],
      ['ETH/USDT', 3_000],
    ]),
}
const take = async () => {
  const time = { marketNow: Date.now, leastLifeMs: 0 }
  const { taken, refused } = await takeDeliveries(web.database.db(), market, time)
  return { taken, refused }
}

describe('what is not taken', () => {
  test.each(['x', 'a'.repeat(43), '..%2f', '%00'])('a token %j opens nothing', async (token) => {
    const { status, json } = await deliver({ path: `/hooks/signals/${token}` }, alert())
    expect([status, json.code]).toEqual([404, 'no-such-webhook'])
  })

  test('who guesses tokens is told to wait', async () => {
    const answers: number[] = []
    for (let nth = 0; nth < 22; nth += 1)
      answers.push((await deliver({ path: `/hooks/signals/guess-${nth}` }, alert())).status)
    expect(answers).toEqual([...Array(20).fill(404), 429, 429])
  })

  test.each<[string, string, number, string, RegExp]>([
    ['no JSON', 'buy', 400, 'bad-alert', /^the body is not JSON$/],
    ['another action', alert({ action: 'all in' }), 400, 'bad-alert', /^action: must be buy, sell or hold$/],
    ['a name it does not know', alert({ stopLoss: 1 }), 400, 'bad-alert', /stopLoss/],
    ['no time', alert({ time: undefined }), 400, 'no-time', /^time: is missing$/],
    ['an old one', alert({ time: Date.now() - 301_000 }), 400, 'stale', /^it was written 3\d\d s ago/],
    ['one of tomorrow', alert({ time: Date.now() + 86_400_000 }), 400, 'stale', /ahead of ours/],
  ])('%s is refused with its reason, which the owner reads too', async (_, body, status, code, detail) => {
    const hook = await webhook()
    const answer = await deliver(hook, body)
    expect([answer.status, answer.json.code]).toEqual([status, code])
    expect(answer.json.detail).toMatch(detail)
    expect(answer.json.advice).toEqual(expect.any(String))
    const [last] = await deliveries()
    expect(last).toMatchObject({
      webhook: hook.name,
      state: 'refused',
      reason: answer.json.detail,
      signal: null,
    })
  })

  test('more than thirty in a minute, told once on the page', async () => {
    const hook = await webhook()
    const answers: number[] = []
    for (let nth = 0; nth < 33; nth += 1) answers.push((await deliver(hook, alert({ id: `n${nth}` }))).status)
    expect(answers).toEqual([...Array(30).fill(202), 429, 429, 429])
    const { headers } = await deliver(hook, alert())
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
    const told = (await deliveries()).filter(({ reason }) => reason === 'more than 30 deliveries in a minute')
    expect(told).toHaveLength(1)
    await take()
  })

  test('a body that is too long', async () => {
    const { status, json } = await deliver(await webhook(), alert({ reasoning: 'x'.repeat(11_000) }))
    expect([status, json.code]).toEqual([413, 'too-large'])
  })

  test('anything but a POST', async () => {
    const { path } = await webhook()
    expect((await fetch(web.origin + path)).status).toBe(404)
  })
})

describe('a delivery', () => {
  test('becomes a signal of its owner alone, at the price that it has then', async () => {
    const hook = await webhook()
    const before = web.wakes.length
    const { status, json } = await deliver(hook, alert({ stop_loss: 65_000, reasoning: 'a\u0007b' }))
    expect([status, json.state, json.isRepeated]).toEqual([202, 'received', false])
    expect(web.wakes.length).toBe(before + 1)
    expect(await take()).toEqual({ taken: 1, refused: 0 })
    const [last] = await deliveries()
    expect(last).toMatchObject({
      id: json.delivery,
      state: 'taken',
      reason: null,
      signal: { price: '67000' },
    })
    const [row] = await web.database.query(
      `select user_id, action, confidence, price::float8, stop_loss::float8, source,
         extract(epoch from expires_at - created_at)::float8 as lives from trading_signals where id = $1`,
      [last?.signal?.id],
    )
    expect(row).toEqual({
      user_id: web.ben.id,
      action: 'BUY',
      confidence: 0.6,
      price: 67_000,
      stop_loss: 65_000,
      source: hook.source,
      lives: 3_600,
    })
  })

  test('that comes again is taken once, however often and however many at once', async () => {
    const hook = await webhook()
    const body = alert()
    const answers = await Promise.all(Array.from({ length: 8 }, () => deliver(hook, body)))
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1)
    expect(new Set(answers.map(({ json }) => json.delivery)).size).toBe(1)
    expect(await take()).toEqual({ taken: 1, refused: 0 })
    expect(await deliver(hook, body)).toMatchObject({
      status: 200,
      json: { state: 'taken', isRepeated: true },
    })
    expect(await take()).toEqual({ taken: 0, refused: 0 })
  })

  test('under the id of another one is refused', async () => {
    const hook = await webhook()
    expect((await deliver(hook, alert({ id: 'one' }))).status).toBe(202)
    expect(await deliver(hook, alert({ id: 'one', action: 'sell' }))).toMatchObject({
      status: 409,
      json: { code: 'id-taken' },
    })
    expect(await take()).toEqual({ taken: 1, refused: 0 })
  })

  test('on a symbol that is not listed is refused by the worker, and the page says so', async () => {
    await deliver(await webhook(), alert({ symbol: 'PEPE/USDT' }))
    expect(await take()).toEqual({ taken: 0, refused: 1 })
    expect((await deliveries())[0]).toMatchObject({
      state: 'refused',
      reason: 'PEPE/USDT is not listed where signals are priced',
    })
  })

  test('that nobody took for five minutes is too old', async () => {
    const { json } = await deliver(await webhook(), alert())
    await web.database.query(
      `update webhook_deliveries set received_at = now() - interval '301 seconds' where id = $1`,
      [json.delivery],
    )
    expect(await take()).toEqual({ taken: 0, refused: 1 })
  })

  test('of TradingView is read from its own names', async () => {
    const hook = await webhook({ kind: 'tradingview' })
    const body = JSON.stringify({
      ticker: 'BINANCE:ETHUSDT.P',
      side: 'sell',
      time: new Date().toISOString(),
      x: 1,
    })
    expect((await deliver(hook, body, { 'content-type': 'text/plain' })).status).toBe(202)
    expect(await take()).toEqual({ taken: 1, refused: 0 })
    expect((await deliveries())[0]?.wish).toMatchObject({
      symbol: 'ETH/USDT',
      action: 'SELL',
      confidence: 0.7,
    })
  })

  test('holds nothing that PostgreSQL cannot keep, and shows no secret', async () => {
    const hook = await webhook({ kind: 'tradingview' })
    await deliver(hook, alert({ note: '\u0000\ud800', password: 'hunter2-hunter2' }))
    const [last] = await deliveries()
    expect(last?.body).not.toContain('hunter2')
    await take()
  })
})

describe('a signed webhook', () => {
  const seconds = () => String(Math.floor(Date.now() / 1_000))

  function signed(secret: string | null, body: string, { id = 'msg_1', timestamp = seconds() } = {}) {
    const key = Buffer.from((secret ?? '').replace('whsec_', ''), 'base64')
    const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
    return {
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,AAAA v1,${signature}`,
    }
  }

  test('takes what is signed by its secret, once', async () => {
    const hook = await webhook({ isSigned: true })
    const body = alert({ time: undefined })
    const headers = signed(hook.secret, body)
    expect((await deliver(hook, body, headers)).status).toBe(202)
    expect((await deliver(hook, body, headers)).status).toBe(200)
    expect(await take()).toEqual({ taken: 1, refused: 0 })
  })

  test('takes nothing else', async () => {
    const hook = await webhook({ isSigned: true })
    const other = await webhook({ isSigned: true })
    const body = alert()
    const right = signed(hook.secret, body)
    for (const [headers, sent] of [
      [{}, body],
      [signed(other.secret, body), body],
      [right, alert({ action: 'sell' })],
      [{ ...right, 'webhook-id': 'msg_2' }, body],
      [{ ...right, 'webhook-timestamp': String(Number(right['webhook-timestamp']) + 1) }, body],
      [{ ...right, 'webhook-signature': 'v1,' }, body],
    ] as const)
      expect(await deliver(hook, sent, headers)).toMatchObject({
        status: 401,
        json: { code: 'bad-signature' },
      })
    const old = signed(hook.secret, body, { timestamp: String(Number(seconds()) - 400) })
    expect(await deliver(hook, body, old)).toMatchObject({ status: 400, json: { code: 'stale' } })
    expect(await take()).toEqual({ taken: 0, refused: 0 })
  })
})

describe('webhooks belong to their users', () => {
  test('nobody sees, removes or reads those of another', async () => {
    const hook = await webhook()
    expect((await api<{ items: Webhook[] }>('/webhooks', ada)).json.items.map(({ id }) => id)).not.toContain(
      hook.id,
    )
    expect((await api('/webhooks/remove', ada, { id: hook.id })).status).toBe(404)
    await deliver(hook, alert())
    expect((await deliveries(ada)).map(({ webhook }) => webhook)).not.toContain(hook.name)
    await take()
  })

  test('a removed one takes nothing, and what waited is not taken either', async () => {
    const hook = await webhook()
    await deliver(hook, alert())
    expect((await api('/webhooks/remove', ben, { id: hook.id })).status).toBe(200)
    expect((await deliver(hook, alert({ id: 'again' }))).status).toBe(404)
    expect(await take()).toEqual({ taken: 0, refused: 1 })
  })

  test("only an admin's speaks to everyone, and only while they are one", async () => {
    const asked = { name: 'for-all', kind: 'generic', isForEveryone: true }
    expect((await api<{ code: string }>('/webhooks', ben, asked)).json.code).toBe('admins-only')
    const hook = await webhook({ isForEveryone: true }, ada)
    await deliver(hook, alert())
    expect(await take()).toEqual({ taken: 1, refused: 0 })
    const [row] = await web.database.query(`select user_id from trading_signals where source = $1`, [
      hook.source,
    ])
    expect(row).toEqual({ user_id: null })
    await deliver(hook, alert({ action: 'sell' }))
    await web.database.query(`update auth."user" set role = 'user' where id = $1`, [web.ada.id])
    expect(await take()).toEqual({ taken: 0, refused: 1 })
    await web.database.query(`update auth."user" set role = 'admin' where id = $1`, [web.ada.id])
  })

  test('a name is given once, and may be given again when its webhook is gone', async () => {
    const first = await webhook({ name: 'my-chart' })
    const again = { name: 'my-chart', kind: 'generic' }
    expect((await api<{ code: string }>('/webhooks', ben, again)).json.code).toBe('name-taken')
    await api('/webhooks/remove', ben, { id: first.id })
    expect((await webhook(again)).path).not.toBe(first.path)
  })

  test('TradingView cannot sign, and a name is small letters', async () => {
    const answers = [
      await api<{ code: string }>('/webhooks', ben, { name: 'tv', kind: 'tradingview', isSigned: true }),
      await api<{ code: string }>('/webhooks', ben, { name: 'No Name', kind: 'generic' }),
    ]
    expect(answers.map(({ status, json }) => [status, json.code])).toEqual([
      [409, 'cannot-sign'],
      [400, 'invalid-request'],
    ])
  })

  test('no token and no secret is in the log, nor in the database', async () => {
    const hook = await webhook({ isSigned: true })
    await deliver(hook, alert())
    const token = hook.path.split('/').at(-1) ?? ''
    expect(token).toHaveLength(43)
    const log = web.lines.join('\n')
    expect(log).toContain('/hooks/signals/…')
    expect(log).not.toContain(token)
    const [dump] = await web.database.query<{ text: string }>(
      `select string_agg(w::text, ' ') as text from webhooks w`,
    )
    expect(dump?.text).not.toContain(token)
    expect(dump?.text).not.toContain(hook.secret?.slice(6))
  })
})
