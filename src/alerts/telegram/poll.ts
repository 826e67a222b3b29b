import { setTimeout as sleep } from 'node:timers/promises'
import { InlineKeyboard } from 'grammy'
import type { Update } from 'grammy/types'
import { lastUpdate, takeUpdate } from '#db/telegram-updates.ts'
import { takeTurn } from '#db/turn.ts'
import { messageOf } from '../../errors.ts'
import { redactText } from '../../redact.ts'
import { TooMany } from '../desk.ts'
import { answerButton, answerMessage, type Chat, type ChatReply } from './answer.ts'
import type { TelegramDesk } from './desk.ts'
import { meaningOf } from './messenger.ts'
import { strangers } from './strangers.ts'

/** The advisory lock of whoever asks for updates; the number says TGPO. */
const pollLock = 0x5447504f
/** For how long Telegram holds a question that has no answer yet. */
const holdSeconds = 20
const lockMs = 60_000
const restMs = 2_000
/** After a failure; Telegram may say how long. */
const failedMs = 5_000

/**
 * Answers the bot's chats until the signal aborts: one process of the cluster at a time, by an advisory lock. An update is
 * taken once, also across restarts, and before it is acted on: one that dies with its process is asked again by its person.
 */
export async function pollTelegram(
  desk: TelegramDesk,
  signal: AbortSignal,
  { holdFor = holdSeconds, restFor = restMs, failedFor = failedMs } = {},
): Promise<void> {
  const known = strangers()
  while (!signal.aborted)
    try {
      const hadTurn = await desk.db.transaction().execute(async (tx) => {
        if (!(await takeTurn(tx, pollLock, '', lockMs))) return false
        await pollOnce(desk, known, signal, holdFor)
        return true
      })
      if (!hadTurn) await rest(restFor, signal)
    } catch (error) {
      if (signal.aborted) return
      const meaning = meaningOf(error)
      desk.log.warn(
        { event: 'telegram-away', reason: redactText(messageOf(meaning)) },
        'Telegram was not asked',
      )
      await rest(meaning instanceof TooMany ? meaning.waitMs : failedFor, signal)
    }
}

async function pollOnce(
  desk: TelegramDesk,
  known: ReturnType<typeof strangers>,
  signal: AbortSignal,
  holdFor: number,
): Promise<void> {
  const last = await lastUpdate(desk.db)
  const stop = new AbortController()
  const ended = () => stop.abort()
  signal.addEventListener('abort', ended, { once: true })
  try {
    const updates = await desk.api.getUpdates(
      {
        timeout: holdFor,
        allowed_updates: ['message', 'callback_query'],
        ...(last !== undefined && { offset: last + 1 }),
      },
      stop.signal as Parameters<typeof desk.api.getUpdates>[1],
    )
    for (const update of updates)
      if (await takeUpdate(desk.db, update.update_id))
        await answer(desk, known, update).catch((error) =>
          desk.log.warn(
            { event: 'telegram-unanswered', reason: redactText(messageOf(error)) },
            'a chat was not answered',
          ),
        )
  } finally {
    signal.removeEventListener('abort', ended)
  }
}

async function answer(
  desk: TelegramDesk,
  known: ReturnType<typeof strangers>,
  { message, callback_query: pressed }: Update,
): Promise<void> {
  if (message?.text !== undefined && message.chat.type === 'private') {
    const chat = chatOf(message.chat)
    if (known.isTooOften(chat.id, desk.clock.wallNow())) return
    const reply = await answerMessage(desk, chat, message.text)
    known.note(chat.id, reply !== undefined, desk.clock.wallNow())
    if (reply) await say(desk, chat, reply)
  }
  if (pressed?.data !== undefined && pressed.message?.chat.type === 'private') {
    const chat = chatOf(pressed.message.chat)
    const text = await answerButton(desk, chat, pressed.data)
    if (text === undefined) return
    await calling(() => desk.api.answerCallbackQuery(pressed.id, { text }))
    // A question is asked once: its buttons go.
    await calling(() => desk.api.editMessageReplyMarkup(chat.id, pressed.message?.message_id ?? 0))
    if (!pressed.data.startsWith('ack:')) await calling(() => desk.api.sendMessage(chat.id, text))
  }
}

function say({ api }: TelegramDesk, { id }: Chat, { html, questionId }: ChatReply): Promise<unknown> {
  const buttons =
    questionId === undefined
      ? undefined
      : new InlineKeyboard().text('Yes, close', `yes:${questionId}`).text('No', `no:${questionId}`)
  return calling(() =>
    api.sendMessage(id, html, {
      parse_mode: 'HTML',
      link_preview_options: { is_disabled: true },
      ...(buttons && { reply_markup: buttons }),
    }),
  )
}

/** A call of the bot, asked once more when Telegram says for how short a time it takes none. */
async function calling<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    const meaning = meaningOf(error)
    if (!(meaning instanceof TooMany) || meaning.waitMs > 5_000) throw meaning
    await sleep(meaning.waitMs)
    return call().catch((again) => {
      throw meaningOf(again)
    })
  }
}

function chatOf({ id, first_name, username }: { id: number; first_name?: string; username?: string }): Chat {
  return { id, name: username ? `@${username}` : (first_name ?? String(id)) }
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {})
}
