/** The market-safety reading of BTC: 60 candles of 1 h. */
export interface MarketSafety {
  readonly isSafe: boolean
  readonly close: number
  readonly emaFast: number
  readonly emaMiddle: number
  readonly emaSlow: number
  /** max(60 closes) − 2·ATR 14: below it in a falling order no new longs. */
  readonly floor: number
}
