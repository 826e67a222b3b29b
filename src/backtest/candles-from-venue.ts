import { join } from 'node:path'
import { type Candle, type Timeframe, timeframeMs } from '../domain/candle.ts'
import type { Exchange, Market } from '../domain/market.ts'
import { messageOf, UserError } from '../errors.ts'
import type { MarketSource } from '../exchange/market-source.ts'
import { marketSourceOf } from '../exchange/market-sources.ts'
import { cardsOrThrow } from '../exchange/venue-cards.ts'
import { CandleGaps, timeText } from './candles-from-venue-gaps.ts'
import { CandlePages, candleHeader, candleText, pageCandles, writeWhole } from './candles-from-venue-pages.ts'
import { PatientVenue } from './candles-from-venue-patience.ts'

/** Which candles are asked for: those that open from `fromMs` on and before `toMs`. */
export interface CandleRequest {
  readonly exchange: Exchange
  readonly market: Market
  /** 'BTC/USDT', on futures too. */
  readonly symbol: string
  readonly timeframe: Timeframe
  readonly fromMs: number
  readonly toMs: number
}

/** Where to and how. */
export interface FetchOptions {
  /** The folder that keeps what was fetched. */
  readonly folder: string
  /** The venue's own address where it is absent. */
  readonly address?: string
  /** Hears how far it is, 0–1, about twenty times, and why it waits; nothing when all of it was kept. */
  readonly onProgress?: (done: number, note?: string) => void
  readonly sleep?: (ms: number) => Promise<unknown>
}

/** A candle file of what the venue has. */
export interface FetchedCandles {
  /** `<venue>-<SYMBOL>-<timeframe>-<from>_<to>.csv`, as a backtest reads it. */
  readonly file: string
  readonly candles: number
  /** HTTP requests it took: 0 when everything was kept. */
  readonly requests: number
  /** What is missing from what was asked for, a sentence each. */
  readonly gaps: readonly string[]
}

/**
 * Candles of a venue's public past as a file: pages that were fetched before come from the folder, the others from the venue.
 * The candle that is still being made is no part of it: a candle is over once the venue shows a later one.
 * Throws UserError of one line: a market this build cannot read, a symbol that is not listed, no candles in that time, a venue
 * that does not answer three times or wants more than two and a half minutes of patience, a folder that cannot be written.
 */
export async function fetchCandles(request: CandleRequest, options: FetchOptions): Promise<FetchedCandles> {
  const { exchange, market, symbol, timeframe, fromMs, toMs } = request
  const place = `${exchange} ${market}`
  const span = `from ${timeText(fromMs)} to ${timeText(toMs)}`
  if (!(fromMs < toMs)) throw new UserError(`the time to fetch, ${span}, ends before it begins`)
  const source = sourceOf(request)
  const stepMs = timeframeMs[timeframe]
  const name = `${symbol.replace('/', '')}-${timeframe}`
  const folder = join(options.folder, `${exchange}-${market}`)
  const pages = new CandlePages(join(folder, name), stepMs)
  const tell = (note: string) => options.onProgress?.(progress, note)
  const venue = new PatientVenue({
    ...options,
    address: options.address ?? source.address,
    name: place,
    meaningOf: cardsOrThrow(request).card.meaningOf,
    tell,
  })
  const gaps = new CandleGaps(stepMs)
  let progress = 0
  let venueSymbol: string | undefined
  /** What opens before the one and after the other is not there: no symbol has been listed for ever. */
  let [beginsMs, endsMs] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]

  async function page(startMs: number): Promise<readonly Candle[]> {
    const kept = pages.read(startMs)
    if (kept) return kept
    const endMs = startMs + pages.lengthMs
    if (endMs <= beginsMs || startMs > endsMs) return []
    venueSymbol ??= await nameAtVenue()
    const asked = { venueSymbol, timeframe, limit: pageCandles + 1, fromMs: startMs }
    const answer = await venue.ask(source.candles(asked), source.pastCandlesEveryMs)
    requireOrder(answer, startMs)
    beginsMs = answer[0]?.openTimeMs ?? Number.POSITIVE_INFINITY
    if (answer.length <= pageCandles) endsMs = answer.at(-1)?.openTimeMs ?? startMs
    const over = answer.slice(0, -1).filter(({ openTimeMs }) => openTimeMs < endMs)
    await pages.keep(startMs, over)
    return over
  }

  async function nameAtVenue(): Promise<string> {
    const listed = await venue.ask(source.listing, source.pastCandlesEveryMs)
    const names = [symbol, `${symbol}:${symbol.split('/')[1]}`]
    const found = listed.find(({ filters }) => names.includes(filters.symbol))
    if (!found) throw new UserError(`${place} does not list ${symbol}`)
    return found.venueSymbol
  }

  /** Candles out of order, or of another time than was asked, are no answer. */
  function requireOrder(answer: readonly Candle[], startMs: number): void {
    let before = startMs - stepMs
    for (const { openTimeMs } of answer) {
      if (openTimeMs % stepMs !== 0 || openTimeMs <= before)
        throw new UserError(
          `${place}: ${name} has a candle of ${openTimeMs} where one after ${before} is due`,
        )
      before = openTimeMs
    }
  }

  const file = join(folder, `${exchange}-${name}-${stamp(fromMs)}_${stamp(toMs)}.csv`)
  await writeWhole(file, async (write) => {
    write(`${candleHeader}\n`)
    for (let startMs = pages.startOf(fromMs); startMs < toMs; startMs += pages.lengthMs) {
      const candles = (await page(startMs)).filter(
        ({ openTimeMs }) => openTimeMs >= fromMs && openTimeMs < toMs,
      )
      for (const { openTimeMs } of candles) gaps.add(openTimeMs)
      write(candles.map(candleText).join(''))
      const before = progress
      progress = Math.min(1, (startMs + pages.lengthMs - fromMs) / (toMs - fromMs))
      const isTold = Math.floor(progress * 20) > Math.floor(before * 20)
      if (isTold && venue.requests > 0) options.onProgress?.(progress)
    }
    if (gaps.candles === 0) throw new UserError(`${place} has no ${timeframe} candles of ${symbol} ${span}`)
  })
  const { requests } = venue
  return { file, candles: gaps.candles, requests, gaps: gaps.sentences(`${symbol} ${timeframe}`, request) }
}

function sourceOf({ exchange, market }: CandleRequest): MarketSource {
  try {
    return marketSourceOf(exchange, market)
  } catch (error) {
    throw new UserError(messageOf(error), { cause: error })
  }
}

/** A moment to the minute as it stands in the name of a file. */
function stamp(ms: number): string {
  return timeText(ms).replace(/[-:Z]/g, '')
}
