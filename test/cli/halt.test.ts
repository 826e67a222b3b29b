import { expect, test } from 'vitest'
import { commandLine } from '../support/command.ts'
import { testDatabase } from '../support/database.ts'
import { addTenant } from '../support/tenant.ts'

const database = await testDatabase()
const bullpen = commandLine({
  DATABASE_URL: database.url,
  SECRET_KEY: 'a key for tests, of thirty-two bytes or more',
  // Nothing listens there: halts need no queue.
  REDIS_URL: 'redis://127.0.0.1:1',
})
const tenant = await addTenant(database, { name: 'ada' })
await database.query(
  `insert into auth."user" (name, email, "emailVerified") values ('new', 'new@example.test', true)`,
)
await database.query(
  `insert into trading_signals (source, symbol, action, confidence, price, created_at, renewed_at, expires_at)
   values ('smart_entry', 'BTC/USDT', 'BUY', 0.6, 1, now(), now(), now() + interval '1 hour')`,
)
const nobody = '00000000-0000-4000-8000-000000000000'

const modeOf = async (scope: string, key: string) => {
  const [row] = await database.query<{ mode: string }>(
    `select mode from halts where scope = $1 and key = $2`,
    [scope, key],
  )
  return row?.mode
}

test.concurrent.each([
  [['--scope', 'exchange', '--key', 'binanse'], /^there is no exchange binanse: there are binance, bitget, /],
  [
    ['--scope', 'user', '--key', 'bob@example.test'],
    'there is no user bob@example.test: npx bullpen user list\n',
  ],
  [['--scope', 'user', '--key', nobody], `there is no user ${nobody}: npx bullpen user list\n`],
  [['--scope', 'account', '--key', nobody], `there is no account ${nobody}: npx bullpen account list\n`],
  [['--scope', 'account', '--key', 'main'], 'there is no account main: npx bullpen account list\n'],
  [['--scope', 'symbol', '--key', 'BTC'], /^BTC is not a symbol such as BTC\/USDT/],
  [['--scope', 'symbol', '--key', 'BTC/USTD'], /^there is no symbol BTC\/USTD here: /],
  [['--scope', 'account'], '--scope account needs --key\n'],
  [['--key', 'binance'], /^everything takes no --key/],
  [['--mode', 'none'], /^error: option '--mode <mode>' argument 'none' is invalid/],
] as const)('a halt on %j is refused in one line', async (args, line) => {
  const { code, stdout, stderr } = await bullpen(['halt', 'set', ...args, '--reason', 'a test'])
  expect(stdout).toBe('')
  if (typeof line === 'string') expect(stderr).toBe(line)
  else expect(stderr).toMatch(line)
  expect(code).toBe(1)
})

test.concurrent.each([
  ['user', 'Ada@Example.test', () => tenant.userId],
  ['account', tenant.accountId, () => tenant.accountId],
  ['exchange', 'Kraken', () => 'kraken'],
  ['symbol', 'btc/usdt', () => 'BTC/USDT'],
] as [string, string, () => string][])(
  'a halt on %s %s is set, listed and lifted, each in the audit log',
  async (scope, key, keyOf) => {
    const place = ['--scope', scope, '--key', key]
    expect(await bullpen(['halt', 'set', ...place, '--reason', `why ${scope}`])).toMatchObject({ code: 0 })
    expect(await modeOf(scope, keyOf())).toBe('no_entries')
    const listed = JSON.parse((await bullpen(['halt', 'list', '--json'])).stdout)
    expect(listed).toContainEqual({ scope, key: keyOf(), mode: 'no_entries', reason: `why ${scope}` })
    expect(await bullpen(['halt', 'lift', ...place])).toMatchObject({ code: 0 })
    expect(await modeOf(scope, keyOf())).toBe('none')
    const audit = await database.query(
      `select action, actor, details ->> 'mode' as mode from audit_log where target = $1 order by id`,
      [`${scope} ${keyOf()}`],
    )
    expect(audit).toEqual([
      { action: 'halt.set', actor: 'command line', mode: 'no_entries' },
      { action: 'halt.lift', actor: 'command line', mode: 'none' },
    ])
  },
)

test('a user without an account is halted before they connect one', async () => {
  await bullpen(['halt', 'set', '--scope', 'user', '--key', 'new@example.test', '--reason', 'a test'])
  const [user] = await database.query<{ id: string }>(`select id from auth."user" where name = 'new'`)
  await database.query(
    `insert into accounts (user_id, name, exchange, market, mode, quote) values ($1, 'main', 'binance', 'spot', 'paper', 'USDT')`,
    [user?.id],
  )
  expect(await modeOf('user', user?.id ?? '')).toBe('no_entries')
})

test('flatten stops entries and opens one close-all, however often it is said', async () => {
  const flatten = ['halt', 'set', '--mode', 'flatten', '--reason', 'out']
  expect((await bullpen(flatten)).stdout).toBe(
    'everything: no new entries, and what is open is being closed\n0 positions; to follow it, press again: npx bullpen close-all --yes\n',
  )
  await bullpen(flatten)
  expect(await modeOf('global', '*')).toBe('flatten')
  expect(await database.query(`select scope, key, reason, opened_by, ended_at from close_batches`)).toEqual([
    { scope: 'global', key: '*', reason: 'out', opened_by: 'command line', ended_at: null },
  ])
})
