import { type Candle, type Timeframe, timeframeMs } from '../domain/candle.ts'
import type { MarketFilters } from '../domain/market-filters.ts'
import { VenueUnavailable } from '../errors.ts'
import { Fresh } from './fresh.ts'
import type { ListedSymbol, MarketSource, Question, QuestionOfAll } from './market-source.ts'
import { askPublic } from './public-question.ts'
import type { VenueCard } from './venue-card.ts'
import type { FeedGate } from './venue-pauses.ts'

const pricesFreshMs = 1_000
const booksFreshMs = 5_000
const volumesFreshMs = 5 * 60_000
const listingFreshMs = 10 * 60_000

/**
 * Public data of one market of a venue, fetched once for all accounts of a process. Symbols are ours: 'BTC/USDT' on spot,
 * 'BTC/USDT:USDT' on futures. Everything throws VenueUnavailable when the venue does not answer or answers nonsense;
 * nothing old is ever given for new.
 */
export interface MarketFeed {
  /** Taker fee of an account without discounts, as a ratio. */
  readonly takerFee: number
  /** Last prices of all symbols, at most a second old, in one request. */
  prices(): Promise<ReadonlyMap<string, number>>
  /** How long ago the prices that are known were asked for, in ms. */
  pricesAgeMs(): number | undefined
  /** The newest candles, oldest first, the forming one last; fewer than `limit` where history is short. */
  candles(symbol: string, timeframe: Timeframe, limit: number): Promise<readonly Candle[]>
  /** (ask − bid) / mid; undefined when a side of the book is empty. */
  spread(symbol: string): Promise<number | undefined>
  /** What the venue accepts on a symbol; undefined when it does not list it. */
  filters(symbol: string): Promise<MarketFilters | undefined>
  symbols(): Promise<readonly string[]>
  /** The `count` symbols with the largest quote volume of 24 h among those quoted in USDT, largest first. */
  topByVolume(count: number): Promise<readonly string[]>
}

/** What a feed reads from and whose time it goes by. */
export interface FeedParts {
  readonly source: MarketSource
  /** The address to ask; the simulator's for paper accounts. Undefined while there is none. */
  readonly address: () => Promise<string | undefined>
  readonly marketNow: () => number
  /** Market milliseconds per wall millisecond: what is kept ages that much faster. */
  readonly speed: number
  /** Keeps the pauses that the venue asked for; nothing is held back without it. */
  readonly gate?: FeedGate
  /** Is shown the candles that were read, and must not wait. */
  readonly onCandles?: (symbol: string, timeframe: Timeframe, candles: readonly Candle[]) => void
  /** Reads a refusal in the venue's own words. */
  readonly meaningOf?: VenueCard['meaningOf']
}

/** Opens the feed of one market. */
export function openFeed(parts: FeedParts): MarketFeed {
  const { source, address, marketNow, speed, gate, onCandles, meaningOf } = parts

  async function ask<T>(question: Question<T>): Promise<T> {
    const base = await address()
    if (base === undefined)
      throw new VenueUnavailable(`${question.path.split('?', 1)[0]}: no simulator is alive`)
    await gate?.requireOpen()
    try {
      return await askPublic(base, question, meaningOf)
    } catch (error) {
      if (error instanceof VenueUnavailable && error.code === 'rate-limited') await gate?.note(error)
      throw error
    }
  }

  const listing = new Fresh(listingFreshMs, async () => {
    const listed = await ask(source.listing)
    return {
      bySymbol: new Map(listed.map((one) => [one.filters.symbol, one])),
      byVenueSymbol: new Map(listed.map((one) => [one.venueSymbol, one])),
    }
  })

  /** An answer about all symbols, under our names; what is not listed is left out. */
  async function renamed<T>(question: QuestionOfAll<T>): Promise<Map<string, T>> {
    const [{ byVenueSymbol }, rows] = await Promise.all([listing.get(), ask(question)])
    const named = new Map<string, T>()
    for (const [venueSymbol, value] of rows) {
      const symbol = byVenueSymbol.get(venueSymbol)?.filters.symbol
      if (symbol !== undefined) named.set(symbol, value)
    }
    return named
  }

  const prices = new Fresh(pricesFreshMs, () => renamed(source.prices))
  const books = new Fresh(booksFreshMs / speed, () => renamed(source.books))
  const volumes = new Fresh(volumesFreshMs / speed, () => renamed(source.volumes))
  const candles = new Map<string, Fresh<readonly Candle[]>>()

  async function listedOrThrow(symbol: string): Promise<ListedSymbol> {
    const found = (await listing.get()).bySymbol.get(symbol)
    if (!found) throw new VenueUnavailable(`${symbol} is not listed`)
    return found
  }

  /** All candles at first, then the ones since the last that was known, which may have been forming. */
  async function newest(
    symbol: string,
    timeframe: Timeframe,
    limit: number,
    known: readonly Candle[],
  ): Promise<readonly Candle[]> {
    const { venueSymbol } = await listedOrThrow(symbol)
    const most = Math.min(limit, source.largestCandleRequest)
    const all = () => ask(source.candles({ venueSymbol, timeframe, limit: most }))
    const last = known.at(-1)
    const passed = last ? Math.floor((marketNow() - last.openTimeMs) / timeframeMs[timeframe]) : most
    const since = Math.max(0, passed) + 3
    if (!last || since >= most) return all()
    const tail = await ask(source.candles({ venueSymbol, timeframe, limit: since, fromMs: last.openTimeMs }))
    // A tail that does not begin where we left off is another history, and one that fills its limit may go on beyond it,
    // when our clock lags behind the venue's: both are read anew.
    if (tail[0]?.openTimeMs !== last.openTimeMs || tail.length >= since) return all()
    return [...known.slice(0, -1), ...tail].slice(-most)
  }

  return {
    takerFee: source.takerFee,
    prices: () => prices.get(),
    pricesAgeMs: () => prices.ageMs(),
    async candles(symbol, timeframe, limit) {
      const key = `${symbol} ${timeframe} ${limit}`
      // A forming candle is worth asking again after a sixtieth of its length, and at most every second.
      const freshMs = Math.max(1_000, timeframeMs[timeframe] / 60 / speed)
      const kept =
        candles.get(key) ??
        new Fresh<readonly Candle[]>(freshMs, async (known) => {
          const read = await newest(symbol, timeframe, limit, known ?? [])
          onCandles?.(symbol, timeframe, read)
          return read
        })
      candles.set(key, kept)
      // A candle that has closed since makes what is kept old at once.
      return kept.get((known) => marketNow() >= (known.at(-1)?.openTimeMs ?? 0) + timeframeMs[timeframe])
    },
    async spread(symbol) {
      const best = (await books.get()).get(symbol)
      if (!best || best.bid <= 0 || best.ask <= 0) return undefined
      return (best.ask - best.bid) / ((best.ask + best.bid) / 2)
    },
    filters: async (symbol) => (await listing.get()).bySymbol.get(symbol)?.filters,
    symbols: async () => [...(await listing.get()).bySymbol.keys()],
    async topByVolume(count) {
      const [{ bySymbol }, all] = await Promise.all([listing.get(), volumes.get()])
      return [...all]
        .filter(([symbol]) => bySymbol.get(symbol)?.filters.quote === 'USDT')
        .sort(([, a], [, b]) => b - a)
        .slice(0, count)
        .map(([symbol]) => symbol)
    },
  }
}
