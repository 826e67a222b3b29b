import { type RawBuilder, sql } from 'kysely'
import type { Db } from '#db/client.ts'
import type { ConnectedConfig } from '../config.ts'
import { type Check, Ill } from './check.ts'

/** A message that waits for longer is not delayed any more, it is stuck. */
const waitsTooLong = '10 minutes'

/** Alerts can leave this installation, do, and reach everybody who trades real money. */
export function alertChecks(db: Db, config: Pick<ConnectedConfig, 'smtpUrl' | 'telegramBotToken'>): Check[] {
  return [
    { id: 'alerts', examine: () => channels(db, config) },
    { id: 'messages', examine: () => messages(db) },
  ]
}

async function channels(
  db: Db,
  { smtpUrl, telegramBotToken }: Parameters<typeof alertChecks>[1],
): Promise<string> {
  const offered = [...(smtpUrl ? ['mail'] : []), ...(telegramBotToken ? ['Telegram'] : [])]
  const unproven = await unprovenLive(db)
  if (unproven.length > 0)
    throw new Ill(
      `real money is traded, and no alert is known to reach ${unproven.join(', ')}`,
      offered.length === 0
        ? 'Set SMTP_URL or TELEGRAM_BOT_TOKEN; then each of them sends a test on the page Alerts.'
        : 'Each of them sends a test on the page Alerts: once it has arrived, the channel is proven.',
    )
  if (offered.length === 0) return 'no SMTP_URL and no TELEGRAM_BOT_TOKEN: alerts stay on the dashboard'
  return `by ${offered.join(' and ')}${smtpUrl ? '' : '; no SMTP_URL: no mails and no reports'}`
}

async function messages(db: Db): Promise<string> {
  const { rows } = await sql<{ channel: string; count: number; minutes: number; reason: string | null }>`
    select channel, count(*)::int as count, (extract(epoch from now() - min(created_at)) / 60)::int as minutes,
      max(reason) as reason
    from alert_deliveries where state = 'waiting' and created_at < now() - ${waitsTooLong}::interval
    group by channel order by channel`.execute(db)
  if (rows.length === 0) return 'no message waits'
  const waiting = rows.map(
    ({ channel, count, minutes, reason }) =>
      `${count} by ${channel} wait, the oldest for ${minutes} min${reason ? `: ${reason}` : ''}`,
  )
  throw new Ill(
    waiting.join('; '),
    'Is a worker of the queue alerts at work? Look at SMTP_URL, TELEGRAM_BOT_TOKEN and the servers behind them.',
  )
}

/** The addresses of those who trade real money and whom no message is known to have reached. */
async function unprovenLive(db: Db): Promise<string[]> {
  const proven: RawBuilder<boolean> = sql<boolean>`exists (
    select from alert_channels known where known.user_id = owner.id and known.proven_at is not null)`
  const rows = await db
    .selectFrom('auth.user as owner')
    .select('owner.email')
    .where(sql<boolean>`not ${proven}`)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('accounts')
          .select('accounts.id')
          .whereRef('accounts.user_id', '=', 'owner.id')
          .where('accounts.mode', '=', 'live')
          .where('accounts.status', '<>', 'closed'),
      ),
    )
    .orderBy('owner.email')
    .execute()
  return rows.map(({ email }) => email)
}
