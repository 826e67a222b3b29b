import type { Api } from 'grammy'
import type { Db } from '#db/client.ts'
import type { Clock } from '../../clock.ts'
import type { Logger } from '../../log.ts'

/** What answering chats needs of its process. */
export interface TelegramDesk {
  /** As bullpen_worker: links, codes and updates are read across users. */
  readonly db: Db
  /** As bullpen_app: what a chat asks is answered from the rows of its own user alone. */
  readonly app: Db
  readonly api: Api
  readonly clock: Pick<Clock, 'wallNow' | 'marketNow'>
  readonly log: Logger
  readonly publicUrl: string
}
