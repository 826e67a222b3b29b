import type { WatchedPosition } from '#db/monitored-positions.ts'
import type { SmartExitLayer } from '../domain/close-reason.ts'
import { smartExit } from '../domain/exits/smart-exit.ts'
import type { SweepMarket } from './sweep.ts'

/** SmartExit's answers at one close: one per symbol and side, however many accounts hold it. */
export class SmartExits {
  readonly #market: SweepMarket
  readonly #answers = new Map<string, Promise<SmartExitLayer | undefined>>()

  constructor(market: SweepMarket) {
    this.#market = market
  }

  /** The layer that speaks against a position; throws when the candles cannot be had, or not up to this close yet. */
  of(watched: WatchedPosition, closed: number): Promise<SmartExitLayer | undefined> {
    const { exchange, market, mode, state } = watched
    const key = `${exchange} ${market} ${mode} ${state.symbol} ${state.side}`
    const answer = this.#answers.get(key) ?? this.#ask(watched, closed)
    this.#answers.set(key, answer)
    return answer
  }

  async #ask(watched: WatchedPosition, closed: number): Promise<SmartExitLayer | undefined> {
    const candles = await this.#market.candles(watched, closed)
    if (candles.at(-1)?.openTimeMs !== closed)
      throw new Error(`the candle of ${watched.state.symbol} is not there yet`)
    return smartExit(watched.state.side, candles)
  }
}
