import { sql } from 'kysely'
import { haltsOn, positionsHeld } from '#db/reports.ts'
import type { Command } from '../asked.ts'
import { escapeHtml } from '../message.ts'

const lateSeconds = 30

/** Whether everything is at work: workers with their memory, what is open and protected, halts. */
export const status: Command = {
  name: 'status',
  help: 'workers and their memory, what is open, halts',
  async answer({ db, userId }) {
    const { rows: workers } = await sql<{
      role: string
      queues: string[]
      mb: number | null
      seconds: number
    }>`
      select role, queues, (rss_bytes / 1048576)::int as mb,
        extract(epoch from clock_timestamp() - heartbeat_at)::int as seconds
      from workers where stopped_at is null and heartbeat_at > now() - interval '10 minutes'
      order by role, queues::text`.execute(db)
    const positions = await positionsHeld(db, userId)
    const bare = positions.filter(({ gap }) => gap !== null)
    const halts = await haltsOn(db, userId)
    const late = workers.filter(({ seconds }) => seconds > lateSeconds)
    const lines = [
      late.length === 0 && bare.length === 0 ? '✅ Everything is at work' : '⚠️ Something needs a look',
      `${positions.length} open, ${bare.length === 0 ? 'all protected' : `${bare.length} unprotected: ${bare.map(({ symbol }) => symbol).join(', ')}`}`,
      halts.length === 0
        ? 'Entries are allowed'
        : `Entries are stopped: ${halts.map(({ of, reason }) => (reason ? `${of} (${reason})` : of)).join('; ')}`,
      ...workers.map(({ role, queues, mb, seconds }) => {
        const name = queues.length === 0 ? role : queues.join(', ')
        return `${seconds > lateSeconds ? '⚠️' : '•'} ${name}: ${mb ?? '?'} MB${seconds > lateSeconds ? `, silent for ${seconds} s` : ''}`
      }),
    ]
    return { html: lines.map(escapeHtml).join('\n') }
  },
}
