import { sql } from 'kysely'
import type { Db } from './client.ts'

/** What a request counts for: which one it is in its window, and when the window is over. */
export interface Counted {
  /** 1 for the first of the window. */
  readonly nth: number
  readonly isTooMany: boolean
  /** Until the window is over, in seconds. */
  readonly retryAfterSeconds: number
}

/** Counts a request under a key, by all processes together: at most `most` in each window of `windowSeconds`. */
export async function countRequest(
  db: Db,
  key: string,
  { most, windowSeconds }: { readonly most: number; readonly windowSeconds: number },
): Promise<Counted> {
  const { rows } = await sql<{ count: number; left: number }>`
    insert into rate_limits as known (key, began_at, count) values (${key}, clock_timestamp(), 1)
    on conflict (key) do update set
      count = case when known.began_at > clock_timestamp() - make_interval(secs => ${windowSeconds})
        then least(known.count, 1000000000) + 1 else 1 end,
      began_at = case when known.began_at > clock_timestamp() - make_interval(secs => ${windowSeconds})
        then known.began_at else clock_timestamp() end
    returning count, extract(epoch from began_at - clock_timestamp())::float8 + ${windowSeconds}::float8 as left`.execute(
    db,
  )
  const [row] = rows
  if (!row) throw new Error(`a request under ${key} was not counted`)
  return { nth: row.count, isTooMany: row.count > most, retryAfterSeconds: Math.max(1, Math.ceil(row.left)) }
}

/** Forgets the windows that began longer ago than `seconds`. */
export async function forgetRequests(db: Db, seconds: number): Promise<void> {
  await sql`delete from rate_limits where began_at < clock_timestamp() - make_interval(secs => ${seconds})`.execute(
    db,
  )
}
