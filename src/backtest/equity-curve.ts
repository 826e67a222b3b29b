import type { BacktestRun, EquityPoint } from './result.ts'

/** So many points are kept at most; beyond it every second one goes, as far as a point a day. */
const mostPoints = 6_000

/** Between two points, in milliseconds: each a multiple of the one before it, so that a coarser curve is part of a finer. */
const intervalsMs = [60_000, 300_000, 900_000, 3_600_000, 14_400_000, 86_400_000]

/** What the account was worth over time, and the worst fall of it. Money as doubles: it is drawn, not booked. */
export class EquityCurve {
  #points: EquityPoint[] = []
  #interval = 0
  #lastSlot = Number.NEGATIVE_INFINITY
  #peak: number
  #peakMs = Number.NaN
  #drawdown = { ratio: 0, from_ms: 0, to_ms: 0 }
  readonly #last: { -readonly [K in keyof EquityPoint]: EquityPoint[K] } = {
    time_ms: Number.NaN,
    equity: 0,
    exposure: 0,
  }

  constructor(capital: number) {
    this.#peak = capital
  }

  /** Takes what the account is worth at `timeMs`, the close of a candle; `exposure` is the share that is in positions. */
  note(timeMs: number, equity: number, exposure: number): void {
    if (Number.isNaN(this.#peakMs)) this.#peakMs = timeMs
    if (equity >= this.#peak) {
      this.#peak = equity
      this.#peakMs = timeMs
    } else {
      const ratio = 1 - equity / this.#peak
      if (ratio > this.#drawdown.ratio)
        this.#drawdown = { ratio: Math.min(1, ratio), from_ms: this.#peakMs, to_ms: timeMs }
    }
    const slot = Math.floor(timeMs / (intervalsMs[this.#interval] as number))
    this.#last.time_ms = timeMs
    this.#last.equity = equity
    this.#last.exposure = exposure
    if (slot === this.#lastSlot) return
    this.#lastSlot = slot
    this.#points.push({ ...this.#last })
    if (this.#points.length > mostPoints && this.#interval < intervalsMs.length - 1) this.#thin()
  }

  /** Whether a point is to be drawn now: in between nothing is missed while the account holds no position. */
  isDue(timeMs: number): boolean {
    return Math.floor(timeMs / (intervalsMs[this.#interval] as number)) !== this.#lastSlot
  }

  /** The points; the last moment that was noted is always among them, as it was noted last. */
  get points(): readonly EquityPoint[] {
    const last = { ...this.#last }
    if (Number.isNaN(last.time_ms)) return []
    return [...this.#points.filter(({ time_ms }) => time_ms < last.time_ms), last]
  }

  /** The deepest fall from a peak, over every moment that was noted. */
  get drawdown(): BacktestRun['drawdown'] {
    return this.#drawdown
  }

  #thin(): void {
    this.#interval++
    const ms = intervalsMs[this.#interval] as number
    let lastSlot = Number.NEGATIVE_INFINITY
    this.#points = this.#points.filter(({ time_ms }) => {
      const slot = Math.floor(time_ms / ms)
      const isFirst = slot !== lastSlot
      lastSlot = slot
      return isFirst
    })
    this.#lastSlot = lastSlot
  }
}
