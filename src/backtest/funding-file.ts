import { readFileSync } from 'node:fs'
import { messageOf, UserError } from '../errors.ts'

/** What positions paid at a moment, as a ratio of their notional: a positive rate is paid by longs to shorts. */
export interface Funding {
  readonly timeMs: number
  readonly rate: number
}

const header = 'time_ms,funding_rate'

/** Reads a funding file, `time_ms,funding_rate`, in time order. Throws a UserError of one line that names what is wrong. */
export function readFunding(path: string): Funding[] {
  const lines = textOf(path).split(/\r?\n/)
  if (lines[0]?.trim() !== header) throw new UserError(`${path}: line 1 is not "${header}"`)
  const funding: Funding[] = []
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line === '') continue
    const columns = line.split(',')
    const refuse = (what: string): never => {
      throw new UserError(`${path}: line ${index + 1}: ${what}`)
    }
    if (columns.length !== 2) refuse(`${columns.length} columns instead of 2`)
    const [timeMs = Number.NaN, rate = Number.NaN] = columns.map((column) =>
      column.trim() === '' ? Number.NaN : Number(column),
    )
    if (!Number.isSafeInteger(timeMs)) refuse(`"${columns[0]}" is not a time in milliseconds`)
    if (!(Math.abs(rate) < 1)) refuse(`"${columns[1]}" is not a rate (0.0001 is 0.01 %)`)
    const last = funding.at(-1)
    if (last !== undefined && timeMs <= last.timeMs)
      refuse(`time ${timeMs} does not come after ${last.timeMs}`)
    funding.push({ timeMs, rate })
  }
  return funding
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UserError(`${path}: cannot be read (${messageOf(error)})`, { cause: error })
  }
}
