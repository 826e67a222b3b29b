import type { CandleBlock } from '../candles/candle-block.ts'
import { streamCandleFile } from '../candles/candle-file.ts'
import type { CandleName } from '../candles/candle-name.ts'
import { type Timeframe, timeframeMs, timeframeOf } from '../candles/timeframe.ts'
import { UserError } from '../errors.ts'

/** Candles of one symbol and length from one file or several that follow each other. */
export interface RecordedCandles {
  readonly symbol: string
  readonly timeframe: Timeframe
  readonly stepMs: number
  readonly firstMs: number
  /** The first rows, for what has to be known before anything runs. */
  readonly head: CandleBlock
  /** Reads the files from the beginning, each time it is asked. */
  stream(): AsyncGenerator<CandleBlock, void>
  /** What was missing in what has been read so far. */
  readonly gaps: { count: number; longestMs: number; atMs: number }
}

interface Opened extends CandleName {
  readonly head: CandleBlock
  readonly timeframe: Timeframe
  readonly firstMs: number
}

/**
 * Looks into the files and puts those of one symbol and length behind each other. Throws a UserError of one line when one
 * cannot be read, or its rows have no length that is known. That two overlap is found while they are read.
 */
export async function recordedCandles(names: readonly CandleName[]): Promise<RecordedCandles[]> {
  const groups = new Map<string, Opened[]>()
  for (const name of names) {
    const opened = await open(name)
    const key = `${opened.symbol} ${opened.timeframe}`
    groups.set(key, [...(groups.get(key) ?? []), opened])
  }
  return [...groups.values()].map(follow)
}

async function open(name: CandleName): Promise<Opened> {
  for await (const head of streamCandleFile(name.path, { stepMs: 0, grid: 'first' })) {
    const timeframe = name.timeframe ?? spacingOf(name, head)
    return { ...name, head, timeframe, firstMs: head.time[0] as number }
  }
  throw new UserError(`${name.path}: no candles`)
}

/** The most frequent distance of two rows. */
function spacingOf({ path }: CandleName, head: CandleBlock): Timeframe {
  const counts = new Map<number, number>()
  for (let i = 1; i < head.length; i++) {
    const ms = (head.time[i] as number) - (head.time[i - 1] as number)
    counts.set(ms, (counts.get(ms) ?? 0) + 1)
  }
  const [ms] = [...counts].reduce((most, one) => (one[1] > most[1] ? one : most), [0, 0])
  const timeframe = timeframeOf(ms)
  if (timeframe === undefined)
    throw new UserError(
      `${path}: its rows are ${ms / 1000} s apart, which is not one of ${Object.keys(timeframeMs).join(', ')}`,
    )
  return timeframe
}

function follow(files: readonly Opened[]): RecordedCandles {
  const inOrder = files.toSorted((a, b) => a.firstMs - b.firstMs)
  const [{ symbol, timeframe, firstMs, head }] = inOrder as [Opened, ...Opened[]]
  const stepMs = timeframeMs[timeframe]
  const gaps = { count: 0, longestMs: 0, atMs: 0 }
  async function* stream(): AsyncGenerator<CandleBlock, void> {
    Object.assign(gaps, { count: 0, longestMs: 0, atMs: 0 })
    let lastMs = Number.NaN
    let lastPath = ''
    for (const { path } of inOrder) {
      for await (const block of streamCandleFile(path, { stepMs, grid: 'first' })) {
        const blockMs = block.time[0] as number
        if (blockMs <= lastMs)
          throw new UserError(
            `${path}: overlaps ${lastPath} (${symbol} ${timeframe}): it begins at ${blockMs}, and that ends at ${lastMs}`,
          )
        countGaps(block, lastMs, stepMs, gaps)
        lastMs = block.time[block.length - 1] as number
        lastPath = path
        yield block
      }
    }
  }
  return { symbol, timeframe, stepMs, firstMs, head, stream, gaps }
}

function countGaps(
  block: CandleBlock,
  beforeMs: number,
  stepMs: number,
  gaps: RecordedCandles['gaps'],
): void {
  let lastMs = beforeMs
  for (let i = 0; i < block.length; i++) {
    const timeMs = block.time[i] as number
    const missingMs = timeMs - lastMs - stepMs
    if (missingMs > 0) {
      gaps.count += 1
      if (missingMs > gaps.longestMs) {
        gaps.longestMs = missingMs
        gaps.atMs = lastMs + stepMs
      }
    }
    lastMs = timeMs
  }
}

/** What was missing in candles that have been read to their end, a sentence for each symbol with gaps. */
export function gapSentences(
  walked: readonly Pick<RecordedCandles, 'symbol' | 'timeframe' | 'gaps'>[],
): string[] {
  return walked
    .filter(({ gaps }) => gaps.count > 0)
    .map(
      ({ symbol, timeframe, gaps }) =>
        `${symbol} ${timeframe}: ${gaps.count} gaps, the longest of ${gaps.longestMs / 60_000} min from ${new Date(gaps.atMs).toISOString()} on`,
    )
}
