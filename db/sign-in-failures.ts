import { sql } from 'kysely'
import type { Db } from './client.ts'

/** Wrong guesses in a row that nobody has to wait after. */
export const freeGuesses = 4

/** The wait after the fifth wrong guess, and the longest that doubling makes of it, in seconds. */
export const firstWaitSeconds = 30
export const longestWaitSeconds = 900

/** How long guesses are remembered after the last, in hours. */
const rememberedHours = 24

/** Whether a guess may be made. */
export type Attempt =
  | {
      readonly isAllowed: true
      /** In a row, with this one: it counts as wrong until it is forgiven. */
      readonly nth: number
      /** What must be waited if it is wrong; 0 while guesses are free. */
      readonly waitSeconds: number
    }
  | { readonly isAllowed: false; readonly retryAfterSeconds: number }

/**
 * Takes one guess under a key, before it is made: guesses at the same time cannot pass together. While somebody has to wait
 * nothing is counted, so that hammering does not make the wait longer.
 */
export async function takeAttempt(db: Db, key: string): Promise<Attempt> {
  const { rows } = await sql<{ failures: number; wait: number }>`
    insert into sign_in_failures as known (key, failures, failed_at, locked_until)
    values (${key}, 1, clock_timestamp(), clock_timestamp())
    on conflict (key) do update set
      failures = ${countedOn},
      failed_at = clock_timestamp(),
      locked_until = clock_timestamp() + make_interval(secs => ${waitAfter(countedOn)})
      where known.locked_until <= clock_timestamp()
    returning failures, (extract(epoch from locked_until - failed_at))::float8 as wait`.execute(db)
  const [taken] = rows
  if (taken) return { isAllowed: true, nth: taken.failures, waitSeconds: Math.round(taken.wait) }
  const found = await sql<{ left: number }>`
    select extract(epoch from locked_until - clock_timestamp())::float8 as left
    from sign_in_failures where key = ${key}`.execute(db)
  return { isAllowed: false, retryAfterSeconds: Math.max(1, Math.ceil(found.rows[0]?.left ?? 1)) }
}

/** Forgets the guesses under a key: the last one was right, or an administrator says so. */
export async function forgive(db: Db, key: string): Promise<void> {
  await db.deleteFrom('sign_in_failures').where('key', '=', key).execute()
}

/** Forgets what nobody has guessed at for a day. */
export async function forgetOldFailures(db: Db): Promise<void> {
  await sql`delete from sign_in_failures where failed_at < now() - make_interval(hours => ${rememberedHours})`.execute(
    db,
  )
}

const countedOn = sql<number>`case when known.failed_at > clock_timestamp() - make_interval(hours => ${sql.lit(rememberedHours)})
  then least(known.failures, 1000000) + 1 else 1 end`

/** 0 for the free ones, then 30 s, doubled with each, at most 15 min. */
function waitAfter(failures: typeof countedOn) {
  return sql<number>`case when (${failures}) <= ${sql.lit(freeGuesses)} then 0
    else least(${sql.lit(longestWaitSeconds)}, ${sql.lit(firstWaitSeconds)} * power(2, least((${failures}) - ${sql.lit(freeGuesses + 1)}, 20))) end`
}
