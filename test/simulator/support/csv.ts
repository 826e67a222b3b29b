import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const csvHeader = 'time_ms,open,high,low,close,volume'

/** A new folder that the test owns. */
export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'bullpen-simulator-'))
}

/** Writes a candle file and gives its path; a name that ends in .gz is compressed. */
export function writeCandles(
  folder: string,
  name: string,
  lines: readonly string[],
  header = csvHeader,
): string {
  const path = join(folder, name)
  const text = `${[header, ...lines].join('\n')}\n`
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text)
  return path
}

/** Candle lines from a start, one per step: [open, high, low, close, volume]. */
export function candleLines(startMs: number, stepMs: number, rows: readonly (readonly number[])[]): string[] {
  return rows.map((row, index) => [startMs + index * stepMs, ...row].join(','))
}
