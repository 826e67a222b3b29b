import { beforeAll, expect, test } from 'vitest'
import { saveHealth } from '#db/source-health.ts'
import type { Operations } from '#src/web/api/operations.ts'
import { type TestUser, type TestWeb, testWeb } from '../support/web.ts'

let web: TestWeb
beforeAll(async () => {
  web = await testWeb()
})

async function operations(user: TestUser): Promise<{ status: number; json: Operations }> {
  const response = await fetch(`${web.origin}/api/v1/operations`, {
    headers: { cookie: await web.signIn(user) },
  })
  return { status: response.status, json: (await response.json()) as Operations }
}

test('only administrators see how the cluster does', async () => {
  expect((await operations(web.ben)).status).toBe(403)
})

test('a source that is away is told with its reason, and with when it is asked again', async () => {
  expect((await operations(web.ada)).json.sources).toEqual([])
  await saveHealth(web.database.db(), 'titan_v3', {
    failures: 3,
    retryAtMs: Date.UTC(2026, 5, 17, 12),
    answeredAtMs: null,
    reason: 'titan answers HTTP 500',
  })
  const paused = { failures: 1, retryAtMs: null, answeredAtMs: null, reason: 'it threw' }
  await saveHealth(web.database.db(), 'strategy:mine', paused)
  expect((await operations(web.ada)).json.sources).toEqual([
    {
      source: 'titan_v3',
      failures: 3,
      reason: 'titan answers HTTP 500',
      answeredAt: null,
      retryAt: '2026-06-17T12:00:00.000Z',
    },
  ])
})
