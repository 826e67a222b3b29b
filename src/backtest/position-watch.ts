import { Decimal } from '../domain/decimal.ts'
import { reevaluate } from '../domain/exits/reevaluate.ts'
import { smartExit } from '../domain/exits/smart-exit.ts'
import type { MarketNumbers } from '../domain/market/market-numbers.ts'
import type { Books } from './books.ts'
import { atOpen, type Leave, walkCandle } from './candle-path.ts'
import type { OpenPosition } from './open-position.ts'
import type { RunTerms } from './terms.ts'
import type { Track } from './track.ts'

const fiveMs = 300_000

/** What a watch reads of a track. */
export interface Watched extends Pick<Track, 'detail' | 'funding' | 'fundedTo' | 'fives'> {
  price: number
  position: OpenPosition | undefined
  /** Of the candle that is being walked. */
  readonly low: number
  readonly high: number
  numbers(): Pick<MarketNumbers, 'atr' | 'regime'>
}

/** Watches the open position of a track, at the open of a candle, on the way through it and at its close. */
export class PositionWatch {
  readonly #terms: RunTerms
  readonly #books: Books
  readonly #leave: Leave

  constructor(terms: RunTerms, books: Books, leave: Leave) {
    this.#terms = terms
    this.#books = books
    this.#leave = leave
  }

  /** At the first price of a candle: funding is paid, and what is due leaves. */
  open(track: Watched, position: OpenPosition, nowMs: number): void {
    if (track.funding.length > 0) this.#fund(track, position, nowMs)
    const hints = position.smartExit === undefined ? undefined : { smartExit: position.smartExit }
    position.smartExit = undefined
    if (atOpen(position, track.price, nowMs, this.#leave, hints)) position.noteStop(nowMs)
    else track.position = undefined
  }

  /** Through the candle that ends. False when the position is gone. */
  walk(track: Watched, position: OpenPosition, openMs: number, closeMs: number): boolean {
    const { detail } = track
    if (detail !== undefined && detail.cursor.timeMs < closeMs)
      return this.#walkDetail(detail, track, position, closeMs)
    return walkCandle(position, track.low, track.high, openMs, this.#leave)
  }

  /** Walks the shorter candles inside. */
  #walkDetail(
    { cursor, stepMs }: NonNullable<Track['detail']>,
    track: Watched,
    position: OpenPosition,
    closeMs: number,
  ): boolean {
    for (; cursor.timeMs < closeMs; cursor.advance()) {
      const { block, at, timeMs } = cursor
      if (!atOpen(position, block.open[at] as number, timeMs, this.#leave)) return false
      const [low, high] = [block.low[at] as number, block.high[at] as number]
      if (!walkCandle(position, low, high, timeMs, this.#leave)) return false
      position.noteStop(timeMs + stepMs)
      track.price = block.close[at] as number
      if (timeMs + stepMs < closeMs) this.review(track, position, timeMs + stepMs)
    }
    return true
  }

  /** At each 5 m close, as the monitor does: stops and targets are read again, and SmartExit is asked. */
  review(track: Watched, position: OpenPosition, nowMs: number): void {
    const { rules } = position
    const candleOpenTimeMs = Math.floor(nowMs / fiveMs) * fiveMs - fiveMs
    const { state } = position
    const isNew = candleOpenTimeMs > state.reevaluatedAtMs && candleOpenTimeMs >= state.openedAtMs
    if (rules.dynamicStops && isNew) {
      const { atr, regime } = track.numbers()
      position.become(reevaluate(state, { candleOpenTimeMs, price: track.price, atr, regime }, rules).state)
    }
    if (
      rules.smartExit &&
      candleOpenTimeMs >= state.openedAtMs &&
      track.fives.at(-1)?.openTimeMs === candleOpenTimeMs
    )
      position.smartExit = smartExit(state.side, track.fives, this.#terms.smartExitLayers)
    position.noteStop(nowMs)
  }

  #fund(track: Watched, position: OpenPosition, nowMs: number): void {
    const { funding } = track
    while (track.fundedTo < funding.length) {
      const due = funding[track.fundedTo] as Track['funding'][number]
      if (due.timeMs > nowMs) return
      track.fundedTo += 1
      if (due.timeMs <= position.opening.entryTimeMs) continue
      const notional = new Decimal(position.quantity).times(track.price)
      this.#books.fund(position, notional.times(due.rate).times(-position.direction))
    }
  }
}
