import { change, count, percent } from '../summary/format.ts'
import { type Bar, histogram } from './histogram.ts'
import { type Html, html } from './html.ts'
import type { Told } from './told.ts'

/** How the results of the trades are spread, as shares of their entry cost. */
export function returnsPlot({ run, summary }: Told): Html {
  const bars = histogram(run.trades.map(({ profit_ratio }) => profit_ratio))
  if (bars.length === 0) return html``
  const most = Math.max(...bars.map((bar) => bar.count))
  const text = `Median ${change(summary.median_profit_ratio, 3)}, mean ${change(summary.mean_profit_ratio, 3)} of the entry cost.`
  return html`<section aria-labelledby="returns"><h2 id="returns">Results of the trades</h2>
<figure class="card"><div class="bars" role="img" aria-label="Histogram of ${count(summary.trades)} trades by result. ${text}">
${bars.map((bar, i) => column(bar, { most, isFirst: i === 0, isLast: i === bars.length - 1 }))}</div>
<div class="bar-bounds" aria-hidden="true"><span>under ${percent(bars[0]?.to ?? 0, 1)}</span><span style="left:${zeroAt(bars)}%">0</span><span>over ${percent(bars.at(-1)?.from ?? 0, 1)}</span></div>
<figcaption>${text} A bar is ${percent((bars[0]?.to ?? 0) - (bars[0]?.from ?? 0), 2)} wide.</figcaption></figure></section>`
}

function column(bar: Bar, place: { most: number; isFirst: boolean; isLast: boolean }): Html {
  const from = place.isFirst ? 'less' : change(bar.from)
  const to = place.isLast ? 'more' : change(bar.to)
  const height = ((100 * bar.count) / place.most).toFixed(1)
  return html`<i class="${bar.from < -1e-12 ? 'down' : 'up'}" style="height:${height}%" title="${from} to ${to}: ${count(bar.count)}"></i>`
}

function zeroAt(bars: readonly Bar[]): string {
  return ((100 * bars.filter(({ from }) => from < -1e-12).length) / bars.length).toFixed(2)
}
