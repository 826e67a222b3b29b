/** A candle of a chart: the moment it opened in epoch milliseconds, prices in quote. */
export interface ChartCandle {
  readonly time_ms: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
}

/** Candles of one length. */
export interface ChartCandles {
  readonly interval_ms: number
  readonly candles: readonly ChartCandle[]
}

/** What a report draws of a symbol: the whole span in long candles, and single trades in short ones. */
export interface ChartSeries extends ChartCandles {
  readonly symbol: string
  readonly closeUps: readonly (ChartCandles & {
    /** Which trade of the run it shows. */
    readonly trade: number
  })[]
}
