import type { ToldAlert } from '#db/alert-deliveries.ts'
import type { Severity } from '../../domain/alerts/severity.ts'
import { factRows } from '../facts.ts'

const signs: Readonly<Record<Severity, string>> = { critical: '🚨', warning: '⚠️', trade: '💱', info: 'ℹ️' }
/** Telegram takes 4,096 characters; tags count too. */
const most = 3_500

/** An alert as a message in Telegram's HTML. */
export function messageText(
  alert: ToldAlert,
  {
    step,
    userId,
    publicUrl,
  }: { readonly step: number; readonly userId: string | null; readonly publicUrl: string },
): { readonly html: string; readonly alertId: string } {
  const where = alert.accountName === null ? '' : ` · ${alert.accountName} (${alert.accountMode})`
  const isOthers = alert.userId !== null && alert.userId !== userId
  const again = isOthers
    ? 'Its owner has not acknowledged it.'
    : step > 0
      ? 'Told again: nobody has acknowledged it.'
      : undefined
  const facts = factRows(alert.facts).map(([name, value]) => `${escapeHtml(name)}: ${escapeHtml(value)}`)
  const lines = [
    `${signs[alert.severity]} <b>${escapeHtml(alert.title)}</b>${escapeHtml(where)}`,
    escapeHtml(alert.text),
    alert.advice === null ? undefined : `<i>${escapeHtml(alert.advice)}</i>`,
    facts.length === 0 ? undefined : facts.join('\n'),
    again,
    `${alert.raisedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC · <a href="${publicUrl}/alerts">Alerts</a>`,
  ]
  return { html: shortened(lines.filter((line) => line !== undefined)), alertId: alert.id }
}

/** A text that says itself in Telegram's HTML, whatever is in it. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Leaves out lines from the third on until it is short enough. */
function shortened(lines: string[]): string {
  const left = [...lines]
  while (left.join('\n\n').length > most && left.length > 2) left.splice(left.length - 2, 1)
  return left.join('\n\n').slice(0, 4_000)
}
