import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { asTenant } from '#db/client.ts'
import { accountsNamed, actForAll, positionsByPlace } from '#db/for-all.ts'
import { haltsInForce } from '#db/halts.ts'
import type { AuditEntry } from '#src/web/api/admin-audit.ts'
import type { AdminHalts } from '#src/web/api/admin-halts.ts'
import type { ProblemAnswer } from '#src/web/problem.ts'
import { type TestUser, type TestWeb, testWeb } from '../support/web.ts'

let web: TestWeb
const cookies = new Map<string, string>()
beforeAll(async () => {
  web = await testWeb()
  for (const user of [web.ada, web.ben]) cookies.set(user.id, await web.signIn(user))
})
beforeEach(async () => {
  await web.database.query(`update halts set mode = 'none', reason = null, set_by = null`)
  await web.database.query(
    `update close_batches set ended_at = now(), outcome = 'over' where ended_at is null`,
  )
})

function ask(user: TestUser, path: string, body?: unknown): Promise<Response> {
  const headers = {
    cookie: cookies.get(user.id) ?? '',
    origin: web.origin,
    'content-type': 'application/json',
  }
  return fetch(`${web.origin}/api/v1${path}`, {
    headers,
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  })
}
const halts = async () => (await (await ask(web.ada, '/admin/halts')).json()) as AdminHalts

describe('nobody but an administrator', () => {
  const asks: readonly [string, unknown][] = [
    ['/admin/halts', undefined],
    ['/admin/audit', undefined],
    ['/admin/halts', { scope: 'global', key: '*', mode: 'no_entries', reason: 'mine' }],
    [
      '/admin/close-all',
      { scope: 'global', key: '*', reason: 'mine', confirm: 'close everything', stopEntries: true },
    ],
  ]
  test.each(asks)('asks %s %j', async (path, body) => {
    const response = await ask(web.ben, path, body)
    expect(response.status).toBe(403)
    expect(await halts()).toMatchObject({ halts: [], closings: [] })
  })

  test('is one by saying so: the database looks who it is', async () => {
    const asBen = await asTenant(web.app, web.ben.id, async (tx) => {
      await actForAll(tx)
      const { rowCount } = await tx
        .updateTable('halts')
        .set({ mode: 'no_entries' })
        .where('scope', '=', 'global')
        .executeTakeFirst()
        .then(({ numUpdatedRows }) => ({ rowCount: Number(numUpdatedRows) }))
      return { rowCount, accounts: await accountsNamed(tx), places: await positionsByPlace(tx) }
    })
    expect(asBen).toEqual({ rowCount: 0, accounts: [], places: [] })
  })

  test('and an administrator who asks as a trader sees no other’s halts', async () => {
    await web.database.query(
      `update halts set mode = 'no_entries', reason = 'own' where scope in ('user', 'account') and user_id = $1`,
      [web.ben.id],
    )
    expect(await asTenant(web.app, web.ada.id, haltsInForce)).toEqual([])
    expect((await halts()).halts).toHaveLength(2)
  })
})

describe('a halt of any scope', () => {
  const places: readonly [string, () => string, (name: string) => boolean][] = [
    ['global', () => '*', (name) => name === 'everything'],
    ['exchange', () => 'Binance', (name) => name === 'binance'],
    ['user', () => web.ben.email.toUpperCase(), (name) => name === web.ben.email],
    ['user', () => web.ben.id, (name) => name === web.ben.email],
    ['account', () => web.ben.accountId, (name) => name.startsWith(web.ben.email)],
    ['symbol', () => 'btc/usdt', (name) => name === 'BTC/USDT'],
  ]
  test.each(places)('%s is set, shown and lifted', async (scope, key, isName) => {
    const set = await ask(web.ada, '/admin/halts', {
      scope,
      key: key(),
      mode: 'no_entries',
      reason: 'a test',
    })
    expect(set.status, await set.clone().text()).toBe(200)
    const [halt, ...others] = (await halts()).halts
    expect(others).toEqual([])
    expect(halt).toMatchObject({ scope, mode: 'no_entries', reason: 'a test', setBy: web.ada.email })
    expect(isName(halt?.name ?? '')).toBe(true)
    const lifted = await ask(web.ada, '/admin/halts', { scope, key: halt?.key, mode: 'none' })
    expect(lifted.status).toBe(200)
    expect((await halts()).halts).toEqual([])
  })

  const wrong: readonly [unknown, number, RegExp][] = [
    [{ scope: 'global', key: 'all', mode: 'no_entries', reason: 'x' }, 404, /no global all/],
    [{ scope: 'exchange', key: 'nyse', mode: 'no_entries', reason: 'x' }, 404, /no exchange nyse/],
    [{ scope: 'user', key: 'nobody@example.test', mode: 'no_entries', reason: 'x' }, 404, /no user nobody/],
    [{ scope: 'account', key: 'mine', mode: 'no_entries', reason: 'x' }, 404, /no account mine/],
    [{ scope: 'symbol', key: 'NOPE/USDT', mode: 'no_entries', reason: 'x' }, 404, /no symbol NOPE/],
    [{ scope: 'global', key: '*', mode: 'no_entries' }, 400, /reason: must say why/],
    [{ scope: 'planet', key: '*', mode: 'none' }, 400, /scope/],
    [{ scope: 'global', key: '*', mode: 'stop', reason: 'x' }, 400, /mode/],
  ]
  test.each(wrong)('%j is refused', async (body, status, words) => {
    const response = await ask(web.ada, '/admin/halts', body)
    expect(response.status).toBe(status)
    const { detail, advice } = (await response.json()) as ProblemAnswer
    expect(detail).toMatch(words)
    expect(advice).not.toBe('')
    expect((await halts()).halts).toEqual([])
  })

  test('of a user stands in that user’s own log, too', async () => {
    await ask(web.ada, '/admin/halts', { scope: 'user', key: web.ben.id, mode: 'no_entries', reason: 'seen' })
    const own = await asTenant(web.app, web.ben.id, (tx) =>
      tx.selectFrom('audit_log').select(['actor', 'action']).orderBy('id', 'desc').limit(1).execute(),
    )
    expect(own).toEqual([{ actor: web.ada.email, action: 'halt.set' }])
  })

  test('is lifted by who has proven who they are lately; set by anybody of them', async () => {
    await web.database.query(`update auth.session set "provenAt" = now() - interval '11 minutes'`)
    const set = { scope: 'exchange', key: 'binance', mode: 'no_entries', reason: 'now' }
    expect((await ask(web.ada, '/admin/halts', set)).status).toBe(200)
    const lifted = await ask(web.ada, '/admin/halts', { ...set, mode: 'none' })
    expect(lifted.status).toBe(403)
    expect(await lifted.json()).toMatchObject({ code: 'step-up-required' })
    const closed = {
      scope: 'global',
      key: '*',
      reason: 'now',
      confirm: 'close everything',
      stopEntries: true,
    }
    expect(await (await ask(web.ada, '/admin/close-all', closed)).json()).toMatchObject({
      code: 'step-up-required',
    })
    await web.database.query(`update auth.session set "provenAt" = now()`)
    expect((await ask(web.ada, '/admin/halts', { ...set, mode: 'none' })).status).toBe(200)
  })
})

describe('everything is closed', () => {
  const wish = { scope: 'global', key: '*', reason: 'a test', stopEntries: true }
  test.each([[{}], [{ confirm: 'yes' }], [{ confirm: 'Close everything' }]])(
    'not by %j',
    async (confirmation) => {
      const response = await ask(web.ada, '/admin/close-all', { ...wish, ...confirmation })
      expect(response.status).toBe(400)
      expect(await halts()).toMatchObject({ halts: [], closings: [] })
    },
  )

  test('for everybody, once, and entries stay stopped', async () => {
    const confirmed = { ...wish, confirm: 'close everything' }
    expect((await ask(web.ada, '/admin/close-all', confirmed)).status).toBe(202)
    expect((await ask(web.ada, '/admin/close-all', confirmed)).status).toBe(202)
    const now = await halts()
    expect(now.halts).toMatchObject([{ scope: 'global', mode: 'flatten', reason: 'a test' }])
    expect(now.closings).toMatchObject([{ scope: 'global', openedBy: web.ada.email, closed: 0 }])
  })

  test('for one user, counting positions that the administrator cannot see', async () => {
    const body = {
      scope: 'user',
      key: web.ben.email,
      reason: 'a test',
      stopEntries: false,
      confirm: 'close everything',
    }
    const response = await ask(web.ada, '/admin/close-all', body)
    expect(response.status).toBe(202)
    const [alive] = await web.database.query<{ ids: string[] }>(
      `select array_agg(id) as ids from positions where user_id = $1 and state in ('opening', 'open', 'closing', 'stray')`,
      [web.ben.id],
    )
    // A worker finds what lives in the place.
    await web.database.query(`update close_batches set position_ids = $1 where ended_at is null`, [
      alive?.ids,
    ])
    const [closing] = (await halts()).closings
    expect(closing).toMatchObject({ scope: 'user', name: web.ben.email, closed: 0 })
    expect(closing?.positions).toBe(alive?.ids.length)
    expect((await halts()).halts).toEqual([])
  })
})

describe('the audit log', () => {
  const entries = async (query: string) => {
    const response = await ask(web.ada, `/admin/audit?${query}`)
    expect(response.status, await response.clone().text()).toBe(200)
    return (await response.json()) as { items: AuditEntry[]; next: string | null; actions: string[] }
  }
  beforeAll(async () => {
    await web.database.query(
      `insert into audit_log (user_id, actor, action, target, details)
       select case when n % 2 = 0 then $1::uuid end, 'robot-' || n, 'test.' || (n % 3), 'thing ' || n, jsonb_build_object('percent', n || '%')
       from generate_series(1, 30) n`,
      [web.ben.id],
    )
  })

  test('goes on page by page without a gap or a repeat', async () => {
    const seen: AuditEntry[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page: Awaited<ReturnType<typeof entries>> = await entries(
        `limit=7&action=test.1${cursor ? `&cursor=${cursor}` : ''}`,
      )
      seen.push(...page.items)
      cursor = page.next
    }
    expect(seen.map(({ target }) => target)).toEqual(
      [28, 25, 22, 19, 16, 13, 10, 7, 4, 1].map((n) => `thing ${n}`),
    )
    expect(seen[0]).toMatchObject({ actor: 'robot-28', user: web.ben.email, details: { percent: '28%' } })
    expect(seen.at(-1)?.user).toBeNull()
  })

  test.each([
    ['search=robot-17', 1],
    ['search=17%25', 1],
    ['search=%25', 30],
    ['search=thing%20_', 0],
    ['search=nothing%20like%20it', 0],
  ])('%s finds %i', async (query, count) => {
    const { items } = await entries(`limit=200&${query}`)
    expect(items.filter(({ actor }) => actor.startsWith('robot-'))).toHaveLength(count)
  })

  test.each(['cursor=x', 'cursor=-1', 'limit=0', 'more=1', `search=${'x'.repeat(101)}`])(
    '%s is refused',
    async (query) => {
      expect((await ask(web.ada, `/admin/audit?${query}`)).status).toBe(400)
    },
  )
})

test('operations tell positions of every tenant as counts, queues with what waits, and the monitor', async () => {
  const json = (await (await ask(web.ada, '/operations')).json()) as Record<string, unknown[]>
  const [open] = await web.database.query<{ count: number }>(
    `select count(*)::int from positions where state in ('open', 'closing', 'stray')`,
  )
  const positions = json.positions as { open: number }[]
  expect(positions.reduce((sum, place) => sum + place.open, 0)).toBe(open?.count)
  expect(JSON.stringify(json)).not.toContain(web.ben.accountId)
  const queues = json.queues as { name: string; counts: object | null; failures: unknown[] }[]
  expect(queues.map(({ name }) => name)).toContain('backtests')
  expect(queues.every(({ counts }) => counts !== null)).toBe(true)
})
