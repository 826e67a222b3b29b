import { connect } from '#db/client.ts'
import type { JobContext } from '#jobs/context.ts'

/** Answers the bot's chats in a worker that sends alerts, when there is a bot, until stopped. */
export function startTelegram(context: JobContext): { stop(): Promise<void> } | undefined {
  const { config, db, clock, log } = context
  const { telegramBotToken: token, publicUrl } = config
  if (token === undefined) return undefined
  const stopping = new AbortController()
  // What a chat asks is answered by a role that sees one user's rows.
  const app = connect(config.databaseUrl, 'bullpen_app', { max: 2 })
  const polling = Promise.all([
    import('#src/alerts/telegram/poll.ts'),
    import('#src/alerts/telegram/messenger.ts'),
  ]).then(([{ pollTelegram }, { openBotApi }]) =>
    pollTelegram({ db, app, api: openBotApi({ token }), clock, log, publicUrl }, stopping.signal),
  )
  polling.catch((error) => log.error({ err: error }, 'Telegram is not answered any more'))
  return {
    async stop() {
      stopping.abort()
      await polling.catch(() => {})
      await app.destroy()
    },
  }
}
