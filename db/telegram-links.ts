import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Db } from './client.ts'

/** A chat that belongs to a user. */
export interface TelegramLink {
  readonly userId: string
  readonly chatId: number
  /** What the chat calls itself. */
  readonly name: string
  readonly linkedAt: Date
}

/** The chats of some users; those without one are missing. */
export async function telegramLinksOf(db: Db, userIds: readonly string[]): Promise<TelegramLink[]> {
  if (userIds.length === 0) return []
  const rows = await db.selectFrom('telegram_links').selectAll().where('user_id', 'in', userIds).execute()
  return rows.map(toLink)
}

/** Whose a chat is; undefined for one that nobody has linked. */
export async function findTelegramLink(db: Db, chatId: number): Promise<TelegramLink | undefined> {
  const row = await db
    .selectFrom('telegram_links')
    .selectAll()
    .where('chat_id', '=', String(chatId))
    .executeTakeFirst()
  return row && toLink(row)
}

/** Stores a code that links a chat within 10 min, once; the user's codes before it open nothing any more. */
export async function storeTelegramCode(db: Db, userId: string, code: string): Promise<Date> {
  await db.deleteFrom('telegram_codes').where('user_id', '=', userId).execute()
  const row = await db
    .insertInto('telegram_codes')
    .values({
      digest: digestOf(code),
      user_id: userId,
      expires_at: sql<Date>`now() + interval '10 minutes'`,
    })
    .returning('expires_at')
    .executeTakeFirstOrThrow()
  return row.expires_at
}

/** Uses a code up: whose it was; undefined for one that is unknown, used or too old. */
export async function useTelegramCode(tx: Db, code: string): Promise<string | undefined> {
  const row = await tx
    .updateTable('telegram_codes')
    .set({ used_at: sql<Date>`now()` })
    .where('digest', '=', digestOf(code))
    .where('used_at', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`)
    .returning('user_id')
    .executeTakeFirst()
  return row?.user_id
}

/** Gives a chat to a user: it is nobody else's from now on, and their chat before it is not theirs any more. */
export async function linkTelegram(
  tx: Db,
  { userId, chatId, name }: Omit<TelegramLink, 'linkedAt'>,
): Promise<void> {
  await tx
    .deleteFrom('telegram_links')
    .where((or) => or.or([or('chat_id', '=', String(chatId)), or('user_id', '=', userId)]))
    .execute()
  await tx
    .insertInto('telegram_links')
    .values({ user_id: userId, chat_id: String(chatId), name: name.slice(0, 100) })
    .execute()
}

/** Takes a user's chat off; false when there was none. */
export async function unlinkTelegram(db: Db, userId: string): Promise<boolean> {
  const rows = await db
    .deleteFrom('telegram_links')
    .where('user_id', '=', userId)
    .returning('user_id')
    .execute()
  return rows.length > 0
}

function digestOf(code: string): Buffer {
  return createHash('sha256').update(code).digest()
}

function toLink(row: { user_id: string; chat_id: string; name: string; linked_at: Date }): TelegramLink {
  return { userId: row.user_id, chatId: Number(row.chat_id), name: row.name, linkedAt: row.linked_at }
}
