import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toldAlert } from '#db/alert-deliveries.ts'
import { connect } from '#db/client.ts'
import { messageText } from '#src/alerts/telegram/message.ts'
import { readConfig } from '#src/config.ts'
import { connectedConfig } from '#src/database/connected.ts'
import { openDatabase } from '#src/database/open.ts'
import { loopbackPort } from '#src/supervisor/port.ts'
import { keyRing } from '#src/vault/key-ring.ts'
import { openKey } from '#src/vault/open.ts'
import { temporaryHome } from '../support/home.ts'
import { type Mailbox, openMailbox } from '../support/mailbox.ts'
import { type Program, runNode } from '../support/program.ts'

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const canary = (name: string) => `${name}-${randomBytes(18).toString('hex')}`

/** A text that came out of the program somewhere, and where. */
interface Found {
  readonly sink: string
  readonly text: string
}

/**
 * The whole program with secrets that are found again wherever they turn up. What it does to them: it trades with keys, a
 * key is revoked, a source repeats its token in its answer, and people send secrets where none belong.
 */
describe('no secret leaves by any way out', () => {
  const place = temporaryHome()
  const secrets = new Map<string, string>([
    ['SECRET_KEY', canary('sealing')],
    ['TITAN_KEY', canary('titan')],
    ['METRICS_TOKEN', canary('metrics')],
    ['a password that was typed', canary('password')],
    ['a key that was sent with a mistake', canary('apikey')],
    ['a secret that was sent with a mistake', canary('apisecret')],
  ])
  const found: Found[] = []
  const closing = new AsyncDisposableStack()
  let cluster: Program
  let mailbox: Mailbox

  const secretOf = (name: string) => secrets.get(name) ?? ''
  const tell = (sink: string, text: string) => void found.push({ sink, text })

  beforeAll(async () => {
    mailbox = await openMailbox()
    const titan = createServer(async (request, response) => {
      for await (const _ of request);
      response
        .writeHead(500)
        .end(`{"error": "no such key", "authorization": "${request.headers.authorization}"}`)
    })
    await new Promise<void>((resolve) => titan.listen(0, '127.0.0.1', resolve))
    closing.defer(() => void titan.close())
    const port = await loopbackPort(3_010)
    const metricsPort = await loopbackPort(9_500)
    const env = {
      BULLPEN_HOME: place.home,
      PORT: String(port),
      METRICS_PORT: String(metricsPort),
      LOG_LEVEL: 'debug',
      SECRET_KEY: secretOf('SECRET_KEY'),
      METRICS_TOKEN: secretOf('METRICS_TOKEN'),
      TITAN_URL: `http://127.0.0.1:${(titan.address() as AddressInfo).port}/`,
      TITAN_KEY: secretOf('TITAN_KEY'),
      SMTP_URL: mailbox.url,
      ALERT_EMAIL_FROM: 'bullpen@example.test',
    }
    cluster = runNode([main, 'start'], { cwd: place.folder, env })
    closing.defer(async () => {
      cluster.kill('SIGTERM')
      await cluster.ended
      place.remove()
    })
    const [, email, password] = await cluster.until(/(\S+@\S+), password (\S+) \(admin\)/)
    const origin = `http://localhost:${port}`
    const config = readConfig(env)
    const database = await openDatabase(config, 'test', () => {})
    closing.defer(() => database.stop())
    const { databaseUrl, queueUrl, simulatorUrl } = connectedConfig(config, database)
    const client = new pg.Client({ connectionString: databaseUrl })
    await client.connect()
    closing.defer(() => client.end())

    // The keys that the demo's accounts sign with.
    const ring = keyRing(secretOf('SECRET_KEY'))
    const keys = await client.query<{ user_id: string; account_id: string; sealed: unknown }>(
      'select user_id, account_id, sealed from api_keys',
    )
    for (const [i, { user_id: userId, account_id: accountId, sealed }] of keys.rows.entries()) {
      const { apiKey, secret } = openKey(ring, { userId, accountId }, sealed)
      secrets.set(`the API key of account ${i}`, apiKey)
      secrets.set(`the API secret of account ${i}`, secret)
    }

    const call = async (path: string, init: RequestInit & { cookie?: string } = {}) => {
      const { cookie, ...rest } = init
      const response = await fetch(`${origin}${path}`, {
        ...rest,
        headers: { origin, 'content-type': 'application/json', ...(cookie && { cookie }) },
      })
      const text = path.endsWith('/events') ? '' : await response.text()
      return { response, text }
    }
    const signedIn = await call('/api/auth/sign-in/email', {
      method: 'POST',
      body: JSON.stringify({ email, password }),
    })
    expect(signedIn.response.status).toBe(200)
    const cookie = signedIn.response.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ')

    // What a program is given once is a secret from then on.
    const token = await call('/api/v1/tokens', {
      method: 'POST',
      cookie,
      body: JSON.stringify({ name: 'canary', scopes: ['read'] }),
    })
    expect([200, 201]).toContain(token.response.status)
    secrets.set('an API token', (JSON.parse(token.text) as { token?: string }).token ?? '')
    const hook = await call('/api/v1/webhooks', {
      method: 'POST',
      cookie,
      body: JSON.stringify({ name: 'canary', kind: 'generic', isSigned: true }),
    })
    const address = /\/hooks\/signals\/([\w-]+)/.exec(hook.text)?.[1]
    secrets.set('the token of a webhook', address ?? '')
    secrets.set('the secret of a webhook', (JSON.parse(hook.text) as { secret?: string }).secret ?? '')

    // Secrets where none belong.
    const badKey = secretOf('a key that was sent with a mistake')
    const badSecret = secretOf('a secret that was sent with a mistake')
    for (const [path, body] of [
      ['/api/auth/sign-in/email', { email, password: secretOf('a password that was typed') }],
      [
        '/api/v1/accounts',
        { exchange: 'nowhere', market: 'spot', mode: 'live', key: { apiKey: badKey, secret: badSecret } },
      ],
      ['/api/v1/accounts', { exchange: 'binance', apiKey: badKey, secret: badSecret }],
      ['/api/v1/halts', { mode: badKey, apiKey: badKey, secret: badSecret }],
    ] as const)
      tell('errors', (await call(path, { method: 'POST', cookie, body: JSON.stringify(body) })).text)
    tell('errors', (await call(`/api/v1/trades?apiKey=${badKey}&secret=${badSecret}`, { cookie })).text)
    tell('errors', (await call(`/hooks/signals/${address}`, { method: 'POST', body: '{"symbol": 1}' })).text)

    // A key is revoked: its account is paused, somebody is told, and orders fail.
    const [first] = keys.rows
    const revoked = await fetch(`${simulatorUrl}/__sim/hands`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ apiKey: secretOf('the API key of account 0'), do: 'revoke-key' }),
    })
    expect(revoked.status).toBe(200)
    const isTold = async () =>
      (await client.query('select from alerts where account_id = $1', [first?.account_id])).rowCount !== 0
    while (!(await isTold())) await sleep(500)
    while (mailbox.mails.length === 0) await sleep(250)

    // Every way out.
    tell('logs', cluster.output())
    for (const { source, text, html } of mailbox.mails) tell('mails', `${source}\n${text}\n${html}`)
    const db = connect(databaseUrl, 'bullpen_worker', { max: 1 })
    closing.defer(() => db.destroy())
    for (const { id } of (await client.query<{ id: string }>('select id from alerts')).rows)
      tell(
        'Telegram',
        messageText(await toldAlert(db, id), { step: 0, userId: null, publicUrl: origin }).html,
      )
    const document = await call('/api/openapi.json')
    const { paths } = JSON.parse(document.text) as { paths: Record<string, { get?: unknown }> }
    const lists = Object.entries(paths).filter(
      ([path, { get }]) => get && !path.includes('{') && !path.endsWith('/events'),
    )
    expect(lists.length).toBeGreaterThan(10)
    for (const [path] of lists)
      tell('API answers', (await call(path.startsWith('/api/') ? path : `/api/v1${path}`, { cookie })).text)
    for (const path of ['/readyz', '/healthz', '/', '/ops/queues/'])
      tell('pages', (await call(path, { cookie })).text)
    for (const at of [metricsPort, metricsPort + 1, metricsPort + 2])
      await fetch(`http://127.0.0.1:${at}/metrics`).then(
        async (response) => tell('labels of metrics', await response.text()),
        () => {},
      )
    tell('labels of metrics', (await call('/metrics')).text)
    const boards = await call('/ops/queues/api/queues', { cookie })
    for (const { name } of (JSON.parse(boards.text) as { queues: { name: string }[] }).queues)
      for (const status of ['latest', 'failed', 'completed', 'delayed'])
        tell(
          'Bull Board',
          (
            await call(`/ops/queues/api/queues?activeQueue=${name}&status=${status}&page=1&jobsPerPage=50`, {
              cookie,
            })
          ).text,
        )
    tell('job data', await everyRow(queueUrl))
    tell('a dump of the database', await everyRow(databaseUrl))
  }, 400_000)

  afterAll(() => closing.disposeAsync(), 60_000)

  test('whatever was looked for was there to be found', () => {
    for (const [name, secret] of secrets) expect(secret.length, name).toBeGreaterThan(10)
    expect(secrets.size).toBeGreaterThanOrEqual(13)
    const sinks = [...new Set(found.map(({ sink }) => sink))].sort()
    expect(sinks).toEqual([
      'API answers',
      'Bull Board',
      'Telegram',
      'a dump of the database',
      'errors',
      'job data',
      'labels of metrics',
      'logs',
      'mails',
      'pages',
    ])
    for (const { sink, text } of found) expect(text.length, sink).toBeGreaterThan(1)
    // The search itself finds what is there: an id that nobody hides.
    expect(found.find(({ sink }) => sink === 'a dump of the database')?.text).toContain('binance')
  })

  test('and none of it was', () => {
    const leaks = found.flatMap(({ sink, text }) =>
      [...secrets].filter(([, secret]) => text.includes(secret)).map(([name]) => `${name} in ${sink}`),
    )
    expect([...new Set(leaks)]).toEqual([])
  })
})

/** Every row of every table as text. */
async function everyRow(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname not in ('pg_catalog', 'information_schema')`,
    )
    const texts: string[] = []
    for (const { name } of rows) {
      const { rows: all } = await client.query<{ text: string }>(`select t::text as text from ${name} t`)
      texts.push(...all.map(({ text }) => text))
    }
    return texts.join('\n')
  } finally {
    await client.end()
  }
}
