import type { Delivery, ToldAlert } from '#db/alert-deliveries.ts'
import type { Severity } from '../../domain/alerts/severity.ts'
import type { Contact } from '../contacts.ts'
import type { AlertDesk, Mail } from '../desk.ts'
import { factRows } from '../facts.ts'
import { dailyMail } from './daily.ts'
import { momentText } from './moment.ts'
import { monthlyMail } from './monthly.ts'
import { renderMail } from './render.ts'

const colours: Readonly<Record<Severity, string>> = {
  critical: '#c62f2f',
  warning: '#b7791f',
  trade: '#1f5eff',
  info: '#5f6b7a',
}

/** The mail that tells an alert to somebody. */
export async function composeMail(
  desk: Pick<AlertDesk, 'db' | 'publicUrl'>,
  delivery: Delivery,
  alert: ToldAlert,
  { address, wishes }: Contact,
): Promise<Mail> {
  const zone = wishes?.timeZone ?? 'UTC'
  const written = await write(desk, delivery, alert, zone)
  return { id: delivery.id, threadId: alert.id, to: address, images: [], ...written }
}

async function write(
  { db, publicUrl }: Pick<AlertDesk, 'db' | 'publicUrl'>,
  delivery: Delivery,
  alert: ToldAlert,
  zone: string,
): Promise<Pick<Mail, 'subject' | 'html' | 'text'> & Partial<Pick<Mail, 'images'>>> {
  const { userId, kind, subject: period } = alert
  if (userId !== null && period !== null && kind === 'daily-report')
    return dailyMail(db, { userId, day: period, zone: String(alert.facts['time zone'] ?? zone), publicUrl })
  if (userId !== null && period !== null && kind === 'monthly-summary')
    return monthlyMail(db, {
      userId,
      month: period,
      zone: String(alert.facts['time zone'] ?? zone),
      publicUrl,
    })
  const subject = alert.severity === 'critical' ? `⚠️ ${alert.title}` : alert.title
  const words = {
    subject,
    preview: alert.text,
    colour: colours[alert.severity],
    publicUrl,
    zone,
    severity: alert.severity,
    at: momentText(alert.raisedAt, zone),
    account: accountText(alert, delivery),
    title: alert.title,
    text: alert.text,
    advice: alert.advice,
    facts: factRows(alert.facts),
    isCritical: alert.severity === 'critical',
    link: `${publicUrl}/alerts?alert=${alert.id}`,
    note: noteOf(alert, delivery),
  }
  return { subject, ...renderMail('alert', words) }
}

/** Whose it is, for who does not know: the account, and its owner's share of it stays theirs. */
function accountText(alert: ToldAlert, { userId }: Delivery): string | null {
  if (alert.accountName === null) return null
  const whose = alert.userId !== null && alert.userId !== userId ? ', of another user' : ''
  return `${alert.accountName} (${alert.accountMode})${whose}`
}

function noteOf(alert: ToldAlert, { step, userId }: Delivery): string | null {
  if (alert.userId !== null && alert.userId !== userId)
    return 'You are told as the operator: its owner has not acknowledged it.'
  if (step > 0) return 'This is told again because nobody has acknowledged it.'
  if (alert.repeats > 0) return `It has happened ${alert.repeats + 1} times.`
  return null
}
