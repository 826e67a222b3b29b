import { change, count, figure, gain, money, percent, span, words } from '../summary/format.ts'
import type { GroupFigures } from '../summary/groups.ts'
import type { Summary } from '../summary/summary.ts'
import type { TradeFigures } from '../summary/trade-figures.ts'
import { dataTable } from './data-table.ts'
import { type Content, type Html, html } from './html.ts'
import { trendOf } from './key-figures.ts'
import type { Told } from './told.ts'

/** Symbols, close reasons, sides, sources and refusals, each as a table. */
export function breakdowns(told: Told): Html {
  const { summary } = told
  const { per_side, per_source } = summary
  return html`<div class="pair">
${part('Symbols', ['Symbol', ...groupHead, 'Held instead'], symbolRows(summary), 'wide')}
${part('Close reasons', reasonHead, reasonRows(summary), 'wide')}
${per_side.length > 1 && part('Sides', ['Side', ...groupHead], groupRows(per_side))}
${per_source.length > 1 && part('Sources', ['Source', ...groupHead], groupRows(per_source))}
${part('Signals not taken', ['Refused by', 'Times', 'For example'], refusals(told), 'wide')}
</div>`
}

function symbolRows({ per_symbol, buy_and_hold }: Summary): Content[][] {
  const held = new Map(buy_and_hold.per_symbol.map((each) => [each.symbol, each.return]))
  return per_symbol.map((group) => [
    group.key,
    ...groupCells(group, widest(per_symbol)),
    signed(change(held.get(group.key) ?? null), held.get(group.key)),
  ])
}

const reasonHead = [
  'Reason',
  'Sales',
  'Trades ended',
  'Win rate',
  'Profit of these trades',
  'Of all sales, before fees',
  'Held',
]

function reasonRows({ per_close_reason }: Summary): Content[][] {
  return per_close_reason.map((reason) => [
    words(reason.key),
    count(reason.exits),
    count(reason.trades),
    percent(reason.win_rate, 1),
    bar(reason.profit_total, widest(per_close_reason)),
    signed(gain(reason.exits_gross), reason.exits_gross),
    span(reason.median_holding_ms),
  ])
}

/** Each rule that refused, with the reasons it gave the first time. */
function refusals({ run, summary }: Told): Content[][] {
  return summary.skipped_by_rule.map(({ rule, count: times }) => [
    words(rule),
    count(times),
    run.skipped.find((skip) => skip.rule === rule)?.reasons.join('; '),
  ])
}

function groupRows(groups: readonly GroupFigures[]): Content[][] {
  return groups.map((group) => [words(group.key), ...groupCells(group, widest(groups))])
}

const groupHead = ['Profit', 'Trades', 'Win rate', 'Profit factor', 'Fees', 'Held']

function groupCells(group: TradeFigures, most: number): Content[] {
  return [
    bar(group.profit_total, most),
    count(group.trades),
    percent(group.win_rate, 1),
    figure(group.profit_factor),
    money(group.fees),
    span(group.median_holding_ms),
  ]
}

function part(
  title: string,
  head: readonly string[],
  rows: readonly (readonly Content[])[],
  isWide?: 'wide',
): Html {
  const id = title.toLowerCase().replaceAll(' ', '-')
  return html`<section aria-labelledby="${id}" class="${isWide}"><h2 id="${id}">${title}</h2>${
    rows.length === 0 ? html`<p class="card none">None.</p>` : dataTable({ label: title, head, rows })
  }</section>`
}

function widest(groups: readonly TradeFigures[]): number {
  return Math.max(...groups.map(({ profit_total }) => Math.abs(profit_total)))
}

/** An amount with a bar as long as its share of the largest one beside it. */
function bar(value: number, most: number): Html {
  const width = most === 0 ? 0 : Math.round((100 * Math.abs(value)) / most)
  return html`<span class="bar ${trendOf(value)}" style="--width:${width}%">${gain(value)}</span>`
}

function signed(text: string, value: number | undefined): Html {
  return html`<span class="${trendOf(value)}">${text}</span>`
}
