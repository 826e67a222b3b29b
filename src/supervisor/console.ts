import { styleText } from 'node:util'
import { prettyLines } from '../log.ts'
import { redactText } from '../redact.ts'

/** What `start` shows: its own steps, and the lines of its children under their names. */
export interface Console {
  /** One step that is done, or that needs to be known. */
  step(text: string): void
  /** A line a child wrote, JSON of our log or anything else. */
  line(name: string, line: string): void
  /** Plain text, as it is. */
  text(text: string): void
}

const nameWidth = 11

/** A console on standard output, coloured on a terminal. */
export function openConsole(secrets: readonly string[] = []): Console {
  const isColoured = process.stdout.isTTY === true
  const pretty = prettyLines({ isColoured })
  const colour = (style: 'green' | 'dim', text: string) => (isColoured ? styleText(style, text) : text)
  const write = (text: string) => process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
  return {
    step: (text) => write(`${colour('green', '✓')} ${text}`),
    text: write,
    line(name, line) {
      if (line.trim() === '') return
      const text = line.startsWith('{') ? pretty(line) : redactText(line, secrets)
      write(`${colour('dim', name.padEnd(nameWidth))} ${text}`)
    },
  }
}
