import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { BacktestTerms } from '../../domain/backtest.ts'
import { type Timeframe, timeframeMs } from '../../domain/candle.ts'
import { UserError } from '../../errors.ts'
import { fetchCandles } from '../candles-from-venue.ts'

/** What decisions read of the time before a run: 200 days for the slowest of them, and some more. */
const historyMs = 250 * timeframeMs['1d']
/** What a strategy is shown of the time before, in the candles that are walked. */
export const warmupMs = 3 * timeframeMs['1d']
const fundingEveryMs = 8 * timeframeMs['1h']

/** The files of a run, and what is missing in them. */
interface Gathered {
  readonly candles: readonly string[]
  readonly funding: readonly string[]
  readonly notes: readonly string[]
}

/** Where candles come from and how. */
interface GatherOptions {
  /** An empty folder that goes when the run is over. */
  readonly folder: string
  /** The simulator's address for paper; the venue's own where it is absent. */
  readonly address?: string
  readonly signal: AbortSignal
  /** Asked before each symbol: throws while the venue takes no requests. */
  readonly requireOpen: () => Promise<void>
  /** Hears how far it is, 0–1, and of what. */
  readonly tell: (done: number, doing: string) => void
}

/**
 * Fetches the candles of a run from where its account trades: those that are walked, from three days before on, and of 1 h the
 * 250 days before, as far as the venue has them. Funding, where there is any, is one rate every eight hours.
 * Throws UserError of one line, or the signal's reason.
 */
export async function gather(
  terms: BacktestTerms,
  symbols: readonly string[],
  options: GatherOptions,
): Promise<Gathered> {
  const { folder, address, signal, requireOpen, tell } = options
  const [fromMs, toMs] = [Date.parse(terms.from), Date.parse(terms.to)]
  const candles: string[] = []
  const notes: string[] = []
  const place = { exchange: terms.exchange, market: terms.market }

  async function fetch(symbol: string, timeframe: Timeframe, beginMs: number, endMs: number) {
    return fetchCandles(
      { ...place, symbol, timeframe, fromMs: beginMs, toMs: endMs },
      {
        folder,
        ...(address !== undefined && { address }),
        // The simulator counts requests as its venue does, but it is ours: a fifth of the time between two is enough.
        sleep: (ms) => wait(address !== undefined && ms < 1_000 ? ms / 5 : ms, undefined, { signal }),
        onProgress: (_done, note) => note !== undefined && tell(done(), note),
      },
    )
  }
  const done = () => candles.length / (2 * symbols.length)

  for (const symbol of symbols) {
    signal.throwIfAborted()
    await requireOpen()
    tell(done(), `fetching the candles of ${symbol}`)
    const walked = await fetch(symbol, terms.timeframe, fromMs - warmupMs, toMs)
    candles.push(walked.file)
    notes.push(...walked.gaps.filter((gap) => !gap.includes('the venue has nothing before')))
    const hours = await fetch(symbol, '1h', fromMs - historyMs, fromMs).catch((error) => {
      signal.throwIfAborted()
      if (!(error instanceof UserError)) throw error
      notes.push(`${symbol} has no history: ${error.message}`)
    })
    if (hours) candles.push(hours.file)
  }
  const funding =
    terms.market === 'futures' && terms.fundingRate !== 0
      ? symbols.map((symbol) => fundingFile(folder, symbol, terms.fundingRate, fromMs, toMs))
      : []
  if (funding.length > 0) notes.push(`funding is taken to be ${terms.fundingRate * 100} % every eight hours`)
  return { candles, funding, notes }
}

/** One rate at every eighth hour of the span. */
function fundingFile(folder: string, symbol: string, rate: number, fromMs: number, toMs: number): string {
  const rows = ['time_ms,funding_rate']
  for (let at = Math.ceil(fromMs / fundingEveryMs) * fundingEveryMs; at < toMs; at += fundingEveryMs)
    rows.push(`${at},${rate}`)
  const file = join(folder, `${symbol.replace('/', '')}-funding.csv`)
  writeFileSync(file, `${rows.join('\n')}\n`)
  return file
}
