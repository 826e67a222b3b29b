import { randomUUID } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import { SteadyClient } from '../steady-client.ts'
import { type Check, Ill } from './check.ts'

/** From this share of all connections on there may be none left for a process that starts. */
const crowded = 0.9
/** A pooler that lends connections by the transaction shows itself within so many statements. */
const looks = 5

/** Connections keep what is said on them, and there are enough; `owner` is connected as the migrating role. */
export function connectionChecks(owner: Kysely<unknown>, databaseUrl: string): Check[] {
  return [
    { id: 'pooler', examine: () => pooler(databaseUrl) },
    { id: 'connections', examine: () => connections(owner) },
  ]
}

/** A role or a lock that is asked for on one connection must not end up on another's. */
async function pooler(databaseUrl: string): Promise<string> {
  const clients = [0, 1].map(
    () => new SteadyClient({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 }),
  )
  const mark = randomUUID()
  try {
    await Promise.all(clients.map((client) => client.connect()))
    await Promise.all(clients.map((client, i) => client.query(`set app.seen_by_doctor = '${mark}-${i}'`)))
    for (let look = 0; look < looks; look += 1)
      await Promise.all(
        clients.map(async (client, i) => {
          const { rows } = await client.query(`select current_setting('app.seen_by_doctor', true) as seen`)
          if (rows[0]?.seen !== `${mark}-${i}`)
            throw new Ill(
              'DATABASE_URL goes through a pooler that lends a connection for one transaction: roles and locks get lost',
              'Use its session mode (Supabase: port 5432 of the pooler), or the database itself.',
            )
        }),
      )
    return 'connections keep their roles and locks'
  } finally {
    await Promise.all(clients.map((client) => client.end().catch(() => {})))
  }
}

async function connections(owner: Kysely<unknown>): Promise<string> {
  const { rows } = await sql<{ used: string; most: number }>`
    select (select count(*) from pg_stat_activity where backend_type = 'client backend') as used,
      current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as most`.execute(
    owner,
  )
  const { used, most } = { used: Number(rows[0]?.used ?? 0), most: rows[0]?.most ?? 0 }
  if (used > crowded * most)
    throw new Ill(
      `${used} of ${most} connections are in use`,
      'Raise max_connections, run fewer processes or lower WORKER_CONCURRENCY: each worker takes up to that and ten more.',
    )
  return `${used} of ${most} in use`
}
