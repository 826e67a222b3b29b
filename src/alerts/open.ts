import type { Db } from '#db/client.ts'
import type { ConnectedConfig } from '../config.ts'
import type { Logger } from '../log.ts'
import type { AlertDesk } from './desk.ts'
import { openMailer } from './mailer.ts'
import { messengerOf, openBotApi } from './telegram/messenger.ts'

/** Opens the channels that the configuration names; `db` as bullpen_worker. */
export function openAlertDesk(
  config: Pick<
    ConnectedConfig,
    'smtpUrl' | 'alertEmailFrom' | 'publicUrl' | 'telegramBotToken' | 'telegramChatId'
  >,
  db: Db,
  log: Logger,
): AlertDesk {
  const { smtpUrl, publicUrl, telegramBotToken: token, telegramChatId } = config
  const from = config.alertEmailFrom ?? `Bullpen <bullpen@${new URL(publicUrl).hostname}>`
  return {
    db,
    log,
    publicUrl,
    mailer: smtpUrl === undefined ? undefined : openMailer({ smtpUrl, from, publicUrl }),
    messenger: token === undefined ? undefined : messengerOf(openBotApi({ token })),
    operatorChat: token === undefined ? undefined : telegramChatId,
  }
}
