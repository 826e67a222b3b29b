import { beforeAll, describe, expect, test } from 'vitest'
import { fingerprintsOf } from '#src/vault/seal.ts'
import { type TestUser, type TestWeb, testKeys, testWeb } from '../support/web.ts'

let web: TestWeb
let cookies: Map<TestUser, string>

beforeAll(async () => {
  web = await testWeb()
  cookies = new Map([
    [web.ada, await web.signIn(web.ada)],
    [web.ben, await web.signIn(web.ben)],
  ])
})

async function ask(user: TestUser, path: string, body?: unknown, method = body ? 'POST' : 'GET') {
  const response = await fetch(`${web.origin}/api/v1${path}`, {
    method,
    headers: {
      cookie: cookies.get(user) ?? '',
      origin: web.origin,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

const paper = { name: 'Practice', exchange: 'binance', market: 'spot', mode: 'paper', balance: '10000' }
const testnet = { name: 'Rehearsal', exchange: 'binance', market: 'spot', mode: 'testnet' }
const key = { apiKey: 'a-key-of-mine', secret: 'a-secret-of-mine' }

const requests = (user: TestUser) =>
  web.database.query<{ id: string; sealed: unknown }>('select * from account_requests where user_id = $1', [
    user.id,
  ])
const clearRequests = () => web.database.query('delete from account_requests')

describe('what cannot be connected is refused in one line and leaves nothing', () => {
  test.each([
    ['paper with a key', { ...paper, key }, 400, /key: is not for a paper account/],
    ['paper without a balance', { ...paper, balance: undefined }, 400, /balance: is what a paper account/],
    ['a balance of nothing', { ...paper, balance: '0' }, 400, /must be above 0/],
    ['a balance that is no amount', { ...paper, balance: '1e5' }, 400, /must be an amount as text/],
    ['live without a key', { ...testnet, mode: 'live' }, 400, /key: is needed/],
    ['an unknown exchange', { ...paper, exchange: 'mtgox' }, 400, /exchange: must be one of/],
    ['an unknown mode', { ...paper, mode: 'real' }, 400, /must be paper, testnet or live/],
    ['no name', { ...paper, name: '  ' }, 400, /must not be empty/],
    ['a quote that is none', { ...paper, quote: 'us dollar' }, 400, /must be a currency/],
    ['a field nobody knows', { ...paper, secret: 'x' }, 400, /secret/],
    ['a venue of later', { ...paper, exchange: 'okx' }, 409, /does not trade on okx yet/],
    ['a market of later', { ...paper, market: 'margin-cross' }, 409, /does not trade margin-cross/],
    ['a name that is taken', { ...paper, name: 'Paper spot' }, 409, /called Paper spot already/],
  ])('%s', async (_, body, status, detail) => {
    const answer = await ask(web.ada, '/accounts', body)
    expect(answer).toMatchObject({ status, body: { detail: expect.stringMatching(detail) } })
    expect(JSON.stringify(answer.body)).not.toContain(key.secret)
    expect(await requests(web.ada)).toEqual([])
  })

  test('testnet where the venue has none, with the reason', async () => {
    const body = { ...testnet, exchange: 'kraken', key }
    expect(await ask(web.ada, '/accounts', body)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('has no testnet for spot') },
    })
  })

  test('a key that an account of somebody else has, without telling whose', async () => {
    const [fingerprint] = fingerprintsOf(testKeys, 'binance', key.apiKey)
    await web.database.query(
      `insert into api_keys (account_id, user_id, exchange, fingerprint, sealed) values ($1, $2, 'binance', $3, '{}')`,
      [web.ben.accountId, web.ben.id, fingerprint],
    )
    const answer = await ask(web.ada, '/accounts', { ...testnet, key })
    expect(answer).toMatchObject({ status: 409, body: { code: 'key-taken' } })
    expect(JSON.stringify(answer.body)).not.toMatch(new RegExp(`${web.ben.id}|${web.ben.accountId}|Ben`))
    expect(await requests(web.ada)).toEqual([])
    await web.database.query('delete from api_keys')
  })
})

describe('another user’s account', () => {
  test.each([
    ['GET', '', undefined],
    ['PATCH', '', { name: 'Mine' }],
    ['POST', '/pause', {}],
    ['POST', '/resume', {}],
    ['POST', '/close', {}],
    ['POST', '/check', {}],
    ['POST', '/key', key],
  ])('%s %s answers 404 and changes nothing', async (method, path, body) => {
    const state = () => web.database.query('select * from accounts where id = $1', [web.ben.accountId])
    const before = await state()
    const answer = await ask(web.ada, `/accounts/${web.ben.accountId}${path}`, body, method)
    expect(answer).toMatchObject({ status: 404, body: { code: 'no-such-account' } })
    expect(await state()).toEqual(before)
  })

  test('a request of somebody else is not there', async () => {
    const { body } = await ask(web.ben, '/accounts', paper)
    expect(await ask(web.ada, `/accounts/requests/${body.id}`)).toMatchObject({ status: 404 })
    expect((await ask(web.ben, `/accounts/requests/${body.id}`)).body).toMatchObject({ state: 'waiting' })
    await clearRequests()
  })
})

test('a paper account is asked for, and a worker is woken for it', async () => {
  const { status, body } = await ask(web.ada, '/accounts', paper)
  expect(status).toBe(202)
  expect(body).toMatchObject({ kind: 'connect', state: 'waiting', name: 'Practice', mode: 'paper' })
  expect((await ask(web.ada, '/accounts/requests')).body).toMatchObject({ items: [{ id: body.id }] })
  expect((await ask(web.ada, '/accounts')).body).toMatchObject({ items: [{ name: 'Paper spot' }] })
  await clearRequests()
})

test('a key is sealed before it is kept, and comes back in no answer and no line of the log', async () => {
  const { status, body } = await ask(web.ada, '/accounts', { ...testnet, key })
  expect(status).toBe(202)
  const [kept] = await requests(web.ada)
  expect(kept?.sealed).toMatchObject({ version: expect.any(String), secret: { text: expect.any(String) } })
  const told = JSON.stringify([body, kept, web.lines, (await ask(web.ada, '/accounts/requests')).body])
  expect(told).not.toContain(key.secret)
  expect(told).not.toContain(key.apiKey)
  await clearRequests()
})

test('an account is renamed, paused and let go on by its user, and each is written down', async () => {
  const path = `/accounts/${web.ben.accountId}`
  expect((await ask(web.ben, path, { name: 'Perps' }, 'PATCH')).body).toMatchObject({ name: 'Perps' })
  expect((await ask(web.ben, `${path}/pause`, { reason: 'holiday' })).body).toMatchObject({
    status: 'paused',
    statusReason: 'paused by you: holiday',
    isPausedByUser: true,
  })
  expect((await ask(web.ben, `${path}/resume`, {})).body).toMatchObject({ status: 'active' })
  const written = await web.database.query<{ action: string; actor: string }>(
    'select action, actor from audit_log where target = $1 order by id',
    [web.ben.accountId],
  )
  expect(written).toEqual(
    ['account.rename', 'account.pause', 'account.resume'].map((action) => ({ action, actor: web.ben.email })),
  )
})

test('a pause for the key is not ended by its user, who is told how to mend it', async () => {
  const path = `/accounts/${web.ben.accountId}`
  await web.database.query(
    `update accounts set status = 'paused', status_reason = 'the venue refuses the key' where id = $1`,
    [web.ben.accountId],
  )
  expect(await ask(web.ben, `${path}/resume`, {})).toMatchObject({
    status: 409,
    body: { code: 'not-paused-by-you', advice: expect.stringContaining('Put a key in place') },
  })
  await web.database.query(`update accounts set status = 'active', status_reason = null where id = $1`, [
    web.ben.accountId,
  ])
})

test('an account with open positions is not disconnected; a flat one is, and its key is forgotten', async () => {
  expect(await ask(web.ada, `/accounts/${web.ada.accountId}/close`, {})).toMatchObject({
    status: 409,
    body: { code: 'not-flat', detail: expect.stringMatching(/\d+ open positions/) },
  })
  const [flat] = await web.database.query<{ id: string }>(
    `insert into accounts (user_id, name, exchange, market, mode, quote) values ($1, 'Flat', 'binance', 'spot', 'paper', 'USDT') returning id`,
    [web.ada.id],
  )
  await web.database.query(
    `insert into api_keys (account_id, user_id, exchange, fingerprint, sealed) values ($1, $2, 'binance', 'flat', '{}')`,
    [flat?.id, web.ada.id],
  )
  expect((await ask(web.ada, `/accounts/${flat?.id}/close`, {})).body).toMatchObject({
    status: 'closed',
    key: null,
  })
  expect(await ask(web.ada, `/accounts/${flat?.id}/close`, {})).toMatchObject({ status: 409 })
  expect((await ask(web.ada, '/accounts', { ...paper, name: 'Flat' })).status).toBe(202)
  await clearRequests()
})

test('a paper account takes no key of an exchange', async () => {
  expect(await ask(web.ada, `/accounts/${web.ada.accountId}/key`, key)).toMatchObject({
    status: 409,
    body: { code: 'no-key-needed' },
  })
})

test('where accounts can be connected says why something is not offered', async () => {
  const { body } = await ask(web.ada, '/accounts/places')
  const { items } = body as {
    items: { exchange: string; modes: { mode: string; obstacle: string | null }[] }[]
  }
  expect(items.find(({ exchange }) => exchange === 'kraken')?.modes).toEqual([
    { mode: 'paper', obstacle: null },
    { mode: 'testnet', obstacle: expect.stringContaining('no testnet') },
    { mode: 'live', obstacle: null },
  ])
})
