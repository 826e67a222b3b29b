import { sql } from 'kysely'
import type { Db } from './client.ts'

/** Something a chat must confirm before it is done. */
export type TelegramQuestion =
  | { readonly action: 'close-all' }
  | { readonly action: 'close' /** The position. */; readonly target: string }

/** Asks a chat; the answer counts for two minutes. Returns the question's id. */
export async function askChat(
  db: Db,
  { userId, chatId, ...question }: TelegramQuestion & { readonly userId: string; readonly chatId: number },
): Promise<string> {
  const row = await db
    .insertInto('telegram_questions')
    .values({
      user_id: userId,
      chat_id: String(chatId),
      action: question.action,
      target: 'target' in question ? question.target : null,
      expires_at: sql<Date>`now() + interval '2 minutes'`,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

/** Takes the answer to a question, once: undefined when it is not this chat's, too old, or was answered. */
export async function answerChat(
  tx: Db,
  { id, userId, chatId }: { readonly id: string; readonly userId: string; readonly chatId: number },
): Promise<TelegramQuestion | undefined> {
  const row = await tx
    .updateTable('telegram_questions')
    .set({ answered_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .where('chat_id', '=', String(chatId))
    .where('answered_at', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`)
    .returning(['action', 'target'])
    .executeTakeFirst()
  if (!row) return undefined
  return row.action === 'close' && row.target !== null
    ? { action: 'close', target: row.target }
    : { action: 'close-all' }
}
