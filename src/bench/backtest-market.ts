import { type CandleBlock, newBlock } from '../candles/candle-block.ts'

/** When the first candle opens, and how long each is. */
const startMs = 1_600_000_020_000
const minuteMs = 60_000

/** Candles of one minute that walk at random, with a drift that turns every 12 hours: the same for the same number. */
export function backtestMarket(candles: number): CandleBlock {
  const draw = generator(20_240_101)
  const block = newBlock(candles)
  let price = 30_000
  let drift = 0
  for (let i = 0; i < candles; i++) {
    if (i % 720 === 0) drift = (draw() - 0.5) * 2e-4
    const open = price
    const close = open * (1 + drift + (draw() + draw() + draw() - 1.5) * 0.0016)
    block.time[i] = startMs + i * minuteMs
    block.open[i] = open
    block.high[i] = Math.max(open, close) * (1 + draw() * 0.0006)
    block.low[i] = Math.min(open, close) * (1 - draw() * 0.0006)
    block.close[i] = close
    block.volume[i] = 1 + draw() * 10
    price = close
  }
  block.length = candles
  return block
}

/** Mulberry32. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A moving average over a ring: both sides' strategy reads two of them. */
export class MovingAverage {
  readonly #period: number
  readonly #ring: Float64Array
  #next = 0
  #seen = 0
  #sum = 0

  constructor(period: number) {
    this.#period = period
    this.#ring = new Float64Array(period)
  }

  /** Takes the next value and returns the mean; NaN before there are enough. */
  next(value: number): number {
    const place = this.#next
    this.#sum += value - (this.#ring[place] as number)
    this.#ring[place] = value
    this.#next = place + 1 === this.#period ? 0 : place + 1
    if (this.#seen < this.#period) this.#seen++
    return this.#seen === this.#period ? this.#sum / this.#period : Number.NaN
  }
}

/** Says 1 where the fast average comes from below the slow one, −1 where it comes from above. */
export function crossing(): (close: number) => -1 | 0 | 1 {
  const [fast, slow] = [new MovingAverage(20), new MovingAverage(50)]
  let [fastBefore, slowBefore] = [Number.NaN, Number.NaN]
  return (close) => {
    const [a, z] = [fast.next(close), slow.next(close)]
    const said = fastBefore <= slowBefore && a > z ? 1 : fastBefore >= slowBefore && a < z ? -1 : 0
    fastBefore = a
    slowBefore = z
    return said
  }
}
