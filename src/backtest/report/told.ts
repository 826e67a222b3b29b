import type { Summary, SummedRun } from '../summary/summary.ts'
import type { ChartSeries } from './chart-series.ts'

/** What every part of a report is told. */
export interface Told {
  readonly run: SummedRun
  readonly summary: Summary
  readonly charts: readonly ChartSeries[]
  /** The currency of money, 'USDT'; '' when the symbols do not share one. */
  readonly quote: string
}

/** The quote currency that all symbols share; '' when there is none. */
export function quoteOf(symbols: readonly string[]): string {
  const quotes = new Set(symbols.map((symbol) => symbol.split('/')[1] ?? ''))
  return quotes.size === 1 ? ([...quotes][0] ?? '') : ''
}
