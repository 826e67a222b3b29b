import { change, count, percent } from '../summary/format.ts'
import { type EquityLines, equityLines } from './equity-lines.ts'
import { type Html, html, jsonScript } from './html.ts'
import { type Range, rangeOf } from './range.ts'
import { timeTicks } from './time-ticks.ts'
import type { Told } from './told.ts'

/**
 * Equity beside buy and hold, and under it how far below its peak the account stood; drawn as SVG, so that it prints. Without buy and
 * hold, which one may switch off, the account has a scale of its own.
 */
export function equityPlot(told: Told): Html {
  const { run, summary } = told
  const { capital, from_ms, to_ms } = run.settings
  const lines = equityLines(told)
  const { times, account, hold, depth } = lines
  const end = Math.max(to_ms, times.at(-1) ?? to_ms)
  const x = (time: number) => (end > from_ms ? (1_000 * (time - from_ms)) / (end - from_ms) : 0)
  const total = change(summary.final_equity / capital - 1)
  const data = {
    time: times,
    equity: account.map(cents),
    hold: hold.map(cents),
    depth: depth.map((value) => Number(value.toFixed(4))),
  }
  return html`<section aria-labelledby="equity"><h2 id="equity">Equity and drawdown</h2>
<figure class="card plot" id="equity-plot">
<figcaption class="legend"><span class="key-equity">Account <b data-read="equity">${total}</b></span>
${hold.length > 0 && html`<label class="key-hold"><input type="checkbox" id="beside" checked> Buy and hold <b data-read="hold">${change(summary.buy_and_hold.return)}</b></label>`}
<span class="key-fall">Below its peak <b data-read="depth">at most ${percent(summary.max_drawdown)}</b></span>
<time data-read="time"></time></figcaption>
<div class="panes" role="slider" tabindex="0" aria-label="Moment on the equity curve" aria-valuemin="0"
aria-valuemax="${times.length - 1}" aria-valuenow="${times.length - 1}" aria-valuetext="the end: ${total}">
${hold.length > 0 && moneyPane({ lines, x, capital, line: 'beside' })}
${moneyPane({ lines: { ...lines, hold: [] }, x, capital, line: 'alone' })}
${fallPane(lines, x)}
<div class="hair" hidden></div></div>
<div class="times" aria-hidden="true">${timeTicks(from_ms, end - (end - from_ms) / 50).map(
    ({ time_ms, label }) => html`<span style="left:${(x(time_ms) / 10).toFixed(2)}%">${label}</span>`,
  )}</div>
</figure>${jsonScript('equity-data', data)}</section>`
}

type X = (time: number) => number

function moneyPane(pane: {
  readonly lines: EquityLines
  readonly x: X
  readonly capital: number
  readonly line: 'beside' | 'alone'
}): Html {
  const { times, account, hold } = pane.lines
  const range = rangeOf([...account, ...hold])
  const draw = (values: readonly number[]) =>
    path(values.map((value, i) => [pane.x(times[i] ?? 0), range.at(value)]))
  const level = range.at(pane.capital).toFixed(1)
  return html`<div class="pane tall ${pane.line}">${axis(range, (value) => count(value))}
<svg viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">
<line class="zero" x1="0" x2="1000" y1="${level}" y2="${level}"/>
<path class="area" d="${draw(account)}L${pane.x(times.at(-1) ?? 0).toFixed(1)} 1000L0 1000Z"/>
<path class="hold" d="${draw(hold)}"/><path class="equity" d="${draw(account)}"/></svg></div>`
}

function fallPane({ times, depth }: EquityLines, x: X): Html {
  const range = rangeOf([0, ...depth, -0.01])
  const line = path(depth.map((value, i) => [x(times[i] ?? 0), range.at(value)]))
  const top = range.at(0).toFixed(1)
  return html`<div class="pane low">${axis(range, (value) => percent(value, range.step < 0.01 ? 1 : 0))}
<svg viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">
<path class="fall" d="${line}L${x(times.at(-1) ?? 0).toFixed(1)} ${top}L0 ${top}Z"/><path class="fallen" d="${line}"/></svg></div>`
}

function axis(range: Range, label: (value: number) => string): Html {
  return html`<div class="axis" aria-hidden="true">${range.ticks.map(
    (tick) => html`<span style="top:${(range.at(tick) / 10).toFixed(2)}%"><i></i>${label(tick)}</span>`,
  )}</div>`
}

function path(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('')
}

const cents = (value: number) => Math.round(value * 100) / 100
