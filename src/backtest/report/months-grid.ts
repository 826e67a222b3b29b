import { change, count, gain } from '../summary/format.ts'
import type { MonthFigures } from '../summary/months.ts'
import { type Html, html } from './html.ts'
import { trendOf } from './key-figures.ts'
import type { Told } from './told.ts'

const names = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The change of equity month by month, a row for each year. */
export function monthsGrid({ summary, quote }: Told): Html {
  const years = [...Map.groupBy(summary.per_month, ({ month }) => month.slice(0, 4))]
  const strongest = Math.max(...summary.per_month.map((month) => Math.abs(month.return ?? 0)), 1e-9)
  return html`<section aria-labelledby="months"><h2 id="months">Months</h2>
<div class="card years">${years.map(
    ([
      year,
      months,
    ]) => html`<div class="year"><h3>${year} <b class="${trendOf(together(months))}">${change(together(months))}</b></h3>
<ul>${months.map((month) => cell(month, strongest, quote))}</ul></div>`,
  )}</div></section>`
}

function cell(month: MonthFigures, strongest: number, quote: string): Html {
  const strength = Math.round((100 * Math.abs(month.return ?? 0)) / strongest)
  return html`<li class="month ${trendOf(month.return)}" style="--strength:${strength}%"><span>${
    names[Number(month.month.slice(5)) - 1]
  }</span><b>${change(month.return)}</b><small>${gain(month.profit_total)} ${quote}</small><small>${count(
    month.trades,
  )} ${month.trades === 1 ? 'trade' : 'trades'}</small></li>`
}

function together(months: readonly MonthFigures[]): number {
  return months.reduce((product, month) => product * (1 + (month.return ?? 0)), 1) - 1
}
