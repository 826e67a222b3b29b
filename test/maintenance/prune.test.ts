import { beforeAll, expect, test } from 'vitest'
import { prune } from '#src/maintenance/prune.ts'
import { commandLine } from '../support/command.ts'
import { testDatabase } from '../support/database.ts'
import { openFloor, secretKey } from '../support/floor.ts'

const floor = await openFloor()
const { database, db } = floor

/** Makes everything older by so many days, triggers or not. */
async function age(days: number): Promise<void> {
  const columns = await database.query<{ name: string; column: string }>(
    `select format('%I.%I', table_schema, table_name) as name, quote_ident(column_name) as column
     from information_schema.columns join pg_class c on c.oid = format('%I.%I', table_schema, table_name)::regclass
     where table_schema in ('public', 'auth') and data_type = 'timestamp with time zone' and is_generated = 'NEVER' and c.relkind = 'r'
       and table_name not like 'kysely%'`,
  )
  await database.query(
    `set session_replication_role = replica; ${columns
      .map(
        ({ name, column }) =>
          `update ${name} set ${column} = ${column} - interval '${days} days' where ${column} is not null`,
      )
      .join(';')}; set session_replication_role = origin`,
  )
}

const counts = async () => {
  const tables = await database.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'auth') order by 1`,
  )
  const all: Record<string, number> = {}
  for (const { name } of tables)
    all[name] = Number(
      (await database.query<{ count: string }>(`select count(*) as count from ${name}`))[0]?.count,
    )
  return all
}

beforeAll(async () => {
  const trader = await floor.trader({ market: 'spot' })
  await floor.enter(trader, { base: 'BTC', quantity: '0.01' })
  const { userId, id } = trader.account
  const signal = (source: string, isEnded: boolean) =>
    database
      .query<{ id: string }>(
        `insert into trading_signals (source, symbol, action, confidence, price, created_at, renewed_at, expires_at, ended_at)
         values ($1, 'BTC/USDT', 'BUY', 0.6, 1, now(), now(), now() + interval '1 second', $2) returning id`,
        [source, isEnded ? new Date() : null],
      )
      .then(([row]) => row?.id ?? '')
  const [skipped, taken, scored] = [await signal('a', true), await signal('b', true), await signal('c', true)]
  await signal('d', true)
  await signal('e', false)
  for (const [signalId, outcome] of [
    [skipped, 'skipped'],
    [taken, 'taken'],
  ])
    await database.query(
      `insert into decisions (user_id, account_id, signal_id, symbol, outcome, action, reasons, steps, market_at)
       values ($1, $2, $3, 'BTC/USDT', $4, 'open', '[]', '[]', now())`,
      [userId, id, signalId, outcome],
    )
  await database.query(
    `insert into signal_scores (signal_id, source, symbol, created_at, scored_at, move, is_hit)
     values ($1, 'c', 'BTC/USDT', now(), now(), 0, true)`,
    [scored],
  )
  await database.query(
    `insert into equity_snapshots (account_id, user_id, at, market_at, equity, free_quote, exposure, open_pnl)
     select $1::uuid, $2::uuid, at, at, 1, 1, 0, 0 from generate_series('2026-01-01T00:00:00Z'::timestamptz, '2026-01-01T02:59:00Z', interval '1 minute') at`,
    [id, userId],
  )
  await database.query(
    `insert into equity_snapshots (account_id, user_id, at, market_at, equity, free_quote, exposure, open_pnl)
     select $1::uuid, $2::uuid, at, at, 1, 1, 0, 0 from generate_series(now() - interval '1 hour', now(), interval '1 minute') at`,
    [id, userId],
  )
  await database.query(
    `insert into auth.session (id, "expiresAt", token, "updatedAt", "userId") values (gen_random_uuid(), now(), 'x', now(), $1)`,
    [userId],
  )
  await database.query(
    `insert into workers (id, role, host, pid, version, heartbeat_at) values ('w', 'worker', 'h', 1, '0', now())`,
  )
  await database.query(`insert into rate_limits (key, count, began_at) values ('k', 1, now())`)
})

test('what is young stays, all of it', async () => {
  await database.query(`delete from equity_snapshots where at < now() - interval '1 day'`)
  const before = await counts()
  expect((await prune(db, { isRehearsal: false })).filter(({ rows }) => rows > 0)).toEqual([])
  expect(await counts()).toEqual(before)
})

test('a rehearsal counts what then goes, in batches of any size, and a second time nothing goes', async () => {
  const { user_id: userId, id } =
    (await database.query<{ user_id: string; id: string }>('select * from accounts'))[0] ?? {}
  await database.query(
    `insert into equity_snapshots (account_id, user_id, at, market_at, equity, free_quote, exposure, open_pnl)
     select $1::uuid, $2::uuid, at, at, 1, 1, 0, 0
     from generate_series(date_trunc('hour', now()) - interval '5 hours', date_trunc('hour', now()) - interval '121 minutes', interval '1 minute') at`,
    [id, userId],
  )
  await age(100)
  const before = await counts()
  const [counted] = [await prune(db, { isRehearsal: true })]
  expect(await counts()).toEqual(before)
  const pruned = await prune(db, { isRehearsal: false, batch: 7 })
  const gone = (list: typeof pruned) => Object.fromEntries(list.map(({ table, rows }) => [table, rows]))
  expect(gone(pruned)).toMatchObject({
    decisions: 1,
    trading_signals: 2, // of the skipped decision and the one that nothing names; not the taken, the scored, the living
    workers: 1,
    rate_limits: 1,
    'auth.session': 1,
  })
  // Signals whose decisions went are counted beforehand as still named.
  const { trading_signals: _, ...others } = gone(pruned)
  const { trading_signals: __, ...expected } = gone(counted)
  expect(others).toEqual(expected)
  const left = await database.query<{ left: string }>(
    `select count(*) as left from equity_snapshots group by account_id, date_trunc('hour', at)`,
  )
  expect(left.map((row) => row.left).sort()).toEqual(left.map(() => '1'))
  expect((await prune(db, { isRehearsal: false })).filter(({ rows }) => rows > 0)).toEqual([])

  const after = await counts()
  const untouched = [
    'orders',
    'order_events',
    'order_slots',
    'fills',
    'ledger',
    'positions',
    'trades',
    'audit_log',
    'halts',
    'accounts',
  ]
  for (const table of untouched)
    expect([table, after[`public.${table}`]]).toEqual([table, before[`public.${table}`]])
  expect(await database.query(`select outcome from decisions where outcome = 'taken'`)).toHaveLength(2)
})

test('after 400 days a score goes with its signal, and equity is kept once a day', async () => {
  await age(400)
  const pruned = await prune(db, { isRehearsal: false })
  expect(pruned.find(({ table }) => table === 'trading_signals')?.rows).toBe(1)
  expect(await database.query('select from signal_scores')).toEqual([])
  const days = await database.query<{ left: string }>(
    `select count(*) as left from equity_snapshots group by account_id, date_trunc('day', at)`,
  )
  for (const { left } of days) expect(left).toBe('1')
})

test('the command says what went and what of, and changes nothing in a rehearsal', async () => {
  const own = await testDatabase()
  const bullpen = commandLine({ DATABASE_URL: own.url, SECRET_KEY: secretKey, BULLPEN_HOME: '.' })
  await own.query(
    `insert into workers (id, role, host, pid, version, heartbeat_at) values ('w', 'worker', 'h', 1, '0', now() - interval '8 days')`,
  )
  const rehearsed = await bullpen(['prune', '--dry-run'])
  expect(rehearsed).toMatchObject({ code: 0, stderr: '' })
  expect(rehearsed.stdout).toMatch(/ {8}1 {2}processes that ended or fell silent over 7 days ago\n/)
  expect(rehearsed.stdout).toMatch(/Nothing was deleted\.\n$/)
  expect(await own.query('select from workers')).toHaveLength(1)
  const { stdout } = await bullpen(['prune', '--json'])
  const { dryRun, pruned } = JSON.parse(stdout)
  expect([dryRun, pruned.find(({ table }: { table: string }) => table === 'workers').rows]).toEqual([
    false,
    1,
  ])
  expect(await own.query('select from workers')).toEqual([])
  expect(await own.query(`select actor, action, details from audit_log`)).toEqual([
    { actor: 'command line', action: 'prune', details: { workers: 1 } },
  ])
})
