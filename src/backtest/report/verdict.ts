import { change, count, day, figure, money, percent, span } from '../summary/format.ts'
import { type Html, html } from './html.ts'
import type { Told } from './told.ts'

/** Fewer trades than this tell nothing, whatever they earned. */
const fewTrades = 30

/** What came of it in plain words, beside buying and holding, and what should be known before one believes it. */
export function verdict(told: Told): Html {
  const { run, summary, quote } = told
  const { settings } = run
  const symbols = settings.symbols.length === 1 ? settings.symbols[0] : `${settings.symbols.length} symbols`
  return html`<header class="verdict">
<p class="brand">Bullpen <span>backtest</span></p>
<h1>${headline(told)}</h1>
<p class="lead">${comparison(told)}</p>
<p class="facts">${settings.source} on ${symbols}, ${settings.market}, ${settings.timeframe} candles,
${day(summary.from_ms)} to ${day(summary.to_ms)} (${span(summary.to_ms - summary.from_ms)}), capital ${money(summary.capital)} ${quote},
fee ${percent(settings.fee, 3)}, slippage ${percent(settings.slippage, 3)}.</p>
${cautions(told).map((text) => html`<p class="caution">${text}</p>`)}
</header>`
}

function headline({ run, summary, quote }: Told): string {
  const { profit_total, profit_total_ratio, trades } = summary
  const { source } = run.settings
  if (trades === 0) return `${source} did not trade`
  const verb = profit_total > 0 ? 'earned' : profit_total < 0 ? 'lost' : 'neither earned nor lost'
  if (profit_total === 0) return `${source} ${verb}`
  return `${source} ${verb} ${money(Math.abs(profit_total))} ${quote} after fees: ${change(profit_total_ratio)}`
}

function comparison({ run, summary, quote }: Told): string {
  const hold = summary.buy_and_hold.return
  const what =
    run.settings.symbols.length > 1 ? 'Equal parts of its symbols' : `${run.settings.symbols[0] ?? 'It'}`
  const held =
    hold === null
      ? 'There is nothing to compare it with'
      : `${what}, bought at the beginning and held, ${hold < 0 ? 'lost' : 'earned'} ${percent(Math.abs(hold))} before fees`
  const paid = `The account paid ${money(summary.fees)} ${quote} of fees for ${count(summary.trades)} trades`
  const deepest = `stood at worst ${percent(summary.max_drawdown)} below an earlier peak`
  const exposed = `had a position open ${percent(summary.exposure, 0)} of the time`
  return `${held}. ${paid}, ${deepest} and ${exposed}.`
}

/** What should be known before one believes a run, a sentence each. */
export function cautions({ summary }: Pick<Told, 'summary'>): string[] {
  const { trades, sqn, open_at_end } = summary
  return [
    trades > 0 && trades < fewTrades
      ? `${count(trades)} ${trades === 1 ? 'trade is' : 'trades are'} too few to judge by.`
      : '',
    trades >= fewTrades && sqn !== null && Math.abs(sqn) < 2
      ? `The mean trade cannot be told from zero: SQN ${figure(sqn)}, where chance alone stays within ±2 nineteen times in twenty.`
      : '',
    open_at_end > 0
      ? `${count(open_at_end)} of the trades were still open and are counted at the last close.`
      : '',
  ].filter((text) => text !== '')
}
