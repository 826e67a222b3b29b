import type { Timeframe } from '../../candle.ts'
import { lastClosedOf, type MarketContext } from '../../market/market-context.ts'
import type { Vote } from './vote.ts'

/**
 * Keeps what a seat reads from long candles until the next of them closes: in a run of 5 m candles that is once in twelve,
 * once in 48 or once in 288. What is kept is what would be read again, so that a run with it and one without say the same.
 */
export class Kept<T> {
  #times: readonly number[] = []
  #value: T | undefined

  /** What was read when the same candles of these lengths were the last ones that had closed, else what is read now. */
  get(context: MarketContext, lengths: readonly Timeframe[], read: () => T): T {
    let isSame = this.#value !== undefined
    const times = lengths.map((length, i) => {
      const time = lastClosedOf(context, length)?.openTimeMs ?? Number.NEGATIVE_INFINITY
      if (time !== this.#times[i]) isSame = false
      return time
    })
    if (!isSame) {
      this.#value = read()
      this.#times = times
    }
    return this.#value as T
  }
}

/** What the council keeps between candles of one symbol. */
export interface CouncilMemory {
  readonly cio: Kept<Vote>
  readonly research: Kept<number>
  readonly risk: Kept<{ readonly volatility: number | null; readonly drawdown: number }>
}

/** An empty memory. */
export function councilMemory(): CouncilMemory {
  return { cio: new Kept(), research: new Kept(), risk: new Kept() }
}
