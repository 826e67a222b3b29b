import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Visitor, visitorIn } from '../../support/visitor.ts'
import { password, type TestUser, type TestWeb, testWeb } from '../../support/web.ts'

let web: TestWeb

beforeAll(async () => {
  web = await testWeb()
})

beforeEach(async () => {
  await web.database.query('delete from rate_limits')
})

let made = 0

async function makeToken(
  user: TestUser,
  scopes: string[],
  days = 30,
): Promise<{ id: string; token: string }> {
  const visitor = await visitorIn(web, user)
  const { status, body } = await visitor.api<{ id: string; token: string }>('POST', '/tokens', {
    name: `robot ${++made}`,
    scopes,
    days,
  })
  if (status !== 201) throw new Error(`making a token answered ${status}: ${body.detail}`)
  return body
}

/** A program: no cookies, no Origin. */
async function program(token: string, method: string, path: string, body?: unknown, headers = {}) {
  const response = await fetch(`${web.origin}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: await response.json().catch(() => ({})) }
}

describe('a token opens nothing', () => {
  test.each([
    '',
    'bp_',
    'bp_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    'somethingelse',
    'bp_é\u0000'.slice(0, 3),
  ])('that was never made: %s', async (token) => {
    expect((await program(token, 'GET', '/api/v1/me')).status).toBe(401)
  })

  test('when it is wrong, whatever cookie comes with it', async () => {
    const ben = await visitorIn(web, web.ben)
    const cookie = [...ben.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const { status, body } = await program('bp_wrong', 'GET', '/api/v1/me', undefined, { cookie })
    expect([status, body.code]).toEqual([401, 'invalid-token'])
  })

  test('once it is revoked', async () => {
    const { id, token } = await makeToken(web.ben, ['read'])
    expect((await program(token, 'GET', '/api/v1/me')).body).toMatchObject({ email: web.ben.email })
    const ben = await visitorIn(web, web.ben)
    expect((await ben.api('DELETE', `/tokens/${id}`)).status).toBe(200)
    expect((await program(token, 'GET', '/api/v1/me')).body.code).toBe('invalid-token')
    expect((await ben.api('DELETE', `/tokens/${id}`)).status).toBe(404)
  })

  test('once it is expired', async () => {
    const { id, token } = await makeToken(web.ben, ['read'], 1)
    await web.database.query(
      `update api_tokens set created_at = now() - interval '2 days', expires_at = now() - interval '1 second' where id = $1`,
      [id],
    )
    expect((await program(token, 'GET', '/api/v1/me')).body.code).toBe('invalid-token')
  })

  test('of a user who is switched off, nor when they are on again', async () => {
    const { token } = await makeToken(web.ben, ['read', 'trade'])
    const ada = await visitorIn(web, web.ada)
    expect((await ada.api('PATCH', `/users/${web.ben.id}`, { isDisabled: true })).status).toBe(200)
    expect((await program(token, 'GET', '/api/v1/me')).status).toBe(401)
    await ada.api('PATCH', `/users/${web.ben.id}`, { isDisabled: false })
    expect((await program(token, 'GET', '/api/v1/me')).status).toBe(401)
  })

  test('of signing in, of pages, of Bull Board, nor of other tokens', async () => {
    const { token } = await makeToken(web.ada, ['read', 'trade', 'manage', 'admin'])
    const { email } = web.ada
    const origin = web.origin
    for (const path of ['/sign-in/email', '/change-password', '/two-factor/enable', '/step-up'])
      expect(
        (await program(token, 'POST', `/api/auth${path}`, { email, password }, { origin })).body.code,
      ).toBe('session-required')
    for (const [method, path] of [
      ['GET', '/tokens'],
      ['POST', '/tokens'],
      ['GET', '/sessions'],
      ['DELETE', '/sessions'],
      ['PATCH', '/me'],
      ['POST', '/invitations'],
      ['POST', `/users/${web.ben.id}/reset-link`],
    ] as const)
      expect((await program(token, method, `/api/v1${path}`)).body.code).toBe('session-required')
    const page = await fetch(`${web.origin}/ops/queues`, {
      redirect: 'manual',
      headers: { authorization: `Bearer ${token}` },
    })
    expect(page.status).toBe(302)
  })

  test('beyond its scopes, and none of them asks for a step up', async () => {
    const reader = (await makeToken(web.ben, ['read'])).token
    expect((await program(reader, 'GET', '/api/v1/positions')).status).toBe(200)
    const refused = await program(reader, 'POST', '/api/v1/close-all', { stopEntries: false })
    expect([refused.status, refused.body.code]).toEqual([403, 'scope-missing'])
    const admin = (await makeToken(web.ada, ['admin'])).token
    expect((await program(admin, 'GET', '/api/v1/positions')).body.code).toBe('scope-missing')
    expect((await program(admin, 'GET', '/api/v1/users')).status).toBe(200)
  })

  test('of an administrator who is none any more', async () => {
    const { token } = await makeToken(web.ada, ['admin'])
    await web.database.query(`update auth."user" set role = 'user' where id = $1`, [web.ada.id])
    expect((await program(token, 'GET', '/api/v1/users')).body.code).toBe('admins-only')
    await web.database.query(`update auth."user" set role = 'admin' where id = $1`, [web.ada.id])
  })
})

test('who tries many tokens has to wait', async () => {
  const statuses: number[] = []
  for (let guess = 0; guess < 22; guess++)
    statuses.push((await program(`bp_${guess}`, 'GET', '/api/v1/me')).status)
  expect(statuses).toEqual([...Array(20).fill(401), 429, 429])
})

describe('a token is not made', () => {
  test.each([
    ['without a name', { name: ' ', scopes: ['read'] }, 'invalid-request'],
    ['without a scope', { name: 'x', scopes: [] }, 'invalid-request'],
    ['with a scope that is none', { name: 'x', scopes: ['root'] }, 'invalid-request'],
    ['for ever', { name: 'x', scopes: ['read'], days: 366 }, 'invalid-request'],
    ['for no time', { name: 'x', scopes: ['read'], days: 0 }, 'invalid-request'],
    ['with more than its owner may do', { name: 'x', scopes: ['read', 'admin'] }, 'admins-only'],
  ])('%s', async (_, body, code) => {
    const ben = await visitorIn(web, web.ben)
    expect((await ben.api('POST', '/tokens', body)).body.code).toBe(code)
  })

  test('twice under one name, until the first is revoked', async () => {
    const ben = await visitorIn(web, web.ben)
    const body = { name: 'once', scopes: ['read', 'read'] }
    const first = await ben.api<{ id: string; scopes: string[] }>('POST', '/tokens', body)
    expect(first.body.scopes).toEqual(['read'])
    expect((await ben.api('POST', '/tokens', body)).body.code).toBe('name-taken')
    await ben.api('DELETE', `/tokens/${first.body.id}`)
    expect((await ben.api('POST', '/tokens', body)).status).toBe(201)
  })
})

test('a token is shown once, known by its beginning, and says when it was used; the database has its digest alone', async () => {
  const { id, token } = await makeToken(web.ben, ['read'])
  const ben = await visitorIn(web, web.ben)
  const own = async () => {
    const { body } = await ben.api<{ items: { id: string; hint: string; lastUsedAt: string | null }[] }>(
      'GET',
      '/tokens',
    )
    expect(JSON.stringify(body)).not.toContain(token)
    return body.items.find((each) => each.id === id)
  }
  expect(await own()).toMatchObject({ hint: token.slice(0, 8), lastUsedAt: null })
  await program(token, 'GET', '/api/v1/me')
  expect((await own())?.lastUsedAt).toMatch(/Z$/)
  const rows = await web.database.query('select * from api_tokens')
  expect(JSON.stringify(rows) + web.lines.join('\n')).not.toContain(token)
})

test('another user’s token is neither seen nor revoked', async () => {
  const { id, token } = await makeToken(web.ada, ['read'])
  const ben = await visitorIn(web, web.ben)
  const { body } = await ben.api<{ items: { id: string }[] }>('GET', '/tokens')
  expect(body.items.map((each) => each.id)).not.toContain(id)
  expect((await ben.api('DELETE', `/tokens/${id}`)).status).toBe(404)
  expect((await program(token, 'GET', '/api/v1/me')).status).toBe(200)
})

test('a browser that signs itself in at a proxy is no program: another site cannot use that', async () => {
  const ben = await visitorIn(web, web.ben)
  const { status, body } = await ben.api(
    'POST',
    '/halts',
    { mode: 'none' },
    {
      authorization: 'Basic YmVuOmJlbg==',
      origin: 'https://evil.test',
    },
  )
  expect([status, body.code]).toEqual([403, 'cross-site'])
  expect(new Visitor(web).cookies.size).toBe(0)
})
