import { getMigrations } from 'better-auth/db/migration'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Db } from '#db/client.ts'
import { library, passingSecrets } from '#src/web/sign-in/library.ts'
import { createUser } from '#src/web/sign-in.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { password, type TestWeb, testWeb } from '../support/web.ts'

let web: TestWeb

beforeAll(async () => {
  web = await testWeb()
})

/** Posts to the sign-in library as a browser on the site does. */
function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  return fetch(`${web.origin}/api/auth${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: web.origin, ...headers },
    body: JSON.stringify(body),
  })
}

describe('nobody gets in', () => {
  test.each([
    { why: 'with a wrong password', body: { email: 'ada@example.test', password: 'wrong horse battery' } },
    { why: 'as somebody unknown', body: { email: 'eve@example.test', password } },
    { why: 'without a password', body: { email: 'ada@example.test', password: '' } },
  ])('$why', async ({ body }) => {
    const response = await post('/sign-in/email', body)
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(response.headers.getSetCookie()).toEqual([])
  })

  test('by signing up: users are made by the operator', async () => {
    const response = await post('/sign-up/email', { email: 'eve@example.test', password, name: 'Eve' })
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ code: 'invitation-needed' })
    const users = await web.database.query(`select 1 from auth."user" where email = 'eve@example.test'`)
    expect(users).toEqual([])
  })

  test('from another site', async () => {
    const body = { email: 'ada@example.test', password }
    expect((await post('/sign-in/email', body, { origin: 'https://evil.test' })).status).toBe(403)
    expect((await post('/sign-in/email', body, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
  })

  test('with a cookie that was tampered with', async () => {
    const cookie = await web.signIn(web.ada)
    const forged = cookie.replace(/\.[^;]{10}/, '.AAAAAAAAAA')
    expect((await fetch(`${web.origin}/api/v1/me`, { headers: { cookie: forged } })).status).toBe(401)
  })

  test('as an admin who acts for somebody else', async () => {
    const cookie = await web.signIn(web.ada)
    const response = await post('/admin/impersonate-user', { userId: web.ben.id }, { cookie })
    expect(response.status).toBe(404)
  })
})

test.each([
  ['nothing', '', 'application/json'],
  ['half of it', '{"email": "ada@exam', 'application/json'],
  ['a list', '[1, 2]', 'application/json'],
  ['a word', '"ada"', 'application/json'],
  ['null', 'null', 'application/json'],
  ['numbers', '{"email": 1, "password": 2}', 'application/json'],
  ['objects', '{"email": {"a": 1}, "password": []}', 'application/json'],
  [
    'what PostgreSQL does not take',
    '{"email": "a\\u0000@example.test", "password": "\\u0000\\ud800"}',
    'application/json',
  ],
  ['a prototype', '{"__proto__": {"email": "a"}, "constructor": 1}', 'application/json'],
  ['a form', 'email=ada%40example.test&password=x', 'application/x-www-form-urlencoded'],
  ['text', '{}', 'text/plain'],
])('%s in place of what is asked for is refused in words', async (_, body, type) => {
  for (const path of [
    '/sign-in/email',
    '/sign-up/email',
    '/change-password',
    '/two-factor/enable',
    '/two-factor/verify-totp',
    '/two-factor/verify-backup-code',
    '/invitation',
    '/invitation/accept',
    '/reset-password',
    '/step-up',
  ]) {
    await web.database.query('delete from auth."rateLimit"')
    const headers = { origin: web.origin, 'content-type': type }
    const response = await fetch(`${web.origin}/api/auth${path}`, { method: 'POST', headers, body })
    expect(response.status, path).toBeGreaterThanOrEqual(400)
    expect(response.status, path).toBeLessThan(500)
    expect(response.headers.get('content-type'), path).toContain('application/problem+json')
    expect(await response.json(), path).toMatchObject({
      detail: expect.any(String),
      advice: expect.any(String),
    })
  }
})

test('more than anybody needs to sign in is not read', async () => {
  const response = await post('/sign-in/email', { email: 'ada@example.test', password: 'x'.repeat(20_000) })
  expect(response.status).toBe(413)
})

test('signing out ends the session', async () => {
  const cookie = await web.signIn(web.ben)
  const me = () => fetch(`${web.origin}/api/v1/me`, { headers: { cookie } })
  expect(await (await me()).json()).toMatchObject({ email: 'ben@example.test', role: 'user' })
  expect((await post('/sign-out', {}, { cookie })).status).toBe(200)
  expect((await me()).status).toBe(401)
})

test('the eleventh attempt of a minute is refused, and the count is in the database', async () => {
  await web.database.query('delete from auth."rateLimit"')
  const statuses: number[] = []
  for (let attempt = 1; attempt <= 11; attempt++)
    statuses.push((await post('/sign-in/email', { email: `eve${attempt}@example.test`, password })).status)
  expect(statuses).toEqual([...Array(10).fill(401), 429])
  const [row] = await web.database.query<{ count: number }>(
    'select count from auth."rateLimit" where key like \'%sign-in%\'',
  )
  expect(row?.count).toBe(10)
  // A caller cannot escape it by naming another address.
  const elsewhere = await post(
    '/sign-in/email',
    { email: 'eve@example.test', password },
    { 'x-bullpen-caller': '203.0.113.9', 'x-forwarded-for': '203.0.113.9' },
  )
  expect(elsewhere.status).toBe(429)
  await web.database.query('delete from auth."rateLimit"')
})

test('what the library logs goes through our log, without noise about its schema', () => {
  expect(web.lines.filter((line) => /schema|mismatch/i.test(line))).toEqual([])
  expect(web.lines.join('\n')).not.toContain(password)
})

describe('a user of the operator', () => {
  let database: TestDatabase
  let app: Db

  beforeAll(async () => {
    database = await testDatabase()
    app = database.db('bullpen_app')
  })

  test.each([
    {
      why: 'a short password',
      user: { email: 'a@example.test', password: 'short' },
      message: /12 to 128 characters, not 5/,
    },
    {
      why: 'no e-mail address',
      user: { email: 'nobody', password },
      message: /nobody is not an e-mail address/,
    },
  ])('is refused with $why', async ({ user, message }) => {
    await expect(createUser(app, { name: 'A', role: 'user', ...user })).rejects.toThrow(message)
  })

  test('is made once, with a uuid and a hashed password', async () => {
    const user = { email: 'carol@example.test', password, name: 'Carol', role: 'admin' } as const
    const id = await createUser(app, user)
    expect(id).toMatch(/^[0-9a-f-]{36}$/)
    await expect(createUser(app, user)).rejects.toThrow('carol@example.test is a user already')
    const [row] = await database.query<{ role: string; password: string }>(
      `select role, password from auth."user" u join auth.account a on a."userId" = u.id where u.id = $1`,
      [id],
    )
    expect(row?.role).toBe('admin')
    expect(row?.password).not.toContain(password)
  })

  test('lives in tables that are the ones the library expects', async () => {
    const pool = new pg.Pool({ connectionString: database.url, options: '-c search_path=auth', max: 1 })
    const db = new Kysely<never>({ dialect: new PostgresDialect({ pool }) })
    const auth = library({
      db: app,
      secrets: passingSecrets(),
      publicUrl: 'http://localhost',
      isPublicUrlFixed: true,
      signup: 'invite',
    })
    const { toBeCreated, toBeAdded } = await getMigrations({
      ...auth.options,
      database: { db, type: 'postgres' },
    })
    await db.destroy()
    expect({ toBeCreated, toBeAdded }).toEqual({ toBeCreated: [], toBeAdded: [] })
  })
})
