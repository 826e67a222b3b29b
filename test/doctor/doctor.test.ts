import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { Db } from '#db/client.ts'
import type { DB } from '#db/database.ts'
import { type Check, examineAll, type Finding, Ill } from '#src/doctor/check.ts'
import { databaseChecks } from '#src/doctor/database.ts'
import { machineChecks } from '#src/doctor/machine.ts'
import { queueChecks } from '#src/doctor/queue.ts'
import { venueChecks } from '#src/doctor/venues.ts'
import { Decimal } from '#src/domain/decimal.ts'
import { createGateway } from '#src/exchange/gateway.ts'
import { sendOrder } from '#src/orders/send.ts'
import { openBackend, type QueueBackend } from '#src/queue/backend.ts'
import { queueNames } from '#src/queue/contracts.ts'
import { openQueues, type Queues } from '#src/queue/queues.ts'
import { queueAddress } from '../support/backends.ts'
import { keys, openFloor, type Trader } from '../support/floor.ts'
import { beatWorkers } from '../support/seed.ts'

const floor = await openFloor()
const { database, db, desk, simulator } = floor
const app = database.db('bullpen_app')
const owner = asOwner<unknown>()
let backend: QueueBackend
let queues: Queues
let trader: Trader

beforeAll(async () => {
  backend = await openBackend(await queueAddress('postgres'))
  queues = openQueues(backend)
  afterAll(async () => {
    await queues.close()
    await backend.close()
  })
  trader = await floor.trader({ market: 'spot', balances: { USDT: '10000' } })
  await floor.trader({ market: 'futures', balances: { USDT: '10000' } })
  await sendOrder(desk, await floor.enter(trader, { base: 'BTC', quantity: '0.01' }))
})

/** Connected as the database's owner, who is a superuser. */
function asOwner<Tables>(): Kysely<Tables> {
  const pool = new pg.Pool({ connectionString: database.url, max: 2 })
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  afterAll(() => kysely.destroy())
  return kysely
}

/** Everything the command looks at. */
function allChecks(
  change: { readonly runtimeApp?: Db; readonly redis?: Redis; readonly simulatorUrl?: string } = {},
): Check[] {
  const simulatorUrl = async () => change.simulatorUrl ?? floor.simulator.url
  const gateway =
    change.simulatorUrl === undefined ? floor.gateway : createGateway({ db, keys, simulatorUrl })
  return [
    ...databaseChecks(owner, { app: change.runtimeApp ?? app, worker: db }),
    ...queueChecks({ queues, redis: change.redis, db }),
    ...venueChecks({ db, gateway, feedOf: desk.feedOf }),
    ...machineChecks(process.cwd()),
  ]
}

/** What is not ok, each as 'id: detail; advice'. */
async function illnesses(checks: readonly Check[] = allChecks()): Promise<string[]> {
  const found = await examineAll(checks)
  return found.filter(({ ok }) => !ok).map(({ id, detail, advice }) => `${id}: ${detail}; ${advice}`)
}

/** Those of all checks that have these names. */
function named(...ids: readonly string[]): Check[] {
  return allChecks().filter(({ id }) => ids.includes(id))
}

describe('examining', () => {
  const check = (id: string, examine: Check['examine']): Check => ({ id, examine })

  test('one that hangs ends, one that throws is told, and neither stops another', async () => {
    const found = await examineAll(
      [
        check('hangs', () => new Promise(() => {})),
        check('throws', async () => {
          throw new Error('two\nlines')
        }),
        check('throws at once', () => {
          throw new Error('at once')
        }),
        check('is ill', async () => {
          throw new Ill('it is broken', 'mend it')
        }),
        check('is well', async () => 'fine'),
      ],
      50,
    )
    const log = 'See the log of the part that is asked.'
    expect(found).toEqual<Finding[]>([
      { id: 'hangs', ok: false, detail: 'no answer within 0.05 s', advice: log },
      { id: 'throws', ok: false, detail: 'two', advice: log },
      { id: 'throws at once', ok: false, detail: 'at once', advice: log },
      { id: 'is ill', ok: false, detail: 'it is broken', advice: 'mend it' },
      { id: 'is well', ok: true, detail: 'fine', advice: '' },
    ])
  })
})

test('a runtime role that is a superuser is named, with what takes that from it', async () => {
  expect(
    await illnesses(allChecks({ runtimeApp: asOwner<DB>() }).filter(({ id }) => id === 'roles')),
  ).toEqual([
    expect.stringMatching(/^roles: (\w+) can bypass row security; alter role \1 nosuperuser nobypassrls$/),
  ])
})

test('row security that is off is seen by asking', async () => {
  await database.query('alter table accounts disable row level security')
  try {
    expect(await illnesses(named('roles'))).toEqual([
      'roles: the web role sees accounts without a tenant; Row security is off on accounts: run `npx bullpen migrate`.',
    ])
  } finally {
    await database.query('alter table accounts enable row level security')
  }
})

test('a migration that is missing is named', async () => {
  const [last] = await database.query<{ name: string; timestamp: string }>(
    'delete from kysely_migration where name = (select max(name) from kysely_migration) returning *',
  )
  try {
    expect(await illnesses(named('migrations'))).toEqual([
      `migrations: missing: ${last?.name}; Run \`npx bullpen migrate\`.`,
    ])
  } finally {
    await database.query('insert into kysely_migration values ($1, $2)', [last?.name, last?.timestamp])
  }
})

test('a database that is away is told for what asks it, and for nothing else', async () => {
  const away = new Kysely<unknown>({
    dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: 'postgres://x@127.0.0.1:1/x' }) }),
  })
  const found = await examineAll([
    ...databaseChecks(away, { app, worker: db }),
    ...machineChecks(process.cwd()),
  ])
  await away.destroy()
  expect(found.filter(({ ok }) => !ok).map(({ id }) => id)).toEqual(['database', 'migrations'])
  expect(found[0]?.detail).toContain('ECONNREFUSED')
})

describe('workers', () => {
  test.each([
    ['nobody has ever beaten', `delete from workers`, queueNames],
    ['one has stopped', `update workers set stopped_at = now() where id = 'monitor'`, ['monitor']],
    [
      'two have not beaten for 15 s',
      `update workers set heartbeat_at = now() - interval '16 seconds' where id in ('signals', 'accounts')`,
      ['signals', 'accounts'],
    ],
  ])('%s', async (_, statement, missing) => {
    await database.query('delete from workers')
    await beatWorkers(database.query, queueNames)
    expect(await illnesses(named('workers'))).toEqual([])
    await database.query(statement)
    const names = queueNames.filter((name) => missing.includes(name))
    expect(await illnesses(named('workers'))).toEqual([
      `workers: nobody works on ${names.join(', ')}; npx bullpen worker --queues ${names.join(',')}`,
    ])
  })
})

test.runIf(inject('redisUrl'))('a Redis that evicts keys would lose jobs', async () => {
  const redis = new Redis(inject('redisUrl'))
  const store = () => allChecks({ redis }).filter(({ id }) => id === 'queue')
  try {
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru')
    expect(await illnesses(store())).toEqual([
      expect.stringMatching(
        /^queue: Redis \S+ evicts keys \(allkeys-lru\); Set maxmemory-policy noeviction: /,
      ),
    ])
    await redis.config('SET', 'maxmemory-policy', 'noeviction')
    expect(await examineAll(store())).toEqual([
      { id: 'queue', ok: true, advice: '', detail: expect.stringMatching(/^Redis \S+, hz \d+/) },
    ])
  } finally {
    await redis.config('SET', 'maxmemory-policy', 'noeviction')
    redis.disconnect()
  }
})

test('a disk without room and a folder that is not there', async () => {
  expect(await illnesses(machineChecks('/nowhere/at/all'))).toEqual([expect.stringMatching(/^disk: ENOENT/)])
})

describe('venues', () => {
  test('a simulator that is away is told for each that asks it', async () => {
    const ids = ['keys', 'books']
    const checks = allChecks({ simulatorUrl: 'http://127.0.0.1:1' }).filter(({ id }) => ids.includes(id))
    const found = await examineAll(checks)
    expect(found.map(({ id, ok }) => [id, ok])).toEqual([
      ['keys', false],
      ['books', false],
    ])
  })

  test('a key that may withdraw is named by its account', async () => {
    const { account } = await floor.trader({ market: 'spot', mayWithdraw: true })
    try {
      expect(await illnesses(named('keys'))).toEqual([
        `keys: the key of ${account.name} (${account.id}) may withdraw; Take that permission away at the venue.`,
      ])
    } finally {
      await close(account.id)
    }
  })

  test('every account that is ill is named, up to five of them, and what helps is said once', async () => {
    const bad = await Promise.all(
      [1, 2, 3, 4, 5, 6].map(() => floor.trader({ market: 'spot', mayWithdraw: true })),
    )
    const revoked = bad.pop()
    simulator.hand({ apiKey: revoked?.apiKey ?? '', do: 'revoke-key' })
    try {
      const [ill = ''] = await illnesses(named('keys'))
      expect(ill.match(/may withdraw|Invalid API-key/g)?.length).toBe(5)
      expect(ill).toMatch(/; and 1 more accounts; /)
      expect(ill.match(/Take that permission away/g)).toHaveLength(1)
      const told = bad.filter(({ account }) => ill.includes(account.id))
      expect(told.length).toBeGreaterThanOrEqual(4)
    } finally {
      for (const { account } of [...bad, ...(revoked ? [revoked] : [])]) await close(account.id)
    }
  })

  test('an account whose books were never opened', async () => {
    const bare = await floor.trader({ market: 'spot' })
    await database.query('alter table ledger disable trigger all')
    await database.query('delete from ledger where account_id = $1', [bare.account.id])
    await database.query('alter table ledger enable trigger all')
    try {
      expect(await illnesses(named('books'))).toEqual([
        expect.stringContaining(`the books of spot (${bare.account.id}) are not opened`),
      ])
    } finally {
      await close(bare.account.id)
    }
  })

  test('a forged row of the ledger and a changed fill make the books differ, by name and amount', async () => {
    const { id, userId } = trader.account
    const forge = (amount: string) =>
      database.query(
        `insert into ledger (user_id, account_id, kind, currency, amount) values ($1, $2, 'adjustment', 'USDT', $3)`,
        [userId, id, amount],
      )
    const changeFill = (by: string) =>
      database.query('update fills set quantity = quantity + $2 where account_id = $1', [id, by])
    await forge('0.00000001')
    await changeFill('0.00001')
    const [ill] = await illnesses(named('books'))
    await forge('-0.00000001')
    await changeFill('-0.00001')

    const [, ours = '', venue = ''] =
      /USDT is (\S+) in the books and (\S+) at the venue/.exec(ill ?? '') ?? []
    expect(ill).toContain(`books: the books of spot (${id}) and its venue differ: `)
    expect(new Decimal(ours).minus(venue).toString()).toBe('0.00000001')
    expect(ill).toMatch(/; quantity of order [0-9a-f-]{36} is 0\.01001 in the books and 0\.01 at the venue; /)
  })
})

test('a venue whose report was not believed for minutes is ill, by the account’s name', async () => {
  const { id } = trader.account
  await database.query(`update accounts set stale_since = now() - interval '10 minutes' where id = $1`, [id])
  const [ill] = await illnesses(named('reconcile'))
  await database.query('update accounts set stale_since = null where id = $1', [id])
  expect(ill).toContain(`what the venue says of spot (${id}) cannot be believed since `)
})

test('a healthy installation is all ok, each with a detail and no advice', async () => {
  await database.query('delete from workers')
  await beatWorkers(database.query, queueNames)
  const found = await examineAll(allChecks())
  expect(found.filter(({ ok }) => !ok)).toEqual([])
  expect(found.map(({ id }) => id)).toEqual([
    'database',
    'migrations',
    'roles',
    'clocks',
    'queue',
    'workers',
    'failed-jobs',
    'venues',
    'keys',
    'books',
    'reconcile',
    'disk',
    'versions',
  ])
  for (const { detail, advice } of found) expect([detail !== '', advice]).toEqual([true, ''])
})

test('failed jobs are told and held against nobody', async () => {
  const worker = backend.worker('signals', () => Promise.reject(new Error('no luck')), { concurrency: 1 })
  await queues.named('signals').add('any', {}, { attempts: 1 })
  while ((await queues.named('signals').getFailedCount()) === 0) await sleep(20)
  await worker.close()
  expect(await examineAll(named('failed-jobs'))).toEqual([
    { id: 'failed-jobs', ok: true, detail: 'signals 1: read why at /ops/queues', advice: '' },
  ])
})

async function close(accountId: string): Promise<void> {
  await database.query(`update accounts set status = 'closed' where id = $1`, [accountId])
}
