import pino, { type Logger } from 'pino'
import { afterAll } from 'vitest'
import type { Db } from '#db/client.ts'
import { openBackend } from '#src/queue/backend.ts'
import { enqueueOn } from '#src/queue/enqueue.ts'
import { openQueues } from '#src/queue/queues.ts'
import { keyRing } from '#src/vault/key-ring.ts'
import { apiRate, type Rate } from '#src/web/api/rate.ts'
import { createApp } from '#src/web/app.ts'
import { listen } from '#src/web/listen.ts'
import { openReadiness } from '#src/web/readiness.ts'
import { createUser, openSignIn, type UserRole } from '#src/web/sign-in.ts'
import { type TestDatabase, testDatabase } from './database.ts'
import { type Seeded, seedSignals, seedTrading } from './seed.ts'

/** Queues the test's readiness asks for. */
export const testQueues = ['trading', 'monitor'] as const

/** What secrets of webhooks follow from. */
export const testKeys = keyRing('s'.repeat(32))

export const password = 'correct horse battery'

export interface TestUser extends Seeded {
  readonly id: string
  readonly email: string
}

/** A web server on a database and a queue of its own, with two seeded tenants. */
export interface TestWeb {
  readonly origin: string
  readonly database: TestDatabase
  readonly app: Db
  /** An admin with a spot account. */
  readonly ada: TestUser
  /** A plain user with a futures account. */
  readonly ben: TestUser
  /** When a worker was asked to take what webhooks received. */
  readonly wakes: readonly number[]
  /** What the server logged, one JSON line each. */
  readonly lines: readonly string[]
  /** Signs in and returns the cookie. */
  signIn(user: TestUser): Promise<string>
}

/** Starts it for the calling test file; `dashboard` is the folder of a build, `rate` what one caller may ask. */
export async function testWeb(dashboard?: string, rate: Rate = apiRate): Promise<TestWeb> {
  const database = await testDatabase()
  const app = database.db('bullpen_app')
  const backend = await openBackend({ postgresUrl: database.url })
  const queues = openQueues(backend)
  const lines: string[] = []
  const wakes: number[] = []
  const log: Logger = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) })
  const web = createApp({
    db: app,
    signIn: openSignIn({
      db: app,
      secretKey: 's'.repeat(32),
      publicUrl: 'http://localhost',
      isPublicUrlFixed: false,
      signup: 'invite',
      log,
    }),
    queues: queues.all(),
    enqueue: enqueueOn(queues),
    log,
    readiness: openReadiness({
      db: app,
      databaseUrl: database.url,
      pingQueue: queues.ping,
      workedQueues: testQueues,
    }),
    market: { kind: 'synthetic', speed: 1 },
    hooks: { keys: testKeys, wake: async () => void wakes.push(Date.now()) },
    publicUrl: undefined,
    apiRate: rate,
    trustProxy: false,
    dashboard: () => dashboard,
    failure: () => undefined,
  })
  const server = await listen(web.handler, 0)
  const origin = `http://127.0.0.1:${server.port}`
  afterAll(async () => {
    web.close()
    await server.close()
    await queues.close()
    await backend.close()
  })

  const signals = await seedSignals(database.query)

  async function user(name: string, role: UserRole, market: 'spot' | 'futures'): Promise<TestUser> {
    const email = `${name.toLowerCase()}@example.test`
    const id = await createUser(app, { name, email, password, role })
    return { id, email, ...(await seedTrading(database.query, { id, name }, market, signals)) }
  }

  return {
    origin,
    database,
    app,
    wakes,
    ada: await user('Ada', 'admin', 'spot'),
    ben: await user('Ben', 'user', 'futures'),
    lines,
    async signIn({ email }) {
      const response = await fetch(`${origin}/api/auth/sign-in/email`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin },
        body: JSON.stringify({ email, password }),
      })
      if (!response.ok) throw new Error(`sign-in answered ${response.status}`)
      return response.headers
        .getSetCookie()
        .map((cookie) => cookie.split(';')[0])
        .join('; ')
    },
  }
}
