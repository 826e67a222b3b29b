import type { Db } from '#db/client.ts'
import type { Clock } from '../../clock.ts'

/** What a command knows: whose chat asks, and their own rows. */
export interface Asked {
  /** The tenant's transaction: as bullpen_app, which sees the rows of this user alone. */
  readonly db: Db
  readonly userId: string
  /** As the audit log names who does something by the chat. */
  readonly by: string
  readonly clock: Pick<Clock, 'wallNow' | 'marketNow'>
  readonly publicUrl: string
  /** What stands behind the command, trimmed. */
  readonly text: string
}

/** What a chat is answered, in Telegram's HTML; with a question, its two buttons. */
export interface Reply {
  readonly html: string
  readonly question?: { readonly action: 'close-all' } | { readonly action: 'close'; readonly target: string }
}

/** One command: what `/help` says of it, and its answer. */
export interface Command {
  readonly name: string
  readonly help: string
  answer(asked: Asked): Promise<Reply>
}
