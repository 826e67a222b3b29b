import { createTransport } from 'nodemailer'
import { type Mailer, Undeliverable } from './desk.ts'

/** No server is waited for longer: another message may be more urgent. */
const connectMs = 10_000
const answerMs = 20_000

/** Where mails go, and whose they are. */
export interface MailOptions {
  /** smtp:// or smtps://, with user and password when the server wants them. */
  readonly smtpUrl: string
  readonly from: string
  readonly publicUrl: string
}

/** Connects to a mail server as mails are sent, over at most two connections that stay open a while. */
export function openMailer({ smtpUrl, from, publicUrl }: MailOptions): Mailer {
  const transport = createTransport(
    {
      url: smtpUrl,
      pool: true,
      maxConnections: 2,
      connectionTimeout: connectMs,
      greetingTimeout: connectMs,
      socketTimeout: answerMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    },
    { from },
  )
  const host = /@([^>\s]+)/.exec(from)?.[1] ?? 'bullpen.invalid'
  return {
    async send({ id, threadId, to, subject, html, text, images }) {
      try {
        await transport.sendMail({
          to,
          subject,
          html,
          text,
          messageId: `<${id}@${host}>`,
          references: `<${threadId}@${host}>`,
          list: { unsubscribe: { url: `${publicUrl}/alerts#channels`, comment: 'Alert settings' } },
          headers: { 'Auto-Submitted': 'auto-generated' },
          attachments: images.map(({ cid, png }) => ({
            cid,
            content: png,
            filename: 'equity.png',
            contentType: 'image/png',
            contentDisposition: 'inline',
          })),
        })
      } catch (error) {
        throw isRefused(error)
          ? new Undeliverable(error.response ?? error.message, {
              isAddress: error.command === 'RCPT TO',
              cause: error,
            })
          : error
      }
    },
    close: () => transport.close(),
  }
}

interface SmtpError extends Error {
  readonly responseCode?: number
  readonly response?: string
  /** The command that was answered so. */
  readonly command?: string
}

/** Whether the server has refused this mail or its address for good; a refused log-in or sender is the operator's to mend. */
function isRefused(error: unknown): error is SmtpError {
  if (!(error instanceof Error)) return false
  const { responseCode, command } = error as SmtpError
  return responseCode !== undefined && responseCode >= 500 && (command === 'RCPT TO' || command === 'DATA')
}
