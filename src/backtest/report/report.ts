import type { Summary, SummedRun } from '../summary/summary.ts'
import { breakdowns } from './breakdowns.ts'
import { drawPrices } from './browser/draw-prices.ts'
import { paintTrade } from './browser/paint-trade.ts'
import { readEquity } from './browser/read-equity.ts'
import { sortTrades } from './browser/sort-trades.ts'
import { unpackCandles } from './browser/unpack-candles.ts'
import type { ChartSeries } from './chart-series.ts'
import { equityPlot } from './equity-plot.ts'
import { footer } from './footer.ts'
import { Html, html } from './html.ts'
import { keyFigures } from './key-figures.ts'
import { monthsGrid } from './months-grid.ts'
import { chartLibrary, stylesheet } from './page-files.ts'
import { priceChart } from './price-chart.ts'
import { returnsPlot } from './returns-plot.ts'
import { settingsTable } from './settings-table.ts'
import { quoteOf, type Told } from './told.ts'
import { tradesTable } from './trades-table.ts'
import { verdict } from './verdict.ts'

/** What a page may load: nothing. What it needs is in it. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"

/**
 * A run as one HTML file that needs nothing else: figures and plots first, every number of theirs in a table below. `charts` are the
 * candles that a ChartSampler kept; without them there is neither a price chart nor the line of buy and hold.
 */
export function reportHtml(run: SummedRun, summary: Summary, charts: readonly ChartSeries[] = []): string {
  const told: Told = { run, summary, charts, quote: quoteOf(run.settings.symbols) }
  const hasChart = charts.some(({ candles }) => candles.length > 0)
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${run.settings.source}: backtest · Bullpen</title><link rel="icon" href="data:,">
<style>${new Html(stylesheet())}</style></head>
<body><main>
${[verdict, keyFigures, equityPlot, monthsGrid, priceChart, returnsPlot, breakdowns, tradesTable, settingsTable].map((part) => part(told))}
</main>${footer(told)}
${hasChart && html`<script>${new Html(chartLibrary())}</script>`}
<script>${new Html(script(hasChart))}</script>
</body></html>
`.text
}

/** Each of these functions stands by itself, so that its text is a program. */
function script(hasChart: boolean): string {
  const chart = `(${drawPrices})({ library: LightweightCharts, unpack: ${unpackCandles}, paint: ${paintTrade} })`
  return [`(${readEquity})()`, `(${sortTrades})()`, hasChart ? chart : ''].join(';\n')
}
