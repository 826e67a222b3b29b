import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { lastWords } from '../orders/crashpoint.ts'

const lineAtMost = 200

/**
 * The crash point that a process named in the last line of its output, which begins `from` bytes into the log; undefined
 * when it died otherwise.
 */
export function lastWordsIn(log: string, from: number): string | undefined {
  const file = openSync(log, 'r')
  try {
    const { size } = fstatSync(file)
    const bytes = Buffer.alloc(Math.min(size - from, lineAtMost))
    readSync(file, bytes, 0, bytes.length, size - bytes.length)
    const line = bytes.toString().trimEnd().split('\n').at(-1) ?? ''
    return line.startsWith(lastWords) ? line.slice(lastWords.length) : undefined
  } finally {
    closeSync(file)
  }
}
