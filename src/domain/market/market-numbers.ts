import { Atr } from './atr.ts'
import { closedCandlesOf, type MarketContext } from './market-context.ts'
import { type Regime, regimeOf } from './regime.ts'
import { known, lastOf } from './series.ts'
import { dailyVolatility } from './volatility.ts'

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

/** Reads the numbers from the closed 1 h candles of a context. */
export function readMarketNumbers(context: MarketContext, price: number): MarketNumbers {
  const hours = closedCandlesOf(context, '1h')
  return {
    symbol: context.symbol,
    price,
    dailyVolatility: dailyVolatility(hours.map((candle) => candle.close)),
    atr: known(lastOf(new Atr(14), hours.slice(-720))),
    regime: regimeOf(hours),
  }
}
