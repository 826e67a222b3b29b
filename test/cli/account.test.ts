import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ledgerBalances } from '#db/ledger.ts'
import { commandLine } from '../support/command.ts'
import { openFloor, secretKey } from '../support/floor.ts'

const floor = await openFloor()
const { database, db, simulator } = floor
const bullpen = commandLine({ DATABASE_URL: database.url, SECRET_KEY: secretKey })
const email = 'ada@example.test'
const add = (...more: string[]) => ['account', 'add', '--user', email, ...more]
const accounts = () =>
  database.query<{ id: string; name: string }>('select id, name from accounts order by created_at')

beforeAll(async () => {
  await database.query(`insert into auth."user" (name, email, "emailVerified") values ('ada', $1, true)`, [
    email,
  ])
})

/** Registers a simulator for as long as the file runs. */
async function registerSimulator(address: string): Promise<void> {
  await database.query('delete from workers')
  await database.query(
    `insert into workers (id, role, host, pid, version, address, heartbeat_at)
     values ('sim', 'simulator', 'test', 1, '0', $1, now() + interval '1 hour')`,
    [address],
  )
}

describe('wrong input is one clear line, code 1, and no account', () => {
  const key = { apiKey: 'an-api-key-that-is-secret', secret: 'a-secret-that-is-secret' }
  const notAKey =
    'the key is read from standard input, a JSON object with "apiKey" and "secret", and this was something else'
  test.concurrent.each([
    [
      'an unknown user',
      ['account', 'add', '--user', 'nobody@example.test'],
      '',
      'nobody signs in as nobody@example.test: npx bullpen user list',
    ],
    ['a negative balance', add('--balance=-5'), '', '--balance -5 is not an amount such as 10000'],
    [
      'a balance with a comma',
      add('--balance', '10,000'),
      '',
      '--balance 10,000 is not an amount such as 10000',
    ],
    [
      'an exchange that this build lacks',
      add('--exchange', 'okx'),
      '',
      'this build does not trade on okx yet',
    ],
    [
      'a market that this build lacks',
      add('--market', 'margin-cross'),
      '',
      'this build does not trade margin-cross on binance yet',
    ],
    [
      'an exchange that nobody has',
      add('--exchange', 'mtgox'),
      '',
      /^error: option '--exchange <exchange>' argument 'mtgox' is invalid\. Allowed choices are binance, /,
    ],
    [
      'a quote that is none',
      add('--quote', 'us dollars'),
      '',
      '--quote us dollars is not a currency such as USDT',
    ],
    [
      'a key that is no JSON',
      add('--mode', 'live'),
      `{apiKey: ${key.apiKey}, secret: ${key.secret}`,
      notAKey,
    ],
    [
      'a testnet of a venue that has none',
      add('--exchange', 'kraken', '--mode', 'testnet'),
      JSON.stringify(key),
      'kraken has no testnet for spot: connect it as paper, or live',
    ],
    [
      'a new key for a bad id',
      ['account', 'rotate', '7'],
      JSON.stringify(key),
      '7 is not the id of an account: npx bullpen account list',
    ],
    [
      'a new key for nobody’s account',
      ['account', 'rotate', '00000000-0000-4000-8000-000000000000'],
      JSON.stringify(key),
      'there is no account 00000000-0000-4000-8000-000000000000: npx bullpen account list',
    ],
    [
      'a new key that is none',
      ['account', 'rotate', '00000000-0000-4000-8000-000000000000'],
      'nothing of a key',
      notAKey,
    ],
    ['half a key', add('--mode', 'live'), JSON.stringify({ apiKey: key.apiKey }), notAKey],
    ['a key with more than a key', add('--mode', 'testnet'), JSON.stringify({ ...key, more: 'x' }), notAKey],
    ['nothing for a key', add('--mode', 'live'), '', notAKey],
    [
      'a bad id',
      ['account', 'check', 'not-a-uuid'],
      '',
      'not-a-uuid is not the id of an account: npx bullpen account list',
    ],
    [
      'an id of nobody',
      ['account', 'check', '00000000-0000-4000-8000-000000000000'],
      '',
      'there is no account 00000000-0000-4000-8000-000000000000: npx bullpen account list',
    ],
  ])('%s', async (_, args, input, line) => {
    const { code, stdout, stderr } = await bullpen(args, { input })
    expect(stdout).toBe('')
    if (typeof line === 'string') expect(stderr).toBe(`${line}\n`)
    else expect(stderr).toMatch(line)
    for (const secret of Object.values(key)) expect(stderr).not.toContain(secret)
    expect(code).toBe(1)
    expect(await accounts()).toEqual([])
  })
})

test('without a simulator, and with one that has died, a paper account says what to start', async () => {
  await database.query('delete from workers')
  const line = /^no simulator is running, and a paper account trades there: start one \(.*\)\n$/
  expect((await bullpen(add())).stderr).toMatch(line)
  await registerSimulator('http://127.0.0.1:1')
  const dead = await bullpen(add())
  expect(dead).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^the simulator at http:\/\/127\.0\.0\.1:1 does not answer: .*\n$/),
  })
  expect(await accounts()).toEqual([])
})

test('a paper account is connected with its books, past every proxy, once under a name', async () => {
  let proxied = 0
  const proxy = createServer((_, outgoing) => {
    proxied += 1
    outgoing.writeHead(502).end()
  }).on('connect', (_, socket) => {
    proxied += 1
    socket.end()
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  afterAll(() => proxy.close())
  const address = proxy.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  await registerSimulator(simulator.url)

  const made = await bullpen(add('--balance', '250.5'), {
    env: { HTTP_PROXY: url, HTTPS_PROXY: url, http_proxy: url, https_proxy: url, NODE_USE_ENV_PROXY: '1' },
  })
  expect(made).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringMatching(/^paper binance spot is connected: binance spot, paper, [0-9a-f-]{36}\n$/),
  })
  expect(proxied).toBe(0)
  const [account] = await accounts()
  expect(await ledgerBalances(db, account?.id ?? '')).toEqual(new Map([['USDT', '250.5']]))

  const again = await bullpen(add())
  expect(again).toEqual({
    code: 1,
    stdout: '',
    stderr: `there is an account called paper binance spot already: choose another name\n`,
  })
  expect(await accounts()).toHaveLength(1)
})

test('the list tells every account, for people and for machines, and no key', async () => {
  const [people, machines] = await Promise.all([
    bullpen(['account', 'list']),
    bullpen(['account', 'list', '--json']),
  ])
  const [account] = await accounts()
  expect(people.stdout).toBe(`${account?.id}  binance spot  paper  active  paper binance spot\n`)
  expect(JSON.parse(machines.stdout)).toEqual([
    expect.objectContaining({ id: account?.id, mode: 'paper', market: 'spot', status: 'active' }),
  ])
  expect(machines.stdout).not.toMatch(/apiKey|secret|sealed|fingerprint/)
})

test('a check says that all is well, that the books differ, or that the venue does not answer', async () => {
  const [account] = await accounts()
  const check = () => bullpen(['account', 'check', account?.id ?? ''])
  expect(await check()).toEqual({
    code: 0,
    stderr: '',
    stdout: 'key: may trade, may not withdraw\nUSDT: 250.5, 250.5 free\nbooks: agree with the venue\n',
  })
  await database.query(
    `insert into ledger (user_id, account_id, kind, currency, amount) select user_id, id, 'adjustment', 'BNB', 0.5 from accounts`,
  )
  const differing = await check()
  expect(differing.code).toBe(1)
  expect(differing.stdout).toContain('differs: BNB is 0.5 in the books and 0 at the venue\n')
  expect(differing.stdout).toContain('books: DIFFER from the venue\n')

  await registerSimulator('http://127.0.0.1:1')
  const dead = await check()
  expect(dead).toMatchObject({ code: 1, stdout: '' })
  expect(dead.stderr).toMatch(/^[^\n]*(does not answer|cannot be reached|ECONNREFUSED)[^\n]*\n$/)
})
