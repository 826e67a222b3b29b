import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'

const cursorText = z
  .string()
  .max(200)
  .transform((text, context): Cursor => {
    const [at, id, ...rest] = Buffer.from(text, 'base64url').toString('utf8').split(' ')
    if (
      at &&
      id &&
      rest.length === 0 &&
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(at) &&
      z.uuid().safeParse(id).success
    )
      if (!Number.isNaN(Date.parse(at))) return { at, id }
    context.addIssue('must be the `next` of an earlier answer')
    return z.NEVER
  })

/** The last row of a page: its instant with microseconds, as Postgres keeps it, and its id. */
interface Cursor {
  readonly at: string
  readonly id: string
}

/** What every list can be asked: one account's rows, how many, and from where on. */
export const pageQuery = z.strictObject({
  account: z.uuid('must be the id of an account').optional(),
  limit: z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(200, 'must be at most 200')
    .default(50),
  cursor: cursorText.optional(),
})

/** A page of items, newest first; `next` asks for the following one and is null on the last. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().nullable() })
}

/** SQL that keeps the rows after the cursor in an order by `at` and `id`, both descending. */
export function afterCursor(
  cursor: Cursor | undefined,
  { at, id }: { at: string; id: string },
): RawBuilder<boolean> {
  if (!cursor) return sql<boolean>`true`
  return sql<boolean>`(${sql.ref(at)}, ${sql.ref(id)}) < (${cursor.at}::timestamptz, ${cursor.id}::uuid)`
}

/** SQL for an instant with all its microseconds, for the cursor. */
export function cursorInstant(column: string): RawBuilder<string> {
  return sql<string>`to_char(${sql.ref(column)} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
}

/** Cuts one row too many off, which says whether another page follows, and makes the cursor for it. */
export function toPage<R extends { id: string; cursor_at: string }, T>(
  rows: readonly R[],
  limit: number,
  toItem: (row: R) => T,
) {
  const kept = rows.slice(0, limit)
  const last = kept.at(-1)
  const next =
    rows.length > limit && last ? Buffer.from(`${last.cursor_at} ${last.id}`).toString('base64url') : null
  return { items: kept.map(toItem), next }
}
