import { Api, GrammyError, HttpError, InlineKeyboard } from 'grammy'
import { type Messenger, TooMany, Undeliverable } from '../desk.ts'

/** No answer is waited for longer. */
const answerSeconds = 20

/** Where the bot is reached. */
export interface BotOptions {
  readonly token: string
  /** Telegram's own unless a test or a server of one's own takes its place. */
  readonly apiRoot?: string
}

/** The calls of a bot; none is repeated by itself. */
export function openBotApi({ token, apiRoot }: BotOptions): Api {
  return new Api(token, { timeoutSeconds: answerSeconds, ...(apiRoot !== undefined && { apiRoot }) })
}

/** Sends alerts with a button that acknowledges them. */
export function messengerOf(api: Api): Messenger {
  return {
    async send(chatId, { html, alertId }) {
      try {
        await api.sendMessage(chatId, html, {
          parse_mode: 'HTML',
          link_preview_options: { is_disabled: true },
          reply_markup: new InlineKeyboard().text('Acknowledge', `ack:${alertId}`),
        })
      } catch (error) {
        throw meaningOf(error)
      }
    },
  }
}

/** What a failure means; of one on the way only its kind, for its address holds the token. */
export function meaningOf(error: unknown): Error {
  if (error instanceof HttpError) return new Error('Telegram was not reached', { cause: 'network' })
  if (!(error instanceof GrammyError)) return new Error('Telegram was not reached', { cause: 'unknown' })
  const { error_code: code, description, parameters } = error
  const said = `Telegram said ${code}: ${description}`
  if (code === 429) return new TooMany(said, { waitMs: (parameters.retry_after ?? 1) * 1_000, cause: code })
  // 401 and 404 speak of the bot, not of the chat: the operator's to mend.
  if (
    code === 403 ||
    (code === 400 && /chat not found|user is deactivated|PEER_ID_INVALID/i.test(description))
  )
    return new Undeliverable(said, { isAddress: true, cause: code })
  if (code === 400) return new Undeliverable(said, { isAddress: false, cause: code })
  return new Error(said, { cause: code })
}
