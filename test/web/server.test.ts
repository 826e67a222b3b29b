import { beforeAll, expect, test } from 'vitest'
import { beatWorkers } from '../support/seed.ts'
import { type TestWeb, testQueues, testWeb } from '../support/web.ts'

let web: TestWeb
let ada: Record<string, string>
let ben: Record<string, string>

beforeAll(async () => {
  web = await testWeb()
  ada = { cookie: await web.signIn(web.ada) }
  ben = { cookie: await web.signIn(web.ben) }
})

test('readiness says what is missing, and is 503 until nothing is', async () => {
  const ask = async () => {
    const response = await fetch(`${web.origin}/readyz`)
    return {
      status: response.status,
      body: (await response.json()) as {
        ready: boolean
        checks: { id: string; ok: boolean; detail: string }[]
      },
    }
  }
  const before = await ask()
  expect(before.status).toBe(503)
  expect(before.body.checks.filter(({ ok }) => !ok)).toEqual([
    { id: 'workers', ok: false, detail: 'no worker was heard within 15 s for: trading, monitor' },
  ])
  await beatWorkers(web.database.query, testQueues)
  expect(await ask()).toMatchObject({ status: 200, body: { ready: true } })
  await web.database.query(
    `update workers set heartbeat_at = now() - interval '16 seconds' where role = 'monitor'`,
  )
  expect((await ask()).status).toBe(503)
})

test('liveness answers without a session', async () => {
  expect(await (await fetch(`${web.origin}/healthz`)).json()).toEqual({ ok: true })
})

test('Bull Board is for administrators', async () => {
  const refused = await fetch(`${web.origin}/ops/queues`, { headers: ben })
  expect(refused.status).toBe(403)
  expect(await refused.text()).toContain('only administrators')
  expect((await fetch(`${web.origin}/ops/queues/api/queues`, { headers: ben })).status).toBe(403)

  const board = await fetch(`${web.origin}/ops/queues`, { headers: ada })
  expect(board.status).toBe(200)
  expect(await board.text()).toContain('Bullpen queues')
  const queues = (await (await fetch(`${web.origin}/ops/queues/api/queues`, { headers: ada })).json()) as {
    queues: { name: string }[]
  }
  expect(queues.queues.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['trading', 'monitor', 'orders-binance', 'exits-binance']),
  )
})

test('a job cannot be changed from another site', async () => {
  const response = await fetch(`${web.origin}/ops/queues/api/queues/trading/pause`, {
    method: 'PUT',
    headers: { ...ada, origin: 'https://evil.test' },
  })
  expect(response.status).toBe(403)
})

test('every answer carries the security headers', async () => {
  for (const path of ['/healthz', '/sign-in', '/api/v1/me', '/nothing']) {
    const { headers } = await fetch(`${web.origin}${path}`)
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-powered-by')).toBeNull()
  }
})

test('while the dashboard is built, its page says so and loads itself again', async () => {
  const response = await fetch(`${web.origin}/sign-in`)
  expect(response.status).toBe(503)
  const text = await response.text()
  expect(text).toContain('http-equiv="refresh"')
  expect(text).toContain('is being built')
})

test('the request log has the path without the query', async () => {
  await fetch(`${web.origin}/api/v1/trades?cursor=leaked`, { headers: ada })
  const lines = web.lines.filter((line) => line.includes('/api/v1/trades'))
  expect(lines.length).toBeGreaterThan(0)
  expect(lines.join('\n')).not.toContain('leaked')
  expect(web.lines.join('\n')).not.toContain('session_token')
})
