import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import { afterAll } from 'vitest'

/** A mail as it arrived. */
export interface ReceivedMail extends Email {
  readonly recipient: string
  readonly source: string
}

/** A real SMTP server that can go away and come back at the same port. */
export interface Mailbox {
  readonly url: string
  readonly mails: readonly ReceivedMail[]
  /** Addresses that are refused, with what is said: `550 no such user`. */
  readonly refusals: Map<string, string>
  /** Forgets what arrived. */
  empty(): void
  up(): Promise<void>
  down(): Promise<void>
}

/** Opens one for the calling test file, and closes it afterwards. */
export async function openMailbox(): Promise<Mailbox> {
  const mails: ReceivedMail[] = []
  const refusals = new Map<string, string>()
  let port = 0
  let server: SMTPServer | undefined
  const up = () =>
    new Promise<void>((resolve, reject) => {
      if (server) return resolve()
      const made = new SMTPServer({
        authOptional: true,
        closeTimeout: 100,
        disabledCommands: ['STARTTLS', 'AUTH'],
        onRcptTo({ address }, _session, callback) {
          const refusal = refusals.get(address)
          if (refusal === undefined) return callback()
          callback(Object.assign(new Error(refusal.slice(4)), { responseCode: Number(refusal.slice(0, 3)) }))
        },
        onData(stream, session, callback) {
          const parts: Buffer[] = []
          stream.on('data', (part: Buffer) => parts.push(part))
          stream.on('end', async () => {
            const source = Buffer.concat(parts).toString('utf8')
            const recipient = session.envelope.rcptTo.map(({ address }) => address).join(',')
            mails.push({ ...(await PostalMime.parse(source)), recipient, source })
            callback()
          })
        },
      })
      made.on('error', reject)
      made.listen(port, '127.0.0.1', () => {
        const address = made.server.address()
        port = typeof address === 'object' && address ? address.port : port
        server = made
        resolve()
      })
    })
  const down = () =>
    new Promise<void>((resolve) => {
      if (!server) return resolve()
      server.close(() => resolve())
      server = undefined
    })
  await up()
  afterAll(down)
  return {
    get url() {
      return `smtp://127.0.0.1:${port}`
    },
    mails,
    refusals,
    empty: () => void mails.splice(0),
    up,
    down,
  }
}
