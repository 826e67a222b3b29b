import { randomUUID } from 'node:crypto'
import { linkToReset } from '#db/password-resets.ts'
import { findUser } from '#db/users.ts'
import { done, failed, type Outcome, skipped } from '../queue/job.ts'
import { type AlertDesk, Undeliverable } from './desk.ts'

/** Mails a user a link to choose a new password; each attempt makes another, and ends the one before. */
export async function sendResetLink(
  { db, mailer, publicUrl }: Pick<AlertDesk, 'db' | 'mailer' | 'publicUrl'>,
  userId: string,
): Promise<Outcome> {
  if (!mailer) return failed('no mail can be sent', 'Set SMTP_URL for the workers too.')
  const user = await findUser(db, userId)
  if (!user || user.isDisabled) return skipped('nobody signs in under this id')
  const { path } = await db.transaction().execute((tx) => linkToReset(tx, userId))
  const id = randomUUID()
  const link = `${publicUrl}${path}`
  try {
    await mailer.send({
      id,
      threadId: id,
      to: user.email,
      subject: 'Choose a new password',
      images: [],
      ...words(link),
    })
  } catch (error) {
    if (!(error instanceof Undeliverable)) throw error
    return failed(
      'the mail server takes no mail for this address',
      'Give the user a link by hand: npx bullpen user reset',
    )
  }
  return done
}

/** The link is ours alone: nothing in it needs to be escaped. */
function words(link: string): { readonly text: string; readonly html: string } {
  const said = 'Somebody, most likely you, asked for a new password for Bullpen.'
  const life = 'The link works once, and for an hour. Every device is signed out when it is used.'
  const otherwise = 'If it was not you, do nothing: your password stays as it is.'
  return {
    text: `${said}\n\nChoose it here: ${link}\n\n${life}\n${otherwise}\n`,
    html: `<!doctype html><html lang="en"><body><p>${said}</p><p><a href="${link}">Choose a new password</a></p><p>${life}<br>${otherwise}</p></body></html>`,
  }
}
