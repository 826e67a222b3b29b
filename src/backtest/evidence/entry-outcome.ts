import type { Candle } from '../../domain/candle.ts'
import { stopsFor } from '../../domain/entries/stops.ts'
import { type ExitRules, exitRulesFor } from '../../domain/exits/exit-rules.ts'
import { smartExitCandles } from '../../domain/exits/smart-exit.ts'
import { roundQuantity } from '../../domain/market-filters.ts'
import { entrySide, type Side } from '../../domain/side.ts'
import { Books } from '../books.ts'
import type { Leave } from '../candle-path.ts'
import type { OpenPosition } from '../open-position.ts'
import { PositionWatch, type Watched } from '../position-watch.ts'
import { type RunTerms, slipped } from '../terms.ts'
import type { Bar, MarketRecord } from './market-record.ts'

/** What an entry comes to: profit ÷ entry cost, after fees. */
export interface EntryOutcome {
  readonly profitRatio: number
  /** The bar that it was left in. */
  readonly lastBar: number
}

/** Worth of each entry in quote: every venue takes that much, and most of it in whole steps. */
const notional = 10_000

/**
 * What becomes of an entry at the open of a bar that is left by the exits of the settings, alone in the account, as a run of
 * the backtest would have it. Stops are those of the settings; what a signal asks for itself is left aside, so that every
 * entry is left by the same rules. Undefined when it is still open at the end of the record.
 */
export class EntryOutcomes {
  readonly #record: MarketRecord
  readonly #terms: RunTerms
  readonly #rules: ExitRules
  readonly #known: Record<Side, (EntryOutcome | undefined)[]> = { long: [], short: [] }

  constructor(record: MarketRecord, terms: RunTerms) {
    this.#record = record
    this.#terms = { ...terms, capital: 2 * notional }
    this.#rules = exitRulesFor(terms.settings, record.filters, terms.market)
  }

  /** Each is reckoned once. */
  at(bar: number, side: Side): EntryOutcome | undefined {
    const known = this.#known[side]
    if (!(bar in known)) known[bar] = this.#reckon(bar, side)
    return known[bar]
  }

  #reckon(from: number, side: Side): EntryOutcome | undefined {
    const { bars, stepMs } = this.#record
    const books = new Books(this.#terms)
    const leave: Leave = (position, exit, timeMs) => books.leave(position, exit, timeMs)
    const watch = new PositionWatch(this.#terms, books, leave)
    const market = new WatchedBars(bars)
    const position = this.#open(books, from, side)
    for (let at = from; at < bars.length; at++) {
      const { openMs } = bars[at] as Bar
      market.open(at)
      if (at > from) watch.open(market, position, openMs)
      if (books.finished.length === 0 && watch.walk(market, position, openMs, openMs + stepMs)) {
        market.close()
        watch.review(market, position, openMs + stepMs)
      }
      const [finished] = books.finished
      if (finished) return { profitRatio: finished.trade.profit_ratio, lastBar: at }
    }
    return undefined
  }

  #open(books: Books, at: number, side: Side): OpenPosition {
    const { symbol, filters, bars } = this.#record
    const { settings, slippage } = this.#terms
    const { open, openMs, atr, regime } = bars[at] as Bar
    const { tick } = this.#rules
    const { stopLoss, takeProfit } = stopsFor({ side, entryPrice: open, tick, atr, regime, settings })
    const price = slipped(open, entrySide(side), slippage)
    return books.open({
      state: {
        positionId: '1',
        symbol,
        side,
        entryPrice: price,
        quantity: roundQuantity(String(notional / price), filters),
        bestPrice: price,
        stopLoss,
        takeProfit,
        takenLevels: [],
        openedAtMs: openMs,
        reevaluatedAtMs: 0,
      },
      rules: this.#rules,
      leverage: 1,
      source: '',
      confidence: 1,
      entryTimeMs: openMs,
      price,
    })
  }
}

/** The bars of a record as a watch sees the track of a run. */
class WatchedBars implements Watched {
  readonly #bars: readonly Bar[]
  readonly detail = undefined
  readonly funding = []
  fundedTo = 0
  position: OpenPosition | undefined
  price = Number.NaN
  #at = 0
  #isClosed = false

  constructor(bars: readonly Bar[]) {
    this.#bars = bars
  }

  open(at: number): void {
    this.#at = at
    this.#isClosed = false
    this.price = this.#bar.open
  }

  close(): void {
    this.#isClosed = true
    this.price = this.#bar.close
  }

  get #bar(): Bar {
    return this.#bars[this.#at] as Bar
  }

  get low(): number {
    return this.#bar.low
  }

  get high(): number {
    return this.#bar.high
  }

  /** Hours that close with a bar are known at the open of the next one. */
  numbers(): Pick<Bar, 'atr' | 'regime'> {
    return this.#bars[this.#at + (this.#isClosed ? 1 : 0)] ?? this.#bar
  }

  get fives(): readonly Candle[] {
    const end = this.#at + (this.#isClosed ? 1 : 0)
    return this.#bars
      .slice(Math.max(0, end - smartExitCandles), end)
      .map(({ openMs, open, high, low, close, volume }) => ({
        openTimeMs: openMs,
        open,
        high,
        low,
        close,
        volume,
      }))
  }
}
