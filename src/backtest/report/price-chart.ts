import { type Html, html, jsonScript } from './html.ts'
import { pricePage } from './price-page.ts'
import type { Told } from './told.ts'

/** The price of each symbol with what was traded on it; the script of the page draws it. */
export function priceChart({ run, charts }: Told): Html {
  const drawn = charts.filter(({ candles }) => candles.length > 0)
  if (drawn.length === 0) return html``
  const counts = Map.groupBy(run.trades, ({ symbol }) => symbol)
  return html`<section aria-labelledby="prices"><h2 id="prices">Prices and trades</h2>
<div class="card" id="price-chart">
<div class="controls"><label>Symbol <select>${drawn.map(
    ({ symbol }, i) => html`<option value="${i}">${symbol} (${counts.get(symbol)?.length ?? 0})</option>`,
  )}</select></label>
<span class="buttons"><button type="button" data-do="previous">‹ Trade</button><button type="button" data-do="next">Trade ›</button>
<button type="button" data-do="all">Whole span</button><button type="button" data-do="in" aria-label="Zoom in">+</button><button type="button" data-do="out" aria-label="Zoom out">−</button></span></div>
<div class="canvas" role="img" aria-label="Candles with entries, exits and stops"></div>
<p class="told" aria-live="polite"></p>
<p class="legend"><span class="key-entry">Entry</span><span class="key-win">Exit with a gain</span><span class="key-loss">Exit with a loss</span><span class="key-stop">Stop as it moved</span></p>
<noscript><p class="none">The price chart needs JavaScript; the figures and tables do not.</p></noscript>
</div>${jsonScript('price-data', pricePage(run, drawn))}</section>`
}
