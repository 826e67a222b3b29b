import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { asTenant } from '#db/client.ts'
import { apiRoutes } from '#src/web/api/routes.ts'
import { type TestWeb, testKeys, testWeb } from '../support/web.ts'

let web: TestWeb
let ada: Record<string, string>
let ben: Record<string, string>

beforeAll(async () => {
  web = await testWeb()
  ada = { cookie: await web.signIn(web.ada) }
  ben = { cookie: await web.signIn(web.ben) }
})

beforeEach(() => web.database.query('delete from audit_log'))

interface Sent {
  readonly who?: Record<string, string>
  readonly path?: string
  readonly body?: object
}

async function post(
  key: string | undefined,
  { who = ben, path = '/halts', body = { mode: 'no_entries' } }: Sent = {},
) {
  const response = await fetch(`${web.origin}/api/v1${path}`, {
    method: 'POST',
    headers: {
      ...who,
      origin: web.origin,
      'content-type': 'application/json',
      ...(key !== undefined && { 'idempotency-key': key }),
    },
    body: JSON.stringify(body),
  })
  const answer = (await response.json()) as Record<string, unknown>
  return {
    status: response.status,
    isReplayed: response.headers.get('idempotency-replayed') === 'true',
    answer,
  }
}

const done = async () =>
  (await web.database.query<{ n: number }>('select count(*)::int as n from audit_log'))[0]?.n

describe('the same request under the same key', () => {
  test('happens once and answers the same', async () => {
    const first = await post('a-1')
    const second = await post('a-1')
    expect(first).toMatchObject({ status: 200, isReplayed: false })
    expect(second).toEqual({ ...first, isReplayed: true })
    expect(await done()).toBe(1)
  })

  test('happens once when it is sent twenty times at the same time', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => post('a-2')))
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]))
    expect(all.filter(({ isReplayed }) => !isReplayed)).toHaveLength(1)
    expect(await done()).toBe(1)
  })

  test('happens again after a day', async () => {
    await post('a-3')
    await web.database.query(
      `update idempotency_keys set created_at = created_at - interval '24 hours 1 second' where key = 'a-3'`,
    )
    expect(await post('a-3')).toMatchObject({ status: 200, isReplayed: false })
    expect(await done()).toBe(2)
  })

  test('happens once for each user', async () => {
    await post('a-4')
    expect(await post('a-4', { who: ada })).toMatchObject({ status: 200, isReplayed: false })
    expect(await done()).toBe(2)
  })
})

test('without a key it happens each time', async () => {
  await post(undefined)
  await post(undefined)
  expect(await done()).toBe(2)
})

test.each([
  { what: 'another body', sent: { body: { mode: 'no_entries', reason: 'else' } } },
  { what: 'another address', sent: { path: '/close-all', body: { stopEntries: false } } },
])('$what under a used key is refused, and nothing is done', async ({ sent }) => {
  const key = `b-${sent.path ?? 'body'}`
  await post(key)
  expect(await post(key, sent)).toMatchObject({ status: 422, answer: { code: 'key-reused' } })
  expect(await done()).toBe(1)
})

test('what failed keeps no key: the same may be tried again, and another thing too', async () => {
  const none = { account: '11111111-1111-4111-8111-111111111111' }
  expect(await post('c-1', { body: { mode: 'no_entries', ...none } })).toMatchObject({ status: 404 })
  expect(await post('c-1')).toMatchObject({ status: 200, isReplayed: false })
})

test('an answer with a secret is not kept: a repetition says that it was done, and makes no second', async () => {
  const sent = { path: '/webhooks', body: { name: 'once', kind: 'generic' } }
  const first = await post('d-1', sent)
  expect(first).toMatchObject({ status: 200, answer: { path: expect.stringContaining('/hooks/signals/') } })
  expect(await post('d-1', sent)).toMatchObject({ status: 409, answer: { code: 'shown-once' } })
  const [kept] = await web.database.query<{ answer: string | null }>(
    `select answer from idempotency_keys where key = 'd-1'`,
  )
  expect(kept).toEqual({ answer: null })
  const made = await asTenant(web.app, web.ben.id, (tx) => tx.selectFrom('webhooks').select('name').execute())
  expect(made.filter(({ name }) => name === 'once')).toHaveLength(1)
})

test('every route that answers with something to keep secret says so', () => {
  const parts = { queues: [], keys: testKeys, enqueue: async () => {} } as unknown as Parameters<
    typeof apiRoutes
  >[0]
  const telling = apiRoutes(parts).filter(
    ({ method, answer }) =>
      method !== 'get' &&
      answer instanceof z.ZodObject &&
      ['path', 'secret', 'token', 'code', 'link'].some((field) => field in answer.shape),
  )
  expect(telling.length).toBeGreaterThan(2)
  expect(telling.filter(({ isSecret }) => !isSecret).map(({ path }) => path)).toEqual([])
})

test.each(['', 'with space', 'x'.repeat(129)])('%j is no key', async (key) => {
  expect(await post(key)).toMatchObject({ status: 400, answer: { code: 'invalid-request' } })
  expect(await done()).toBe(0)
})
