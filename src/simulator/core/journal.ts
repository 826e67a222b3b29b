import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Event } from './event.ts'

/** Where events are kept. Events appended together are kept together or not at all. */
export interface Journal {
  append(events: readonly Event[]): void
  close(): void
}

/** Keeps nothing: for simulators that need not survive their process. */
export const noJournal: Journal = { append: () => {}, close: () => {} }

/**
 * A file of JSON lines, one line per group of events, written before `append` returns. A last line that a crash cut
 * short was never acknowledged: it is dropped. Throws when any other line cannot be read, and in `append` when nothing can be written.
 */
export function openJournal(home: string, restore: (event: Event) => void): Journal {
  mkdirSync(home, { recursive: true })
  const path = join(home, 'journal.jsonl')
  const file = openSync(path, 'a+')
  const bytes = readFileSync(path)
  const whole = bytes.lastIndexOf(0x0a) + 1
  if (whole < bytes.length) ftruncateSync(file, whole)
  const lines = bytes.subarray(0, whole).toString('utf8').split('\n')
  for (const [index, line] of lines.entries()) {
    if (line !== '') for (const event of groupOf(line, `${path}: line ${index + 1}`)) restore(event)
  }
  let size = whole
  return {
    append(events) {
      const line = Buffer.from(`${JSON.stringify(events)}\n`)
      try {
        for (let written = 0; written < line.length; ) written += writeSync(file, line, written)
      } catch (error) {
        ftruncateSync(file, size) // half a line would spoil the next one
        throw error
      }
      size += line.length
    },
    close: () => closeSync(file),
  }
}

function groupOf(line: string, where: string): Event[] {
  try {
    return JSON.parse(line) as Event[]
  } catch (cause) {
    throw new Error(`${where} is not JSON`, { cause })
  }
}
