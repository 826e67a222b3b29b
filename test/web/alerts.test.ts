import { beforeAll, expect, test } from 'vitest'
import { type NewAlert, raiseAlert } from '#db/alerts.ts'
import type { Db } from '#db/client.ts'
import { type TestUser, type TestWeb, testWeb } from '../support/web.ts'

let web: TestWeb
let worker: Db
const cookies = new Map<string, string>()

beforeAll(async () => {
  web = await testWeb()
  worker = web.database.db('bullpen_worker')
  for (const user of [web.ada, web.ben]) cookies.set(user.id, await web.signIn(user))
})

async function ask(user: TestUser, path: string, method = 'GET', body?: unknown) {
  const response = await fetch(`${web.origin}/api/v1${path}`, {
    method,
    headers: {
      cookie: cookies.get(user.id) ?? '',
      origin: web.origin,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: await response.json() }
}

const raise = (user: TestUser | null, more: Partial<NewAlert> = {}) =>
  raiseAlert(worker, {
    kind: 'late-truth',
    severity: 'warning',
    userId: user?.id ?? null,
    ...(user && { accountId: user.accountId }),
    title: 'An order was executed after all',
    text: 'It is booked.',
    advice: 'Look.',
    facts: { symbol: 'BTC/USDT', filled: 1 },
    ...more,
  })

test('a user reads their own alerts, the latest first, page by page', async () => {
  const ids: string[] = []
  for (const kind of ['one', 'two', 'three']) ids.unshift((await raise(web.ben, { kind })).id)
  await raise(web.ada)
  await raise(null)
  const first = await ask(web.ben, '/alerts?limit=2')
  expect(first.body.items).toMatchObject([
    {
      id: ids[0],
      kind: 'three',
      severity: 'warning',
      isOperators: false,
      acknowledgedAt: null,
      facts: { filled: 1 },
    },
    { id: ids[1] },
  ])
  const second = await ask(web.ben, `/alerts?limit=2&cursor=${first.body.next}`)
  expect(second.body).toMatchObject({ items: [{ id: ids[2] }], next: null })
  expect((await ask(web.ben, '/alerts/open')).body).toEqual({ critical: 0, warning: 3 })
  expect((await ask(web.ben, '/alerts?severity=critical')).body.items).toEqual([])
  const adas = await ask(web.ada, '/alerts')
  expect(adas.body.items.map((one: { isOperators: boolean }) => one.isOperators).sort()).toEqual([
    false,
    true,
  ])
})

test('another’s alert cannot be acknowledged, and one’s own is, once', async () => {
  const { id } = await raise(web.ben, { kind: 'mine', severity: 'critical' })
  expect(await ask(web.ada, `/alerts/${id}/acknowledge`, 'POST', {})).toMatchObject({
    status: 404,
    body: { code: 'no-such-alert' },
  })
  expect((await ask(web.ben, `/alerts/${id}/acknowledge`, 'POST', {})).body).toEqual({ acknowledged: 1 })
  expect((await ask(web.ben, `/alerts/${id}/acknowledge`, 'POST', {})).body).toEqual({ acknowledged: 0 })
  const [row] = await web.database.query('select acknowledged_by from alerts where id = $1', [id])
  expect(row).toEqual({ acknowledged_by: web.ben.id })
  const until = new Date().toISOString()
  const { body } = await ask(web.ben, '/alerts/acknowledge', 'POST', { until })
  expect(body.acknowledged).toBeGreaterThan(0)
  expect((await ask(web.ben, '/alerts/open')).body).toEqual({ critical: 0, warning: 0 })
  expect((await ask(web.ada, '/alerts/open')).body.warning).toBe(2)
})

test('an installation without mail and bot says so, and how to mend it', async () => {
  const state = await ask(web.ben, '/alert-channels')
  expect(state.body).toMatchObject({ isLiveUnproven: false, wishes: { email: ['critical', 'warning'] } })
  for (const channel of state.body.channels)
    expect(channel).toMatchObject({ isOffered: false, provenAt: null })
  expect(await ask(web.ben, '/alert-channels/test', 'POST', { channel: 'email' })).toMatchObject({
    status: 409,
    body: { code: 'channel-not-offered', advice: expect.stringContaining('SMTP_URL') },
  })
  expect((await ask(web.ben, '/telegram-link', 'POST', {})).status).toBe(409)
})

test('wishes are kept whole, of this user alone, and what breaks a rule changes nothing', async () => {
  const { body } = await ask(web.ben, '/alert-channels')
  const wishes = {
    ...body.wishes,
    email: ['critical'],
    quietHours: { from: '22:00', until: '07:00' },
    timeZone: 'Europe/Lisbon',
  }
  expect((await ask(web.ben, '/alert-channels', 'PUT', wishes)).body.wishes).toEqual(wishes)
  expect((await ask(web.ada, '/alert-channels')).body.wishes).toEqual(body.wishes)
  const refused = await ask(web.ben, '/alert-channels', 'PUT', { ...wishes, timeZone: 'Mars/Olympus' })
  expect(refused).toMatchObject({ status: 400, body: { errors: [{ field: 'timeZone' }] } })
  expect((await ask(web.ben, '/alert-channels')).body.wishes).toEqual(wishes)
})

test('real money without a channel that works is said', async () => {
  await web.database.query(`update accounts set mode = 'live' where id = $1`, [web.ben.accountId])
  expect((await ask(web.ben, '/alert-channels')).body.isLiveUnproven).toBe(true)
  expect((await ask(web.ada, '/alert-channels')).body.isLiveUnproven).toBe(false)
  await web.database.query(`update accounts set mode = 'paper' where id = $1`, [web.ben.accountId])
})

test('a chat is unlinked by its owner', async () => {
  await web.database.query(`insert into telegram_links (user_id, chat_id, name) values ($1, 5, '@ben')`, [
    web.ben.id,
  ])
  expect((await ask(web.ada, '/telegram-link', 'DELETE')).body).toEqual({ removed: false })
  expect((await ask(web.ben, '/telegram-link', 'DELETE')).body).toEqual({ removed: true })
  expect((await ask(web.ben, '/alert-channels')).body.channels[0]).toMatchObject({
    channel: 'telegram',
    address: null,
  })
})
