import type { Regime } from './regime.ts'

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
