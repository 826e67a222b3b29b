import { mailResetLink } from '#src/queue/contracts.ts'
import { job } from './context.ts'

/** Mails a link to choose a new password. What opens it is made here, and stands in the mail alone. */
export default job(mailResetLink, {
  async run({ userId }, { alertDesk }) {
    // Mails are for the workers that send.
    const { sendResetLink } = await import('#src/alerts/reset-link.ts')
    return sendResetLink(await alertDesk(), userId)
  },
})
