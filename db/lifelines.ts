import { type RawBuilder, sql } from 'kysely'
import { SteadyClient } from '#src/steady-client.ts'

/** Advisory locks of living workers; the number says LIFE. */
const lifelines = 0x4c494645
const connectAgainMs = 250

/** A lock that says to all that this process lives. */
export interface Lifeline {
  stop(): Promise<void>
}

/**
 * Holds a lock of the database on a connection of its own until stopped: when the process dies the server lets go of it
 * at once, which a lease tells seconds later. A connection that is lost is made anew; in between the worker counts as
 * dead, so that may follow from it alone which is harmless to a living one. Resolves when the first attempt is over.
 */
export async function holdLifeline(url: string, workerId: string): Promise<Lifeline> {
  let isStopped = false
  let held: SteadyClient | undefined
  let timer: NodeJS.Timeout | undefined
  const hold = async () => {
    const client = new SteadyClient({
      connectionString: url,
      application_name: 'bullpen lifeline',
      connectionTimeoutMillis: 3_000,
      keepAlive: true,
    })
    held = client
    client.once('end', () => {
      if (!isStopped) timer = setTimeout(() => void hold(), connectAgainMs)
    })
    try {
      await client.connect()
      await client.query('set role bullpen_worker')
      await client.query('select pg_advisory_lock($1, hashtext($2))', [lifelines, workerId])
      await client.query('update workers set has_lifeline = true where id = $1', [workerId])
    } catch {
      // Without a lock nothing is lost but time: its leases end by themselves.
      await client.end().catch(() => {})
    }
  }
  await hold()
  return {
    async stop() {
      isStopped = true
      clearTimeout(timer)
      await held?.end().catch(() => {})
    },
  }
}

/** Whether the worker of that id held a lifeline and lets it hang: it has ended, or lost the database. */
export function hasNoPulse(workerId: RawBuilder<string | null>): RawBuilder<boolean> {
  return sql<boolean>`(exists (select from workers where workers.id = ${workerId} and workers.has_lifeline)
    and not exists (
      select from pg_locks as lifeline
      where lifeline.locktype = 'advisory' and lifeline.classid = ${lifelines}::oid and lifeline.objsubid = 2
        and lifeline.objid = (hashtext(${workerId})::bigint & 4294967295)::oid
        and lifeline.database = (select oid from pg_database where datname = current_database())))`
}
