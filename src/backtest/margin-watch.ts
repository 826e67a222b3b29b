import { evaluateExit } from '../domain/exits/evaluate.ts'
import type { Books } from './books.ts'
import type { Leave } from './candle-path.ts'
import { judgeAccount, liquidatedOnTheWay } from './margin.ts'
import type { OpenPosition } from './open-position.ts'
import type { Track } from './track.ts'

/** Liquidates positions of a futures account where its margin asks for it, all of them on one collateral. */
export class MarginWatch {
  readonly #books: Books
  readonly #tracks: readonly Track[]
  readonly #leave: Leave
  #halvedAtMs: number | undefined

  constructor(books: Books, tracks: readonly Track[], leave: Leave) {
    this.#books = books
    this.#tracks = tracks
    this.#leave = leave
  }

  /** Judges the account's margin at the opens of now, as the monitor does at each look. */
  judgeOpens(nowMs: number): void {
    const tracks = this.#tracks.filter(({ position }) => position !== undefined)
    const positions = tracks.map(({ position, price }) => ({ position: position as OpenPosition, price }))
    const { cashNumber: collateral } = this.#books
    const plan = judgeAccount({ collateral, positions, halvedAtMs: this.#halvedAtMs, nowMs })
    for (const track of tracks) {
      const id = track.position?.state.positionId ?? ''
      if (track.cursor.timeMs !== nowMs) continue
      if (plan.halve === id) this.#halvedAtMs = nowMs
      if (plan.close.includes(id)) this.#liquidate(track, track.price, nowMs, 'close')
      else if (plan.halve === id) this.#liquidate(track, track.price, nowMs, 'halve')
    }
  }

  /** Before the candles that end now are walked: whether their worst prices, stops in between, take the account with them. */
  judgeWorst(nowMs: number): void {
    const positions = this.#tracks.flatMap((track) => {
      const { position, price: fromPrice } = track
      if (position === undefined) return []
      const isEnding = track.closeMs === nowMs
      return [{ position, fromPrice, worstPrice: isEnding ? track.worstPrice(position) : fromPrice }]
    })
    const { cashNumber: collateral } = this.#books
    for (const { position, price } of liquidatedOnTheWay({ collateral, positions, nowMs }) ?? []) {
      const track = this.#tracks.find(({ symbol }) => symbol === position.state.symbol)
      if (track?.closeMs === nowMs) this.#liquidate(track, price, track.cursor.timeMs, 'close')
    }
  }

  #liquidate(track: Track, price: number, timeMs: number, liquidation: 'close' | 'halve'): void {
    const { position } = track
    const exit = position && evaluateExit(position.state, price, timeMs, position.rules, { liquidation })
    if (position && exit && !this.#leave(position, exit, timeMs)) track.position = undefined
  }
}
