import { type Candle, type Timeframe, timeframeMs } from '../domain/candle.ts'

/** Told of each candle of a rung when it closes, oldest first. */
export type OnClose = (candle: Candle, timeframe: Timeframe) => void

/** One length of candles: those that have closed, and the one being made. */
interface Rung {
  readonly timeframe: Timeframe
  readonly ms: number
  /** Closed ones, oldest first; between `keep` and twice as many. */
  readonly closed: Candle[]
  readonly keep: number
  lastOpenMs: number
  /** Opening time of the candle being made; NaN for none. */
  openMs: number
  /** It began in the middle of the first one: what was before is not known, so it is never shown. */
  isPartial: boolean
  open: number
  high: number
  low: number
  close: number
  volume: number
}

/**
 * The candles of one symbol in every length that somebody reads, made from the shortest one as it closes: nothing is ever
 * seen of a candle that is not over. Longer candles that are recorded beside may be put in too; where both know a candle, the
 * first to come counts.
 */
export class CandleLadder {
  readonly #rungs: readonly Rung[]
  readonly #onClose: OnClose

  /** `keeps` is how many closed candles of each length are to be had at any time, at least. */
  constructor(keeps: ReadonlyMap<Timeframe, number>, onClose: OnClose) {
    this.#onClose = onClose
    this.#rungs = [...keeps].map(([timeframe, keep]) => newRung(timeframe, keep)).sort((a, b) => a.ms - b.ms)
  }

  /** The lists, which grow in place. */
  get lists(): Partial<Record<Timeframe, readonly Candle[]>> {
    return Object.fromEntries(this.#rungs.map(({ timeframe, closed }) => [timeframe, closed]))
  }

  /** Takes the next closed candle of the shortest length, `openMs` to `closeMs`. */
  take(
    openMs: number,
    closeMs: number,
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number,
  ): void {
    this.#feed(0, openMs, closeMs, open, high, low, close, volume)
  }

  /** Takes a recorded candle of a length of its own. */
  put(timeframe: Timeframe, candle: Candle): void {
    const index = this.#rungs.findIndex((rung) => rung.timeframe === timeframe)
    if (index !== -1) this.#show(index, candle)
  }

  /** Closes what is over at `nowMs` though its last rows never came. */
  settle(nowMs: number): void {
    for (let i = 0; i < this.#rungs.length; i++) {
      const rung = this.#rungs[i] as Rung
      if (nowMs >= rung.openMs + rung.ms) this.#finish(i)
    }
  }

  #feed(
    index: number,
    openMs: number,
    closeMs: number,
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number,
  ): void {
    const rung = this.#rungs[index]
    if (rung === undefined) return
    const bucketMs = openMs - (openMs % rung.ms)
    if (rung.openMs !== bucketMs) {
      if (!Number.isNaN(rung.openMs)) this.#finish(index)
      // The first is whole when nothing of it is missing before its first row.
      rung.isPartial = rung.lastOpenMs === Number.NEGATIVE_INFINITY && openMs - bucketMs >= closeMs - openMs
      rung.openMs = bucketMs
      rung.open = open
      rung.high = high
      rung.low = low
      rung.volume = volume
    } else {
      if (high > rung.high) rung.high = high
      if (low < rung.low) rung.low = low
      rung.volume += volume
    }
    rung.close = close
    if (closeMs >= bucketMs + rung.ms) this.#finish(index)
  }

  #finish(index: number): void {
    const rung = this.#rungs[index] as Rung
    const { openMs, open, high, low, close, volume, isPartial } = rung
    rung.openMs = Number.NaN
    if (!isPartial) this.#show(index, { openTimeMs: openMs, open, high, low, close, volume })
  }

  #show(index: number, candle: Candle): void {
    const rung = this.#rungs[index] as Rung
    if (candle.openTimeMs <= rung.lastOpenMs) return
    rung.lastOpenMs = candle.openTimeMs
    rung.closed.push(candle)
    if (rung.closed.length > 2 * rung.keep) rung.closed.splice(0, rung.keep)
    const { openTimeMs, open, high, low, close, volume } = candle
    this.#feed(index + 1, openTimeMs, openTimeMs + rung.ms, open, high, low, close, volume)
    this.#onClose(candle, rung.timeframe)
  }
}

function newRung(timeframe: Timeframe, keep: number): Rung {
  return {
    timeframe,
    ms: timeframeMs[timeframe],
    closed: [],
    keep,
    lastOpenMs: Number.NEGATIVE_INFINITY,
    openMs: Number.NaN,
    isPartial: false,
    open: 0,
    high: 0,
    low: 0,
    close: 0,
    volume: 0,
  }
}
