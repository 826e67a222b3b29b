import { between, bridge, folded, highest, indexOfMost, shares } from './bridge.ts'
import { fatNormal, hash, normal, uniform } from './noise.ts'
import { type SyntheticCoin, syntheticCoins } from './synthetic-coins.ts'
import { firstHour, SyntheticHours } from './synthetic-hours.ts'

/** A stretch of the synthetic path: log prices, the standard deviation it was drawn with, its jump, and its volume in whole lots. */
export interface Stretch {
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly deviation: number
  readonly jump: number
  readonly lots: number
}

const level = { five: 20, minute: 40, second: 60 } as const
const fivesPerDay = 288

/**
 * Refines the hourly skeleton down to seconds: each hour's return is divided over twelve 5-minute stretches by a
 * Brownian bridge whose volatility clusters, each of these over minutes, and each minute over 60 seconds. A finer level
 * is bound by the coarser one (it ends where that ends and touches its high and low), so all timeframes agree.
 */
export class SyntheticPath {
  readonly #seed: number
  readonly #hours: SyntheticHours
  readonly #days: Map<number, readonly Stretch[]>[] = syntheticCoins.map(() => new Map())
  readonly #minutes: { five: number; stretches: readonly Stretch[] }[] = []
  readonly #seconds: { minute: number; ticks: Float64Array }[] = []

  constructor(seed: number) {
    this.#seed = seed
    this.#hours = new SyntheticHours(seed)
  }

  /** The 5-minute stretch with this number since the Unix epoch. */
  five(coin: number, five: number): Stretch {
    const day = Math.floor(five / fivesPerDay)
    const days = this.#days[coin] as Map<number, readonly Stretch[]>
    let stretches = days.get(day)
    if (stretches === undefined) {
      if (day * 24 < firstHour) throw new RangeError('the synthetic market begins on 2020-01-01')
      stretches = Array.from({ length: 24 }, (_, hour) => this.#fivesOf(coin, day * 24 + hour)).flat()
      days.set(day, stretches)
    }
    return stretches[five - day * fivesPerDay] as Stretch
  }

  /** The minute with this number since the Unix epoch. */
  minute(coin: number, minute: number): Stretch {
    const five = Math.floor(minute / 5)
    let cached = this.#minutes[coin]
    if (cached?.five !== five) {
      cached = { five, stretches: this.#minutesOf(coin, five) }
      this.#minutes[coin] = cached
    }
    return cached.stretches[minute - five * 5] as Stretch
  }

  /** The 60 log prices of a minute, one per second: the first is its open, the last its close. */
  seconds(coin: number, minute: number): Float64Array {
    let cached = this.#seconds[coin]
    if (cached?.minute !== minute) {
      cached = { minute, ticks: this.#secondsOf(coin, minute) }
      this.#seconds[coin] = cached
    }
    return cached.ticks
  }

  #fivesOf(coin: number, hour: number): Stretch[] {
    const seed = this.#seed
    const { turnover, lotDecimals, hourlyVolatility } = syntheticCoins[coin] as SyntheticCoin
    const open = this.#hours.close(coin, hour - 1)
    const jump = this.#hours.jump(coin, hour)
    const jumpsIn = hash(seed, coin, level.five, hour) % 12
    const halves = [0, 1, 2].map((half) => normal(seed, coin, level.five + 1, hour * 2 + half))
    const weights = Array.from({ length: 12 }, (_, k) => {
      const slow = between(
        halves[Math.floor(k / 6)] as number,
        halves[Math.floor(k / 6) + 1] as number,
        (k % 6) / 6,
      )
      return Math.exp(2 * (0.46 * slow + 0.22 * normal(seed, coin, level.five + 2, hour * 12 + k)))
    })
    const closes = bridge(
      weights,
      this.#hours.close(coin, hour) - open - jump,
      this.#hours.volatility(coin, hour),
      (k) => fatNormal(seed, coin, level.five + 3, hour * 12 + k, 0.3),
    )
    let from = open
    return closes.map(({ change, deviation }, k) => {
      const index = hour * 12 + k
      const part = k === jumpsIn ? jump : 0
      const to = from + change + part
      const usual = hourlyVolatility / Math.sqrt(12)
      const busy =
        Math.log(deviation / usual) * 0.9 +
        0.34 * Math.log(0.15 + Math.abs(to - from) / usual) +
        0.5 * normal(seed, coin, level.five + 4, index)
      const lots = Math.max(
        1,
        Math.round((turnover * Math.exp(busy + 0.25) * 10 ** lotDecimals) / Math.exp(to)),
      )
      const stretch = {
        open: from,
        high: from + highest(to - from, deviation, uniform(seed, coin, level.five + 5, index)),
        low: from - highest(from - to, deviation, uniform(seed, coin, level.five + 6, index)),
        close: to,
        deviation,
        jump: part,
        lots,
      }
      from = to
      return stretch
    })
  }

  #minutesOf(coin: number, five: number): Stretch[] {
    const seed = this.#seed
    const parent = this.five(coin, five)
    const at = (k: number) => five * 5 + k
    const jumpsIn = hash(seed, coin, level.minute, five) % 5
    const weights = [0, 1, 2, 3, 4].map((k) =>
      Math.exp(2 * 0.34 * normal(seed, coin, level.minute + 1, at(k))),
    )
    const parts = bridge(weights, parent.close - parent.open - parent.jump, parent.deviation, (k) =>
      fatNormal(seed, coin, level.minute + 2, at(k), 0.35),
    )
    const ends: number[] = [parent.open]
    for (const [k, part] of parts.entries()) {
      const next = (ends[k] as number) + part.change + (k === jumpsIn ? parent.jump : 0)
      ends.push(k === 4 ? parent.close : folded(next, parent.low, parent.high))
    }
    const bodies = parts.map((part, k) => {
      const [open, close] = [ends[k] as number, ends[k + 1] as number]
      const up = highest(close - open, part.deviation, uniform(seed, coin, level.minute + 3, at(k)))
      const down = highest(open - close, part.deviation, uniform(seed, coin, level.minute + 4, at(k)))
      return { open, close, high: open + up, low: open - down, deviation: part.deviation }
    })
    const top = indexOfMost(bodies.map((body) => body.high))
    const bottom = indexOfMost(bodies.map((body) => -body.low))
    const busy = bodies.map(
      (body, k) =>
        (0.3 + Math.abs(body.close - body.open) / body.deviation) *
        Math.exp(0.6 * normal(seed, coin, level.minute + 5, at(k))),
    )
    const lots = shares(parent.lots, busy)
    return bodies.map((body, k) => ({
      ...body,
      high: k === top ? parent.high : Math.min(body.high, parent.high),
      low: k === bottom ? parent.low : Math.max(body.low, parent.low),
      jump: 0,
      lots: lots[k] as number,
    }))
  }

  #secondsOf(coin: number, minute: number): Float64Array {
    const seed = this.#seed
    const { open, high, low, close, deviation } = this.minute(coin, minute)
    const ticks = new Float64Array(60)
    const parts = bridge(new Array<number>(59).fill(1), close - open, deviation, (k) =>
      fatNormal(seed, coin, level.second, minute * 60 + k, 0.4),
    )
    ticks[0] = open
    for (let k = 1; k < 59; k++) {
      const next = (ticks[k - 1] as number) + (parts[k - 1] as { change: number }).change
      ticks[k] = folded(next, low, high)
    }
    ticks[59] = close
    const inner = [...ticks.subarray(1, 59)]
    const top = 1 + indexOfMost(inner)
    const bottom = 1 + indexOfMost(inner.map((tick, k) => (k + 1 === top ? Number.NEGATIVE_INFINITY : -tick)))
    if (high > Math.max(open, close)) ticks[top] = high
    if (low < Math.min(open, close)) ticks[bottom] = low
    return ticks
  }
}
