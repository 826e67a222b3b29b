import { beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { asTenant } from '#db/client.ts'
import type { Route } from '#src/web/api/route.ts'
import { apiRoutes } from '#src/web/api/routes.ts'
import { idsOf, sampleBodies, sampleQuery } from '../support/api-samples.ts'
import { type TestUser, type TestWeb, testKeys, testWeb } from '../support/web.ts'

let web: TestWeb
let cookies: Map<string, string>
let idsOfAda: string[]

const routes = apiRoutes({ queues: [], keys: testKeys, enqueue: async () => {} })
const named = routes.map((route) => ({ name: `${route.method} ${route.path}`, route }))
const none = '00000000-0000-4000-8000-000000000000'

beforeAll(async () => {
  web = await testWeb(undefined, { most: 1_000_000, windowSeconds: 60 })
  cookies = new Map([
    [web.ada.id, await web.signIn(web.ada)],
    [web.ben.id, await web.signIn(web.ben)],
  ])
  idsOfAda = await idsOf(web, web.ada.id)
})

async function send(who: TestUser, { method }: Route, path: string, body: unknown) {
  const response = await fetch(`${web.origin}/api/v1${path}`, {
    method: method.toUpperCase(),
    headers: {
      cookie: cookies.get(who.id) ?? '',
      origin: web.origin,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: response.status, text: await response.text() }
}

/** Fields of an object's schema that take a uuid, whatever they are wrapped in. */
function idFields(schema: z.ZodType): string[] {
  if (!(schema instanceof z.ZodObject)) return []
  return Object.entries(schema.shape as Record<string, z.ZodType>)
    .filter(([, field]) => field.safeParse(none).success && !field.safeParse('no id at all').success)
    .map(([name]) => name)
}

function bodyOf(name: string, route: Route): object | undefined {
  return route.method === 'get' ? undefined : sampleBodies[name]
}

describe('another tenant’s id', () => {
  const withId = named.filter(({ route }) => route.path.includes(':') && route.role !== 'admin')

  test.each(withId)(
    'in the address of $name is answered like one that nobody has',
    async ({ name, route }) => {
      const ask = (id: string) =>
        send(web.ben, route, route.path.replace(/:[a-zA-Z]+/g, id), bodyOf(name, route))
      const nobodys = await ask(none)
      expect({ name, status: nobodys.status }).toEqual({ name, status: 404 })
      for (const id of idsOfAda) {
        const { status, text } = await ask(id)
        expect({ name, status, text: text.replaceAll(id, none) }).toEqual({ name, ...nobodys })
      }
    },
  )

  const withQuery = named.flatMap(({ name, route }) =>
    route.role === 'admin' ? [] : idFields(route.query).map((field) => ({ name, route, field })),
  )

  test.each(withQuery)(
    'as $field of $name is answered like one that nobody has',
    async ({ name, route, field }) => {
      const ask = (id: string) => {
        const sample = sampleQuery(route.path, none).replace(`account=${none}`, '').replace(/^\?&?/, '')
        return send(
          web.ben,
          route,
          `${route.path.replace(/:[a-zA-Z]+/g, none)}?${field}=${id}&${sample}`,
          bodyOf(name, route),
        )
      }
      const nobodys = await ask(none)
      if (field === 'account') expect(nobodys.status).toBe(404)
      for (const id of idsOfAda) {
        const { status, text } = await ask(id)
        expect({ status, text: text.replaceAll(id, none) }).toEqual(nobodys)
      }
    },
  )

  const withBody = named.flatMap(({ name, route }) =>
    route.role === 'admin' ? [] : idFields(route.body).map((field) => ({ name, route, field })),
  )

  test.each(withBody)(
    'as $field in the body of $name is answered like one that nobody has',
    async ({ name, route, field }) => {
      const path = route.path.replace(/:[a-zA-Z]+/g, none)
      const ask = (id: string) => send(web.ben, route, path, { ...sampleBodies[name], [field]: id })
      const nobodys = await ask(none)
      expect({ name, status: nobodys.status }).toEqual({ name, status: 404 })
      for (const id of idsOfAda) {
        const { status, text } = await ask(id)
        expect({ name, status, text: text.replaceAll(id, none) }).toEqual({ name, ...nobodys })
      }
    },
  )
})

describe('every route', () => {
  const lists = named.filter(({ route }) => route.method === 'get' && !route.path.includes(':'))

  test.each(lists)('$name shows each their own alone, and answers as it says', async ({ route }) => {
    const pairs: [TestUser, TestUser][] = [
      [web.ada, web.ben],
      [web.ben, web.ada],
    ]
    for (const [mine, other] of pairs) {
      const { status, text } = await send(
        mine,
        route,
        `${route.path}${sampleQuery(route.path, mine.accountId)}`,
        undefined,
      )
      if (route.role === 'admin' && mine === web.ben) {
        expect(status).toBe(403)
        continue
      }
      expect({ path: route.path, status }).toEqual({ path: route.path, status: 200 })
      if (route.media === undefined) expect(route.answer.parse(JSON.parse(text))).toEqual(JSON.parse(text))
      if (route.role === 'admin') continue
      for (const secret of [...(await idsOf(web, other.id)), other.email]) expect(text).not.toContain(secret)
    }
  })

  const own = named.filter(
    ({ route }) => route.method === 'get' && route.path.includes(':') && route.role !== 'admin',
  )

  test.each(own)('$name answers its owner as it says', async ({ route }) => {
    const statuses = new Set<number>()
    for (const id of idsOfAda) {
      const { status, text } = await send(web.ada, route, route.path.replace(/:[a-zA-Z]+/g, id), undefined)
      statuses.add(status)
      if (status === 200 && route.media === undefined)
        expect(route.answer.parse(JSON.parse(text))).toEqual(JSON.parse(text))
    }
    expect([...statuses].every((status) => [200, 404, 409, 410].includes(status))).toBe(true)
  })

  test.each(named)('$name answers 401 without a session', async ({ name, route }) => {
    const path = route.path.replace(/:[a-zA-Z]+/g, none)
    const response = await fetch(`${web.origin}/api/v1${path}`, {
      method: route.method.toUpperCase(),
      headers: { origin: web.origin },
    })
    expect({ name, status: response.status }).toEqual({ name, status: 401 })
  })

  test.each(named.filter(({ route }) => route.role === 'admin'))(
    '$name is closed to who is no administrator',
    async ({ name, route }) => {
      const { status, text } = await send(
        web.ben,
        route,
        route.path.replace(/:[a-zA-Z]+/g, none),
        bodyOf(name, route),
      )
      expect({ name, status, code: JSON.parse(text).code }).toEqual({
        name,
        status: 403,
        code: 'admins-only',
      })
    },
  )
})

describe('row security without any filter of ours', async () => {
  const tables = () =>
    web.database.query<{ name: string }>(
      `select c.relname as name from pg_attribute a join pg_class c on c.oid = a.attrelid
       join pg_namespace n on n.oid = c.relnamespace
       where a.attname = 'user_id' and not a.attisdropped and c.relkind in ('r', 'p') and n.nspname = 'public' order by 1`,
    )
  const asBen = <T>(work: Parameters<typeof asTenant<T>>[2]) => asTenant(web.app, web.ben.id, work)
  const denied = { code: '42501' }

  test('a select of everything shows no row of anybody else', async () => {
    for (const { name } of await tables()) {
      const rows = await asBen((tx) =>
        tx
          .selectFrom(name as 'trades')
          .select('user_id')
          .execute(),
      ).catch((error) => {
        expect(error).toMatchObject(denied)
        return []
      })
      const strangers = rows.filter((row) => row.user_id !== null && row.user_id !== web.ben.id)
      expect({ name, strangers }).toEqual({ name, strangers: [] })
    }
  })

  test('a row cannot be written in somebody else’s name', async () => {
    for (const { name } of await tables()) {
      const table = name as 'trades'
      const forged = asBen((tx) =>
        tx
          .insertInto(table)
          .values({ user_id: web.ada.id } as never)
          .execute(),
      )
      await expect(forged, name).rejects.toMatchObject(denied)
    }
  })

  test('a row of somebody else can neither be changed nor taken over nor deleted', async () => {
    for (const { name } of await tables()) {
      const [{ before } = { before: 0 }] = await countOf(name)
      const table = name as 'trades'
      const attacks = [
        () => asBen((tx) => tx.updateTable(table).set({ user_id: web.ben.id }).execute()),
        () => asBen((tx) => tx.updateTable(table).set({ user_id: web.ada.id }).execute()),
        () => asBen((tx) => tx.deleteFrom(table).where('user_id', '=', web.ada.id).execute()),
      ]
      // Refused by the grant, refused by the policy, or without any row to touch.
      for (const attack of attacks) await attack().catch((error) => expect(error, name).toMatchObject(denied))
      expect({ name, rows: (await countOf(name))[0]?.before }).toEqual({ name, rows: before })
    }
  })

  const countOf = (name: string) =>
    web.database.query<{ before: number }>(`select count(*)::int as before from ${name} where user_id = $1`, [
      web.ada.id,
    ])
})
