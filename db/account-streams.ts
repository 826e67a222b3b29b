import { sql } from 'kysely'
import type { Db } from './client.ts'

/** Whose streams a worker listens to, and for how long at a time. */
interface StreamShare {
  readonly workerId: string
  readonly leaseMs: number
  /** No more than so many. */
  readonly most: number
}

/**
 * Renews a worker's leases on the streams of accounts, takes over those that nobody holds, and lets go of what is beyond
 * its share. Returns the accounts that it is to listen to: of many workers one has each.
 */
export async function leaseStreams(db: Db, { workerId, leaseMs, most }: StreamShare): Promise<string[]> {
  const until = sql`clock_timestamp() + ${leaseMs} * interval '1 millisecond'`
  const { rows } = await sql<{ account_id: string }>`
    insert into account_streams as stream (account_id, worker_id, lease_until)
    select account.id, ${workerId}, ${until}
    from accounts account left join account_streams held on held.account_id = account.id
    where account.status <> 'closed'
      and (held.account_id is null or held.worker_id = ${workerId} or held.lease_until < clock_timestamp())
    order by held.worker_id is distinct from ${workerId}, account.id
    limit ${most}
    on conflict (account_id) do update set lease_until = excluded.lease_until, worker_id = excluded.worker_id,
      whole_since = case when stream.worker_id = excluded.worker_id then stream.whole_since end
    where stream.worker_id = excluded.worker_id or stream.lease_until < clock_timestamp()
    returning account_id`.execute(db)
  const held = rows.map((row) => row.account_id)
  await db
    .deleteFrom('account_streams')
    .where('worker_id', '=', workerId)
    .where('account_id', 'not in', held.length > 0 ? held : [sql<string>`null`])
    .execute()
  return held
}

/** Lets go of every stream of a worker that stops. */
export async function releaseStreams(db: Db, workerId: string): Promise<void> {
  await db.deleteFrom('account_streams').where('worker_id', '=', workerId).execute()
}

/** Writes down whether the stream of an account hears everything; only who holds it says so. */
export async function noteStream(
  db: Db,
  { accountId, workerId, isWhole }: { accountId: string; workerId: string; isWhole: boolean },
): Promise<void> {
  await db
    .updateTable('account_streams')
    .set({ whole_since: isWhole ? sql<Date>`coalesce(whole_since, clock_timestamp())` : null })
    .where('account_id', '=', accountId)
    .where('worker_id', '=', workerId)
    .execute()
}

/** The accounts of which a living worker hears everything. */
export async function heardAccounts(db: Db): Promise<Set<string>> {
  const rows = await db
    .selectFrom('account_streams')
    .select('account_id')
    .where('whole_since', 'is not', null)
    .where('lease_until', '>', sql<Date>`clock_timestamp()`)
    .execute()
  return new Set(rows.map((row) => row.account_id))
}
