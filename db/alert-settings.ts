import { type AlertWishes, alertWishes } from '#src/domain/alerts/wishes.ts'
import type { Db } from './client.ts'

/** What users want to hear where; whoever stored nothing has the defaults. */
export async function wishesOf(db: Db, userIds: readonly string[]): Promise<Map<string, AlertWishes>> {
  const rows = await db
    .selectFrom('alert_settings')
    .select(['user_id', 'wishes'])
    .where('user_id', 'in', [...userIds, nobody])
    .execute()
  const stored = new Map(rows.map((row) => [row.user_id, row.wishes]))
  return new Map(userIds.map((id) => [id, read(stored.get(id))]))
}

/** Stores a user's wishes, whole. */
export async function saveWishes(db: Db, userId: string, wishes: AlertWishes): Promise<void> {
  const text = JSON.stringify(wishes)
  await db
    .insertInto('alert_settings')
    .values({ user_id: userId, wishes: text })
    .onConflict((conflict) =>
      conflict.column('user_id').doUpdateSet({ wishes: text, updated_at: new Date() }),
    )
    .execute()
}

/** An id that is no user's: SQL has no empty list. */
const nobody = '00000000-0000-0000-0000-000000000000'

/** Wishes of another version of the program are read as far as they are known. */
function read(stored: unknown): AlertWishes {
  const known = alertWishes.safeParse(stored ?? {})
  return known.success ? known.data : alertWishes.parse({})
}
