import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import { Problem } from '../problem.ts'

/** How the rows of a list are told apart: by a uuid, or by a number that only grows. */
export type RowId = 'uuid' | 'bigint'

const idForms: Readonly<Record<RowId, RegExp>> = {
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  bigint: /^\d{1,18}$/,
}

const notACursor = 'must be the `next` of an earlier answer'

const cursorText = z
  .string()
  .max(200)
  .transform((text, context): Cursor => {
    const [at, id, ...rest] = Buffer.from(text, 'base64url').toString('utf8').split(' ')
    if (
      at &&
      id &&
      rest.length === 0 &&
      isInstant(at) &&
      Object.values(idForms).some((form) => form.test(id))
    )
      return { at, id }
    context.addIssue(notACursor)
    return z.NEVER
  })
  .meta({ description: 'The `next` of an earlier answer: the page that follows it.' })

/** A day that there is: 31 February would be refused by the database. */
function isInstant(text: string): boolean {
  if (!/^(19|20|21)\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(text)) return false
  const instant = new Date(text)
  return !Number.isNaN(instant.getTime()) && instant.toISOString().slice(0, 19) === text.slice(0, 19)
}

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

/**
 * SQL that keeps the rows after the cursor in an order by `at` and `id`, both descending.
 * @throws Problem 400 for a cursor of a list whose rows are told apart otherwise
 */
export function afterCursor(
  cursor: Cursor | undefined,
  { at, id, form = 'uuid' }: { at: string; id: string | RawBuilder<string>; form?: RowId },
): RawBuilder<boolean> {
  if (!cursor) return sql<boolean>`true`
  if (!idForms[form].test(cursor.id))
    throw new Problem(400, 'invalid-request', `cursor: ${notACursor}`, {
      advice: 'Leave it out to begin anew.',
      errors: [{ field: 'cursor', rule: notACursor }],
    })
  const row = typeof id === 'string' ? sql.ref(id) : id
  return sql<boolean>`(${sql.ref(at)}, ${row}) < (${cursor.at}::timestamptz, ${cursor.id}::${sql.raw(form)})`
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
