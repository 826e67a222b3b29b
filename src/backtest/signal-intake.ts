import { timeframeMs } from '../domain/candle.ts'
import { signalLifetimeMs } from '../domain/signal.ts'
import { type LiveSignal, SignalBook } from './signal-book.ts'
import type { FileSignal, SignalOrigin } from './signal-origin.ts'
import type { SkippedSignals } from './skipped-signals.ts'
import type { OnTrackClose, Track } from './track.ts'

const hourMs = 3_600_000

/**
 * Puts what the origin says into the book. What a strategy says lives three of its candles, or as long as that source's
 * signals live, but never less than a candle; a row of a file lives an hour from the close of its candle, and never less than
 * a candle.
 */
export class SignalIntake {
  readonly book = new SignalBook()
  readonly #origin: SignalOrigin
  readonly #skipped: SkippedSignals
  /** Rows of a file that the candles of this close hold. */
  #heard: { readonly row: FileSignal; readonly lifeMs: number }[] = []
  /** Rows of a file that nothing was decided on yet. */
  readonly #undecided = new Set<LiveSignal>()

  constructor(origin: SignalOrigin, skipped: SkippedSignals) {
    this.#origin = origin
    this.#skipped = skipped
  }

  /** Who asks the strategy about a new track, at each close of its timeframe; nobody where the signals are in a file. */
  listener(): OnTrackClose | undefined {
    if (this.#origin.kind === 'file') return undefined
    const { source, strategy } = this.#origin
    const run = strategy.start()
    const stepMs = timeframeMs[strategy.timeframe]
    const lifeMs = Math.max(signalLifetimeMs(source, stepMs), stepMs)
    return (track, candle, timeframe) => {
      if (timeframe !== strategy.timeframe) return
      const nowMs = candle.openTimeMs + stepMs
      const said = run({ symbol: track.symbol, nowMs, candles: track.lists, candle })
      if (said === undefined) return
      const fresh = this.book.say({ ...said, source }, nowMs, lifeMs)
      if (fresh !== undefined) track.record.expect(fresh, candle.close)
    }
  }

  /** The rows of the file that lie inside the candle; a row from before the first candle is never heard. */
  hear(track: Track, openMs: number, closeMs: number): void {
    const { rows } = track
    for (let row = rows[track.heard]; row !== undefined && row.timeMs < closeMs; row = rows[track.heard]) {
      track.heard += 1
      const isLost = row.timeMs < openMs && closeMs - row.timeMs > hourMs
      if (isLost) this.#skipped.tellUnheard(row.timeMs, row)
      else this.#heard.push({ row, lifeMs: Math.max(hourMs, track.stepMs) })
    }
  }

  /** Says what was heard of every symbol at this close, the oldest first, as the cluster decides it. */
  sayHeard(nowMs: number): void {
    if (this.#heard.length === 0) return
    const { source } = this.#origin
    for (const { row, lifeMs } of this.#heard.sort((a, b) => a.row.timeMs - b.row.timeMs)) {
      const signal = this.book.sayAnew({ ...row, source }, nowMs, lifeMs)
      if (signal !== undefined) this.#undecided.add(signal)
    }
    this.#heard = []
  }

  /** Hears that a signal has been decided on. */
  settle(signal: LiveSignal): void {
    this.#undecided.delete(signal)
  }

  /** At the end of the run: tells of what no candle came for. */
  tellUnheard(tracks: readonly Track[]): void {
    for (const signal of this.#undecided) this.#skipped.tellUnheard(signal.createdAtMs, signal)
    for (const { rows, heard } of tracks)
      for (const row of rows.slice(heard)) this.#skipped.tellUnheard(row.timeMs, row)
    this.#skipped.sort()
  }
}
