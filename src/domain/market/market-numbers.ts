import type { Candle } from '../candle.ts'
import { closedCandlesOf, type MarketContext } from './market-context.ts'
import { type Regime, RegimeReader } from './regime.ts'
import { known } from './series.ts'
import { RealizedVolatility } from './volatility.ts'

/** What entry decisions know of a symbol's market: computed once per symbol and shared by every account that decides. */
export interface MarketNumbers {
  readonly symbol: string
  /** Last price. */
  readonly price: number
  /** Daily realized volatility as a ratio (48 hourly log returns); null under 49 hours of history. */
  readonly dailyVolatility: number | null
  /** ATR 14 of 1 h in price units; null under 15 hours. */
  readonly atr: number | null
  readonly regime: Regime
}

/** Reads the numbers hour by hour: a new closed 1 h candle costs the same however many came before. */
export class HourReader {
  readonly #regime = new RegimeReader()
  readonly #volatility = new RealizedVolatility()
  #daily = Number.NaN

  /** Takes the next hour. */
  next(hour: Candle): void {
    this.#regime.next(hour)
    this.#daily = this.#volatility.next(hour.close)
  }

  /** The numbers after the hours so far, at a price. */
  numbers(symbol: string, price: number): MarketNumbers {
    const { atr, regime } = this.#regime
    return { symbol, price, dailyVolatility: known(this.#daily), atr: known(atr), regime }
  }
}

/** Reads the numbers from the closed 1 h candles of a context. */
export function readMarketNumbers(context: MarketContext, price: number): MarketNumbers {
  const reader = new HourReader()
  for (const hour of closedCandlesOf(context, '1h')) reader.next(hour)
  return reader.numbers(context.symbol, price)
}
