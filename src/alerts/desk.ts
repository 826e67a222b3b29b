import type { Db } from '#db/client.ts'
import type { Logger } from '../log.ts'

/** A mail as it is handed to the server. */
export interface Mail {
  /** The same at every attempt, so that a mail that comes twice is recognised. */
  readonly id: string
  /** What belongs to the same alert, one thread of mails. */
  readonly threadId: string
  readonly to: string
  readonly subject: string
  readonly html: string
  readonly text: string
  readonly images: readonly { readonly cid: string; readonly png: Buffer }[]
}

/** Hands mails to a server. Throws `Undeliverable` for what will never arrive, anything else for what may later. */
export interface Mailer {
  send(mail: Mail): Promise<void>
  close(): void
}

/** Sends messages of a bot. Throws `Undeliverable` for a chat that takes none, anything else for what may arrive later. */
export interface Messenger {
  send(chatId: string, message: { readonly html: string; readonly alertId: string }): Promise<void>
}

/** What sending alerts needs of its process. */
export interface AlertDesk {
  readonly db: Db
  readonly log: Logger
  /** Where links in messages lead, without a slash at the end. */
  readonly publicUrl: string
  /** Undefined without SMTP_URL. */
  readonly mailer: Mailer | undefined
  /** Undefined without TELEGRAM_BOT_TOKEN. */
  readonly messenger: Messenger | undefined
  /** The operator's own chat. */
  readonly operatorChat: string | undefined
}

/** The other side has said that this will never be delivered. */
export class Undeliverable extends Error {
  override readonly name = 'Undeliverable'
  /** Whether it is the address that takes nothing, rather than this one message. */
  readonly isAddress: boolean

  constructor(message: string, { isAddress, cause }: { isAddress: boolean; cause: unknown }) {
    super(message, { cause })
    this.isAddress = isAddress
  }
}

/** The other side has said for how long it takes no more. */
export class TooMany extends Error {
  override readonly name = 'TooMany'
  readonly waitMs: number

  constructor(message: string, { waitMs, cause }: { waitMs: number; cause: unknown }) {
    super(message, { cause })
    this.waitMs = waitMs
  }
}
