import { Decimal } from '../../domain/decimal.ts'
import { amount, gain } from '../mails/figures.ts'
import { escapeHtml } from './message.ts'

/** Rows that one message shows; the dashboard has the others. */
export const mostRows = 15

/** A heading with lines under it, or what is said when there are none. Lines are escaped here. */
export function listing(title: string, lines: readonly string[], otherwise: string): string {
  if (lines.length === 0) return escapeHtml(otherwise)
  const shown = lines.slice(0, mostRows).map(escapeHtml)
  const more = lines.length - shown.length
  return [`<b>${escapeHtml(title)}</b>`, ...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('\n')
}

/** A gain with a sign that can be told without colours. */
export function marked(value: string, currency: string): string {
  return `${new Decimal(value).gte(0) ? '▲' : '▼'} ${gain(value, currency)}`
}

export { amount, gain }
