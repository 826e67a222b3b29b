import path from 'node:path'
import { Eta } from 'eta'

const views = path.join(import.meta.dirname, 'templates')
const html = new Eta({ views, cache: true, autoEscape: true })
// A plain text has nothing to escape.
const text = new Eta({ views, cache: true, autoEscape: false })

/** What every mail says around its own words. */
export interface MailFrame {
  readonly subject: string
  /** The line that mailboxes show beside the subject. */
  readonly preview: string
  /** Of the upper edge, as a hex colour. */
  readonly colour: string
  readonly publicUrl: string
  /** The clock that its times are of, such as UTC. */
  readonly zone: string
}

/** Renders both forms of a mail. A name that a template uses and nobody gave throws. */
export function renderMail<Words extends MailFrame>(
  name: 'alert' | 'daily' | 'monthly',
  words: Words,
): { readonly html: string; readonly text: string } {
  const plain = text.render(`${name}-text`, words)
  return { html: html.render(name, words), text: `${plain.replace(/\n{3,}/g, '\n\n').trim()}\n` }
}
