import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Candle } from '../domain/candle.ts'
import { messageOf, UserError } from '../errors.ts'

/** The first line of every candle file. */
export const candleHeader = 'time_ms,open,high,low,close,volume'

/** So many candles are asked for, kept and read together; one more than a page proves to be over what came before it. */
export const pageCandles = 999

/**
 * Pages of a venue's past on disk, one file each. Only a whole page is kept, under its name at once, so that what is read
 * is all of it or nothing; a page with a hole is asked for again, for the venue may fill it.
 */
export class CandlePages {
  readonly #folder: string
  readonly #stepMs: number

  constructor(folder: string, stepMs: number) {
    this.#folder = folder
    this.#stepMs = stepMs
  }

  /** Where the page begins that holds this moment. */
  startOf(timeMs: number): number {
    return Math.floor(timeMs / this.lengthMs) * this.lengthMs
  }

  get lengthMs(): number {
    return pageCandles * this.#stepMs
  }

  /** The candles of a page; undefined when it is not kept, or not whole. */
  read(startMs: number): Candle[] | undefined {
    let text: string
    try {
      text = readFileSync(this.#fileOf(startMs), 'utf8')
    } catch {
      return undefined
    }
    const [header, ...rows] = text.trimEnd().split('\n')
    const candles = rows.map(candleOf)
    return header === candleHeader && this.#isWhole(startMs, candles) ? candles : undefined
  }

  /** Keeps the page when nothing is missing from it. Throws UserError when the folder cannot be written. */
  async keep(startMs: number, candles: readonly Candle[]): Promise<void> {
    if (!this.#isWhole(startMs, candles)) return
    await writeWhole(this.#fileOf(startMs), (write) =>
      write(`${candleHeader}\n${candles.map(candleText).join('')}`),
    )
  }

  #fileOf(startMs: number): string {
    return join(this.#folder, `${startMs}.csv`)
  }

  #isWhole(startMs: number, candles: readonly Candle[]): boolean {
    return (
      candles.length === pageCandles &&
      candles.every((candle, i) => candle.openTimeMs === startMs + i * this.#stepMs && candle.low > 0)
    )
  }
}

/**
 * Lets a file appear only when all of it is written; of one that fails nothing stays. Throws UserError when it cannot be
 * written, and whatever `fill` throws.
 */
export async function writeWhole(
  file: string,
  fill: (write: (text: string) => void) => Promise<void> | void,
): Promise<void> {
  const partial = `${file}.${process.pid}.partial`
  const guarded = <T>(act: () => T): T => {
    try {
      return act()
    } catch (error) {
      throw new UserError(`${file} cannot be written: ${messageOf(error)}`, { cause: error })
    }
  }
  const handle = guarded(() => {
    mkdirSync(dirname(file), { recursive: true })
    return openSync(partial, 'w')
  })
  try {
    await fill((text) => guarded(() => writeFileSync(handle, text)))
    guarded(() => renameSync(partial, file))
  } finally {
    closeSync(handle)
    rmSync(partial, { force: true })
  }
}

/** A candle as a line of a candle file. */
export function candleText({ openTimeMs, open, high, low, close, volume }: Candle): string {
  return `${openTimeMs},${[open, high, low, close, volume].map(plain).join(',')}\n`
}

function candleOf(line: string): Candle {
  const [openTimeMs = Number.NaN, open = 0, high = 0, low = 0, close = 0, volume = 0] = line
    .split(',')
    .map(Number)
  return { openTimeMs, open, high, low, close, volume }
}

/** A number without an exponent: a coin may cost less than a millionth. */
function plain(value: number): string {
  const text = String(value)
  return text.includes('e') ? value.toFixed(20).replace(/\.?0+$/, '') : text
}
