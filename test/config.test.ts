import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { environment, environmentFor, readConfig, schema, secretsOf, variableOf } from '#src/config.ts'
import { parseDotenv } from '#src/dotenv.ts'

const key = 'k'.repeat(32)

function complaintsOf(env: Record<string, string>): string[] {
  try {
    readConfig(env)
    return []
  } catch (error) {
    expect(error).toMatchObject({ name: 'UserError' })
    return (error as Error).message.split('\n')
  }
}

test.each([
  [{ PORT: '0' }, 'PORT=0 must be a whole number from 1 to 65535'],
  [{ PORT: '80a' }, 'PORT=80a must be a whole number from 1 to 65535'],
  [{ PORT: '3000.5' }, 'PORT=3000.5 must be a whole number from 1 to 65535'],
  [{ METRICS_PORT: '70000' }, 'METRICS_PORT=70000 must be a whole number from 1 to 65535'],
  [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL=loud must be one of fatal, error, warn, info, debug, trace, silent'],
  [{ SIGNUP: 'all' }, 'SIGNUP=all must be one of invite, open'],
  [{ PUBLIC_URL: 'bullpen.example' }, 'PUBLIC_URL=… must be an address that starts with http:// or https://'],
  [{ REDIS_URL: 'http://h' }, 'REDIS_URL=http://… must be an address that starts with redis:// or rediss://'],
  [{ MARKET_DATA: 'real' }, 'MARKET_DATA=real must be synthetic, live or replay:<file.csv[.gz]>,…'],
  [{ MARKET_DATA: 'replay:' }, 'MARKET_DATA=replay: must be synthetic, live or replay:<file.csv[.gz]>,…'],
  [
    { MARKET_DATA: 'replay:a.txt' },
    'MARKET_DATA=replay:a.txt must be synthetic, live or replay:<file.csv[.gz]>,…',
  ],
  [{ MARKET_DATA: 'replay:a.csv', REPLAY_SPEED: '601' }, 'REPLAY_SPEED=601 must be a number from 1 to 600'],
  [{ MARKET_DATA: 'replay:a.csv', REPLAY_SPEED: '0.5' }, 'REPLAY_SPEED=0.5 must be a number from 1 to 600'],
  [
    { REPLAY_SPEED: '60' },
    'REPLAY_SPEED=60 needs MARKET_DATA=replay:<file.csv>,…: only recorded candles run faster than the clock',
  ],
  [
    { MARKET_SEED: 'x' },
    `MARKET_SEED=x must be a whole number from ${Number.MIN_SAFE_INTEGER} to ${Number.MAX_SAFE_INTEGER}`,
  ],
  [{ DEMO_VENUES: 'kraken' }, 'DEMO_VENUES=kraken must be one of binance, all'],
  [
    { TRUSTED_SOURCES: 'titan_v3,manual' },
    'TRUSTED_SOURCES=titan_v3,manual must not name ai-scheduler, ai-trading-signals, titan_v2, manual',
  ],
  [{ ALLOW_AUTO_REBOOT: 'maybe' }, 'ALLOW_AUTO_REBOOT=maybe must be true or false'],
  [{ API_KEY: 'abc' }, 'API_SECRET is required with API_KEY'],
  [{ API_SECRET: 'abc' }, 'API_KEY is required with API_SECRET'],
  [{ API_EXCHANGE: 'mtgox' }, 'API_EXCHANGE=mtgox must be one of binance, kraken, bybit, okx, bitget'],
  [{ MEMORY_LIMIT_MB: '-1' }, 'MEMORY_LIMIT_MB=-1 must be a whole number from 64 to 1048576'],
  [{ ALERT_EMAIL_FROM: 'bullpen' }, 'ALERT_EMAIL_FROM=bullpen must be an e-mail address'],
])('%o is refused in one line', (env, line) => {
  expect(complaintsOf(env)).toEqual([line])
})

test('every bad variable is reported at once, those that depend on others among them', () => {
  const lines = complaintsOf({
    PORT: 'x',
    LOG_LEVEL: 'y',
    DATABASE_URL: 'postgres://h/db',
    REPLAY_SPEED: '2',
  })
  expect(lines.map((line) => line.split(/[ =]/, 1)[0])).toEqual([
    'PORT',
    'LOG_LEVEL',
    'SECRET_KEY',
    'REPLAY_SPEED',
  ])
})

test.each([
  [{ SECRET_KEY: 'hunter2' }, 'SECRET_KEY (its value is not shown) must have at least 32 bytes'],
  ...['hunter2', `${key},hunter2`, `hunter2, ${key}`].map((previous): [Record<string, string>, string] => [
    { SECRET_KEY: key, SECRET_KEY_PREVIOUS: previous },
    'SECRET_KEY_PREVIOUS (its value is not shown) must be keys of at least 32 bytes each, separated by commas, with none in a key',
  ]),
  [
    { TELEGRAM_BOT_TOKEN: 'hunter2' },
    'TELEGRAM_BOT_TOKEN (its value is not shown) must look like 123456:ABC-def',
  ],
  [
    { DATABASE_URL: 'mysql://me:hunter2@h/db', SECRET_KEY: key },
    'DATABASE_URL=mysql://… must be an address that starts with postgres:// or postgresql://',
  ],
  [{ SMTP_URL: 'hunter2' }, 'SMTP_URL=… must be an address that starts with smtp:// or smtps://'],
])('a complaint never shows a secret: %o', (env, line) => {
  expect(complaintsOf(env)).toEqual([line])
})

test('an empty environment is a complete configuration', () => {
  expect(readConfig({})).toMatchObject({
    databaseUrl: undefined,
    bullpenHome: resolve('.bullpen'),
    port: 3000,
    publicUrl: 'http://localhost:3000',
    logLevel: 'info',
    marketData: { kind: 'synthetic' },
    replaySpeed: 1,
    memoryLimitMb: 700,
    trustedSources: ['titan_v3', 'COUNCIL_V2.0_FALLBACK', 'smart_entry'],
  })
})

test('an empty variable counts as absent, and blanks around a value do not count', () => {
  expect(readConfig({ PORT: '', DATABASE_URL: ' ', LOG_LEVEL: ' debug ' })).toMatchObject({
    port: 3000,
    logLevel: 'debug',
  })
})

test('Supabase and the short Telegram name are other names, and the first name wins', () => {
  const supabase = 'postgres://supabase/db'
  expect(readConfig({ SUPABASE_DB_URL: supabase, SECRET_KEY: key }).databaseUrl).toBe(supabase)
  expect(
    readConfig({ SUPABASE_DB_URL: supabase, DATABASE_URL: 'postgres://own/db', SECRET_KEY: key }).databaseUrl,
  ).toBe('postgres://own/db')
  expect(readConfig({ TELEGRAM_TOKEN: '1:abc' }).telegramBotToken).toBe('1:abc')
})

test('the keys that SECRET_KEY replaced are a list, newest first, and none by default', () => {
  const [newer, older] = ['n'.repeat(32), 'o'.repeat(32)]
  expect(readConfig({}).secretKeyPrevious).toEqual([])
  expect(
    readConfig({ SECRET_KEY: key, SECRET_KEY_PREVIOUS: `${newer}, ${older},` }).secretKeyPrevious,
  ).toEqual([newer, older])
})

test('a supervised process is given the keys of its supervisor, whatever .env holds by now', () => {
  const given = { DATABASE_URL: 'postgres://h/db', SECRET_KEY: key, SECRET_KEY_PREVIOUS: 'p'.repeat(32) }
  const config = { ...readConfig(given), databaseUrl: 'a', queueUrl: 'b', simulatorUrl: 'c', secretKey: key }
  expect(environmentFor(config)).toMatchObject({ SECRET_KEY: key, SECRET_KEY_PREVIOUS: 'p'.repeat(32) })
  expect(environmentFor({ ...config, secretKeyPrevious: [] })).toMatchObject({ SECRET_KEY_PREVIOUS: '' })
})

test('a replay names its files by absolute path', () => {
  expect(readConfig({ MARKET_DATA: 'replay:a.csv,/b.csv.gz', REPLAY_SPEED: '60' })).toMatchObject({
    marketData: { kind: 'replay', files: [resolve('a.csv'), '/b.csv.gz'] },
    replaySpeed: 60,
  })
})

test.each([
  ['false', false],
  ['0', false],
  ['true', 1],
  ['2', 2],
  ['loopback, 10.0.0.0/8', 'loopback, 10.0.0.0/8'],
])('TRUST_PROXY=%s is %s', (text, value) => {
  expect(readConfig({ TRUST_PROXY: text }).trustProxy).toBe(value)
})

test('what a supervisor opened is taken before what the environment names', () => {
  const config = readConfig({
    DATABASE_URL: 'postgres://h/db',
    SECRET_KEY: key,
    BULLPEN_DATABASE_URL: 'postgres://inner/db',
    BULLPEN_QUEUE_URL: 'postgres://inner/queue',
    BULLPEN_SIMULATOR_URL: 'http://127.0.0.1:3900',
  })
  expect(config).toMatchObject({
    databaseUrl: 'postgres://inner/db',
    queueUrl: 'postgres://inner/queue',
    simulatorUrl: 'http://127.0.0.1:3900',
  })
})

test('whatever an environment holds, it is read or refused in lines that name their variable', () => {
  const names = Object.keys(schema.shape).map(variableOf)
  const environments = fc.dictionary(fc.constantFrom(...names), fc.string({ unit: 'binary' }))
  fc.assert(
    fc.property(environments, (env) => {
      for (const line of complaintsOf(env)) expect(names).toContain(/^[A-Z_]+/.exec(line)?.[0])
    }),
  )
})

test('the secrets of a configuration are its keys and tokens, and the passwords in its addresses', () => {
  const config = readConfig({
    SECRET_KEY: key,
    SECRET_KEY_PREVIOUS: `${'p'.repeat(32)},${'q'.repeat(32)}`,
    DATABASE_URL: 'postgres://me:p%40ssword@h/db',
    API_KEY: 'the-key',
    API_SECRET: 'the-secret',
    PUBLIC_URL: 'http://h',
  })
  const previous = ['p'.repeat(32), 'q'.repeat(32)]
  expect(secretsOf(config).sort()).toEqual(
    ['p%40ssword', 'p@ssword', key, ...previous, 'the-key', 'the-secret'].sort(),
  )
})

test('.env.example names every variable of the schema with a comment, in lines that work once uncommented', () => {
  const text = readFileSync(new URL('../.env.example', import.meta.url), 'utf8')
  const lines = text.split('\n').filter((line) => /^# [A-Z_]+=/.test(line))
  const named = lines.map((line) => /^# ([A-Z_]+)=/.exec(line)?.[1])
  expect(named.toSorted()).toEqual(Object.keys(schema.shape).map(variableOf).toSorted())
  for (const line of lines) expect(line).toMatch(/ # \S/)
  const { variables, problems } = parseDotenv(lines.map((line) => line.slice(2)).join('\n'))
  expect(problems).toEqual([])
  expect(complaintsOf({ ...variables, SECRET_KEY: key })).toEqual([])
})

function folderWith(dotenv: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'bullpen-env-'))
  writeFileSync(join(folder, '.env'), dotenv)
  return folder
}

test('the real environment wins over .env', () => {
  const folder = folderWith('PORT=4000\nLOG_LEVEL=debug\n')
  expect(environment(folder, { PORT: '5000' })).toEqual({ PORT: '5000', LOG_LEVEL: 'debug' })
  expect(environment(join(folder, 'nowhere'), { PORT: '5000' })).toEqual({ PORT: '5000' })
})

test('a supervised process has its environment already and does not read .env', () => {
  const env = { BULLPEN_DATABASE_URL: 'postgres://h/db' }
  expect(environment(folderWith('PORT=4000\n'), env)).toEqual(env)
})

test.each([
  ['PORT=1\nthis is not a line\n', ['line 2: expected NAME=value or a # comment']],
  ['SECRET_KEY hunter2', ['line 1: expected NAME=value or a # comment']],
  [
    '=x\n# fine\n1A=2',
    ['line 1: expected NAME=value or a # comment', 'line 3: expected NAME=value or a # comment'],
  ],
  ['A="never\nclosed', ['line 1: the quote is never closed', 'line 2: expected NAME=value or a # comment']],
])('a broken .env is refused by line number, without showing what the line holds', (text, problems) => {
  expect(parseDotenv(text)).toEqual({ variables: {}, problems })
  const folder = folderWith(text)
  expect(() => environment(folder, {})).toThrow(`${join(folder, '.env')}, ${problems[0]}`)
})

test('comments, blank lines, export, quotes and values over several lines are read', () => {
  const text = '# c\n\nexport A=1\nB="x\ny=z"\nC=\'q\' # why\nD=\n  E = 5\r\nF="it\'s"'
  expect(parseDotenv(text)).toEqual({
    variables: { A: '1', B: 'x\ny=z', C: 'q', D: '', E: '5', F: "it's" },
    problems: [],
  })
})

test('a .env that cannot be read is refused', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bullpen-env-'))
  mkdirSync(join(folder, '.env'))
  expect(() => environment(folder, {})).toThrow(`${join(folder, '.env')} cannot be read`)
  chmodSync(folder, 0o700)
})
