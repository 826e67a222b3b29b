import { orderHalt } from '#db/halt-orders.ts'
import { haltsOn } from '#db/reports.ts'
import type { Asked, Command, Reply } from '../asked.ts'
import { escapeHtml } from '../message.ts'

/** Stops new entries of the user; exits go on. */
export const pause: Command = {
  name: 'pause',
  help: 'stops new entries; exits go on',
  answer: (asked) => setEntries(asked, 'no_entries'),
}

/** Lifts what `/pause`, or the button of the dashboard, has set. */
export const resume: Command = {
  name: 'resume',
  help: 'allows entries again',
  answer: (asked) => setEntries(asked, 'none'),
}

async function setEntries({ db, userId, by }: Asked, mode: 'none' | 'no_entries'): Promise<Reply> {
  const reason = mode === 'none' ? null : 'by Telegram'
  const order = { scope: 'user', key: userId, mode, reason, by, userId } as const
  if (!(await orderHalt(db, order))) return { html: 'There is no account yet.' }
  if (mode === 'no_entries')
    return { html: '⏸ No new entries from now on. Exits, stops and the monitor go on.' }
  const others = await haltsOn(db, userId)
  const left = others.map(({ of, reason: why }) => (why ? `${of} (${why})` : of)).join('; ')
  return {
    html:
      others.length === 0
        ? '▶️ Entries are allowed again.'
        : `Your own halt is lifted. Entries stay stopped by others: ${escapeHtml(left)}`,
  }
}
