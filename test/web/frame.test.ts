import { beforeAll, describe, expect, test } from 'vitest'
import { admit, type Caller } from '#src/web/api/caller.ts'
import { type TestWeb, testWeb } from '../support/web.ts'

let web: TestWeb
let ben: Record<string, string>

beforeAll(async () => {
  web = await testWeb()
  ben = { cookie: await web.signIn(web.ben) }
})

async function send(method: string, path: string, init: RequestInit = {}) {
  const response = await fetch(`${web.origin}/api/v1${path}`, {
    ...init,
    method,
    headers: { ...ben, origin: web.origin, ...init.headers },
  })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

describe('methods', () => {
  test('an address with another method says which it has', async () => {
    const { status, headers, text } = await send('DELETE', '/halts')
    expect(status).toBe(405)
    expect(headers.get('allow')).toBe('GET, HEAD, POST')
    expect(JSON.parse(text)).toMatchObject({ code: 'method-not-allowed', advice: 'Use GET or HEAD or POST.' })
  })

  test('OPTIONS tells the same and lets no other site in', async () => {
    const { status, headers, text } = await send('OPTIONS', '/halts', {
      headers: { origin: 'https://evil.test' },
    })
    expect({ status, text }).toEqual({ status: 204, text: '' })
    expect(headers.get('allow')).toBe('GET, HEAD, POST')
    expect(headers.get('access-control-allow-origin')).toBeNull()
  })

  test('HEAD answers like GET, without a body', async () => {
    const { status, headers, text } = await send('HEAD', '/me')
    expect({ status, text }).toEqual({ status: 200, text: '' })
    expect(headers.get('content-type')).toContain('application/json')
  })
})

describe('bodies', () => {
  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=a'])(
    'one that is announced as %s is refused',
    async (type) => {
      const { status, text } = await send('POST', '/halts', {
        headers: { 'content-type': type },
        body: '{"mode":"no_entries"}',
      })
      expect(status).toBe(415)
      expect(JSON.parse(text)).toMatchObject({ code: 'not-json' })
    },
  )

  test.each([
    { why: 'a NUL character', body: '{"mode":"no_entries","reason":"a\\u0000b"}' },
    { why: 'a NUL character in a name', body: '{"mode":"no_entries","a\\u0000b":1}' },
    { why: 'half a surrogate pair', body: '{"mode":"no_entries","reason":"a\\ud800b"}' },
    { why: '40,000 levels', body: `{"mode":${'['.repeat(40_000)}${']'.repeat(40_000)}}` },
    { why: 'a prototype', body: '{"__proto__":{"mode":"no_entries"}}' },
  ])('one with $why is refused', async ({ body }) => {
    const { status, text } = await send('POST', '/halts', {
      headers: { 'content-type': 'application/json' },
      body,
    })
    expect(status).toBe(400)
    expect(JSON.parse(text)).toMatchObject({ code: 'invalid-request' })
  })
})

test('answers of the API are kept by no cache and described by nothing that could be compared', async () => {
  const { headers } = await send('GET', '/me')
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('etag')).toBeNull()
  expect(headers.get('x-powered-by')).toBeNull()
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('content-security-policy')).toContain("default-src 'none'")
})

describe('who asks too often', () => {
  test('is told when to go on; others go on', async () => {
    const narrow = await testWeb(undefined, { most: 5, windowSeconds: 60 })
    const cookie = await narrow.signIn(narrow.ben)
    const ask = (headers: Record<string, string>) => fetch(`${narrow.origin}/api/v1/me`, { headers })
    const statuses: number[] = []
    for (let n = 0; n < 6; n += 1) statuses.push((await ask({ cookie })).status)
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429])
    const refused = await ask({ cookie })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await refused.json()).toMatchObject({ code: 'too-many-requests' })
    expect((await ask({ cookie: await narrow.signIn(narrow.ada) })).status).toBe(200)
  })
})

describe('what a caller may do', () => {
  const user = {
    id: '00000000-0000-4000-8000-000000000001',
    name: 'Ben',
    email: 'ben@example.test',
    role: 'user',
  } as const
  const now = new Date('2026-11-20T12:00:00Z')
  const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000)
  const session = (provenAt: Date | undefined) =>
    ({ kind: 'session', user, sessionId: 's', provenAt }) as Caller
  const token = (...scopes: ('read' | 'trade' | 'manage' | 'admin')[]): Caller => ({
    kind: 'token',
    user,
    scopes,
  })
  const plain = { scope: 'trade', isStepUp: false } as const

  test.each([
    { why: 'a session, without a proof', caller: session(undefined), demand: plain },
    { why: 'a session, proven 9 minutes ago', caller: session(ago(9)), demand: { ...plain, isStepUp: true } },
    { why: 'a token with the scope', caller: token('read', 'trade'), demand: plain },
    {
      why: 'a token with the scope, where a person steps up',
      caller: token('trade'),
      demand: { ...plain, isStepUp: true },
    },
  ])('$why is let in', ({ caller, demand }) => {
    expect(() => admit(caller, demand, now)).not.toThrow()
  })

  test.each([
    {
      why: 'a session that was never proven',
      caller: session(undefined),
      demand: { ...plain, isStepUp: true },
      code: 'step-up-required',
    },
    {
      why: 'a session proven 10 minutes ago',
      caller: session(ago(10)),
      demand: { ...plain, isStepUp: true },
      code: 'step-up-required',
    },
    {
      why: 'a token without the scope',
      caller: token('read', 'manage'),
      demand: plain,
      code: 'scope-missing',
    },
    {
      why: 'a user where an admin is wanted',
      caller: session(now),
      demand: { ...plain, role: 'admin' as const },
      code: 'admins-only',
    },
    {
      why: 'a user’s token with the scope admin',
      caller: token('admin'),
      demand: { scope: 'admin', role: 'admin', isStepUp: false } as const,
      code: 'admins-only',
    },
  ])('$why is refused', ({ caller, demand, code }) => {
    expect(() => admit(caller, demand, now)).toThrow(expect.objectContaining({ status: 403, code }))
  })
})
