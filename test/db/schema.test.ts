import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { asTenant } from '#db/client.ts'
import { dumpSchema } from '#db/dump.ts'
import { migrate } from '#db/migrate.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

const root = path.join(import.meta.dirname, '../..')
let database: TestDatabase

beforeAll(async () => {
  database = await testDatabase()
})

test('the committed schema is what the migrations make', async () => {
  expect(await dumpSchema(database.url)).toBe(await readFile(path.join(root, 'db/schema.sql'), 'utf8'))
})

test('the Kysely types match the migrations', async () => {
  const codegen = path.join(root, 'node_modules/kysely-codegen/dist/cli/bin.js')
  const options = ['--dialect', 'postgres', '--url', database.url, '--exclude-pattern', 'kysely_*', '--print']
  const { stdout } = await promisify(execFile)(process.execPath, [codegen, ...options])
  const committed = await readFile(path.join(root, 'db/database.ts'), 'utf8')
  expect(typesOf(stdout)).toBe(typesOf(committed))
})

test('two migrators at once apply every migration once', async () => {
  const [first, second] = await Promise.all([migrate(database.url), migrate(database.url)])
  expect([...first, ...second]).toEqual([])
})

describe('row security', () => {
  test('without a tenant every tenant table returns no row, and with one only its own', async () => {
    const [alice, bob] = await twoTenants()
    const app = database.db('bullpen_app')
    const tables = await database.query<{ table_name: string }>(
      `select table_name from information_schema.columns where table_schema = 'public' and column_name = 'user_id' order by 1`,
    )
    expect(tables.length).toBeGreaterThan(15)
    const readable = tables.map((row) => row.table_name)
    for (const table of readable) {
      const rows = await app
        .selectFrom(table as 'accounts')
        .select('user_id')
        .execute()
      expect({ table, rows }).toEqual({ table, rows: [] })
    }
    for (const [mine, other] of [[alice, bob] as const, [bob, alice] as const]) {
      const seen = await asTenant(app, mine, (tx) => tx.selectFrom('accounts').select('user_id').execute())
      expect(seen).toEqual([{ user_id: mine }])
      await expect(
        asTenant(app, mine, (tx) =>
          tx
            .insertInto('accounts')
            .values({
              user_id: other,
              name: 'forged',
              exchange: 'binance',
              market: 'spot',
              mode: 'paper',
              quote: 'USDT',
            })
            .execute(),
        ),
      ).rejects.toThrow(/row-level security/)
    }
  })

  test('every table with a tenant has row security, and the runtime roles cannot bypass it', async () => {
    const open = await database.query(
      `select c.relname from pg_class c join information_schema.columns i on i.table_name = c.relname
       where i.table_schema = 'public' and i.column_name = 'user_id' and c.relkind = 'r' and not c.relrowsecurity`,
    )
    expect(open).toEqual([])
    const roles = await database.query(
      `select rolname from pg_roles where rolname like 'bullpen\\_%' and (rolsuper or rolbypassrls)`,
    )
    expect(roles).toEqual([])
  })

  test.each(['orders', 'order_events', 'fills', 'ledger', 'audit_log'])(
    'workers may not delete from %s',
    async (table) => {
      const worker = database.db('bullpen_worker')
      await expect(worker.deleteFrom(table as 'orders').execute()).rejects.toThrow(/permission denied/)
    },
  )
})

/** Two users with an account each; returns their ids. */
async function twoTenants(): Promise<[string, string]> {
  const ids: string[] = []
  for (const name of ['alice', 'bob']) {
    const [user] = await database.query<{ id: string }>(
      `insert into auth."user" (name, email, "emailVerified") values ($1, $1 || '@example.test', true) returning id`,
      [name],
    )
    if (!user) throw new Error('no user was made')
    await database.query(
      `insert into accounts (user_id, name, exchange, market, mode, quote) values ($1, 'main', 'binance', 'spot', 'paper', 'USDT')`,
      [user.id],
    )
    ids.push(user.id)
  }
  return [ids[0] ?? '', ids[1] ?? '']
}

/** The generated text without blank lines and banner, which vary between print and file. */
function typesOf(text: string): string {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trim().startsWith('*') && !line.includes('/**'))
    .filter((line) => !line.startsWith('•') && !line.startsWith('✓'))
    .join('\n')
}
