import { noteChannel } from '#db/alert-channels.ts'
import { recordAudit } from '#db/audit.ts'
import { asTenant, type Db } from '#db/client.ts'
import {
  findTelegramLink,
  linkTelegram,
  type TelegramLink,
  unlinkTelegram,
  useTelegramCode,
} from '#db/telegram-links.ts'
import { answerChat, askChat } from '#db/telegram-questions.ts'
import { findUser } from '#db/users.ts'
import type { Asked, Reply } from './asked.ts'
import { carryOut } from './commands/confirmed.ts'
import { commands } from './commands/index.ts'
import type { TelegramDesk } from './desk.ts'
import { escapeHtml } from './message.ts'

/** A chat with one person, as far as an update tells. */
export interface Chat {
  readonly id: number
  readonly name: string
}

/** A reply with the id of what it asks, when it asks something. */
export type ChatReply = Pick<Reply, 'html'> & { readonly questionId?: string }

/**
 * Answers a message of a chat. Undefined, and so silence, for a chat that nobody has linked, unless it brings a code; groups
 * never come here.
 */
export async function answerMessage(
  desk: TelegramDesk,
  chat: Chat,
  message: string,
): Promise<ChatReply | undefined> {
  const [, name = '', text = ''] = /^\/([a-z]+)(?:@\w+)?(?:\s+([\s\S]*))?$/i.exec(message.trim()) ?? []
  const command = name.toLowerCase()
  const link = await findTelegramLink(desk.db, chat.id)
  if (command === 'start' && text.trim() !== '') {
    const linked = await linkBy(desk, chat, text.trim())
    if (linked) return linked
    return link && { html: 'This code is not valid: codes work once, for 10 minutes.' }
  }
  if (!link) return undefined
  if (command === 'unlink') return unlink(desk, link)
  const known = commands.find((one) => one.name === command)
  if (!known) return { html: help() }
  return asUser(desk, link, text, async (asked) => {
    const reply = await known.answer(asked)
    if (!reply.question) return { html: reply.html }
    const question = { userId: link.userId, chatId: chat.id, ...reply.question }
    return { html: reply.html, questionId: await askChat(desk.db, question) }
  })
}

/** What a pressed button does: it acknowledges an alert, or confirms what was asked. The text answers the press. */
export async function answerButton(
  desk: TelegramDesk,
  chat: Chat,
  pressed: string,
): Promise<string | undefined> {
  const link = await findTelegramLink(desk.db, chat.id)
  const [, what = '', id = ''] = /^(ack|yes|no):([\da-f-]{36})$/.exec(pressed) ?? []
  if (!link || id === '') return undefined
  if (what === 'ack') return asUser(desk, link, '', (asked) => acknowledge(asked, id))
  const question = await answerChat(desk.db, { id, userId: link.userId, chatId: chat.id })
  if (!question) return 'This question is over: ask again.'
  if (what === 'no') return 'Nothing was done.'
  return asUser(desk, link, '', (asked) => carryOut(question, asked))
}

/** The whole of what a chat can say. */
export function help(): string {
  const lines = [
    ...commands.map(({ name, help: words }) => `/${name} – ${words}`),
    '/unlink – forgets this chat',
    '/help',
  ]
  return lines.map(escapeHtml).join('\n')
}

async function linkBy(desk: TelegramDesk, chat: Chat, code: string): Promise<ChatReply | undefined> {
  const linked = await desk.db.transaction().execute(async (tx) => {
    const userId = await useTelegramCode(tx, code)
    if (userId === undefined) return undefined
    await linkTelegram(tx, { userId, chatId: chat.id, name: chat.name })
    await noteChannel(tx, { userId, channel: 'telegram', address: String(chat.id) }, null)
    await recordAudit(tx, {
      userId,
      actor: 'telegram',
      action: 'telegram.link',
      details: { chat: chat.name },
    })
    return findUser(tx, userId)
  })
  return (
    linked && { html: `✅ This chat is ${escapeHtml(linked.name)}’s now. Alerts come here.\n\n${help()}` }
  )
}

async function unlink(desk: TelegramDesk, { userId }: TelegramLink): Promise<ChatReply> {
  await desk.db.transaction().execute(async (tx) => {
    await unlinkTelegram(tx, userId)
    await recordAudit(tx, { userId, actor: 'telegram', action: 'telegram.unlink' })
  })
  return { html: 'This chat is forgotten: it is answered no more.' }
}

/** Answers from the rows of one user, in a transaction that sees no others. */
async function asUser<T>(
  desk: TelegramDesk,
  { userId, name }: TelegramLink,
  text: string,
  work: (asked: Asked) => Promise<T>,
): Promise<T> {
  const { clock, publicUrl } = desk
  return asTenant(desk.app, userId, (db: Db) =>
    work({ db, userId, by: `telegram (${name})`, clock, publicUrl, text: text.trim() }),
  )
}

async function acknowledge({ db, userId }: Asked, alertId: string): Promise<string> {
  const rows = await db
    .updateTable('alerts')
    .set({ acknowledged_at: new Date(), acknowledged_by: userId })
    .where('id', '=', alertId)
    .where('acknowledged_at', 'is', null)
    .returning('id')
    .execute()
  return rows.length > 0 ? 'Acknowledged: it is told no more.' : 'It was acknowledged before.'
}
