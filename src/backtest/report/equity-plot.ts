import { type CurvePoint, underwater } from '../summary/curve.ts'
import { change, count, percent } from '../summary/format.ts'
import { holdCurve } from './hold-curve.ts'
import { type Html, html, jsonScript } from './html.ts'
import { niceTicks } from './nice.ts'
import { timeTicks } from './time-ticks.ts'
import type { Told } from './told.ts'

/** Points drawn at most: more than a screen has columns would only be larger. */
const mostPoints = 1_200

/** Equity beside buy and hold, and under it how far below its peak the account stood; drawn as SVG, so that it prints. */
export function equityPlot(told: Told): Html {
  const { run, summary } = told
  const { capital, from_ms, to_ms } = run.settings
  const whole = [
    { time_ms: from_ms, equity: capital },
    ...run.equity.filter(({ time_ms }) => time_ms > from_ms),
  ]
  const depths = underwater(whole)
  const kept = thinned(whole, mostPoints)
  const curve = kept.map((i) => whole[i] as CurvePoint)
  const depth = kept.map((i) => -(depths[i] ?? 0))
  const times = curve.map(({ time_ms }) => time_ms)
  const hold = run.hold?.length ? valuesAt(run.hold, times, capital) : holdCurve(told.charts, times, capital)
  const end = Math.max(to_ms, times.at(-1) ?? to_ms)
  const x = (time: number) => (end > from_ms ? (1_000 * (time - from_ms)) / (end - from_ms) : 0)
  const money = rangeOf([...curve, ...hold].map(({ equity }) => equity))
  const fall = rangeOf([0, ...depth, -0.01])
  const line = (points: readonly CurvePoint[]) =>
    path(points.map(({ time_ms, equity }) => [x(time_ms), money.at(equity)]))
  const fallen = path(depth.map((value, i) => [x(times[i] ?? 0), fall.at(value)]))
  const data = {
    time: times,
    equity: curve.map(({ equity }) => cents(equity)),
    hold: hold.length === times.length ? hold.map(({ equity }) => cents(equity)) : [],
    depth: depth.map((value) => Number(value.toFixed(4))),
  }
  return html`<section aria-labelledby="equity"><h2 id="equity">Equity and drawdown</h2>
<figure class="card plot" id="equity-plot">
<figcaption class="legend"><span class="key-equity">Account <b data-read="equity">${change(summary.final_equity / capital - 1)}</b></span>
${hold.length > 0 && html`<span class="key-hold">Buy and hold <b data-read="hold">${change(summary.buy_and_hold.return)}</b></span>`}
<span class="key-fall">Below its peak <b data-read="depth">at most ${percent(summary.max_drawdown)}</b></span>
<time data-read="time"></time></figcaption>
<div class="panes" role="slider" tabindex="0" aria-label="Moment on the equity curve" aria-valuemin="0"
aria-valuemax="${times.length - 1}" aria-valuenow="${times.length - 1}" aria-valuetext="the end: ${change(summary.final_equity / capital - 1)}">
<div class="pane tall">${axis(money, (value) => count(value))}
<svg viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">
<line class="zero" x1="0" x2="1000" y1="${money.at(capital).toFixed(1)}" y2="${money.at(capital).toFixed(1)}"/>
<path class="area" d="${line(curve)}L${x(times.at(-1) ?? 0).toFixed(1)} 1000L0 1000Z"/>
<path class="hold" d="${line(hold)}"/><path class="equity" d="${line(curve)}"/></svg></div>
<div class="pane low">${axis(fall, (value) => percent(value, fall.step < 0.01 ? 1 : 0))}
<svg viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">
<path class="fall" d="${fallen}L${x(times.at(-1) ?? 0).toFixed(1)} ${fall.at(0)}L0 ${fall.at(0)}Z"/><path class="fallen" d="${fallen}"/></svg></div>
<div class="hair" hidden></div></div>
<div class="times" aria-hidden="true">${timeTicks(from_ms, end - (end - from_ms) / 50).map(
    ({ time_ms, label }) => html`<span style="left:${(x(time_ms) / 10).toFixed(2)}%">${label}</span>`,
  )}</div>
</figure>${jsonScript('equity-data', data)}</section>`
}

interface Range {
  readonly ticks: readonly number[]
  readonly step: number
  /** Thousandths from the top. */
  readonly at: (value: number) => number
}

function rangeOf(values: readonly number[]): Range {
  const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
  const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
  const margin = (high - low) * 0.06 || Math.abs(high) * 0.01 || 1
  const top = high === 0 ? 0 : high + margin
  const bottom = low - margin
  const ticks = niceTicks(bottom, top, 4)
  return {
    ticks,
    step: (ticks[1] ?? 1) - (ticks[0] ?? 0),
    at: (value) => (1_000 * (top - value)) / (top - bottom),
  }
}

function axis(range: Range, label: (value: number) => string): Html {
  return html`<div class="axis" aria-hidden="true">${range.ticks.map(
    (tick) => html`<span style="top:${(range.at(tick) / 10).toFixed(2)}%"><i></i>${label(tick)}</span>`,
  )}</div>`
}

function path(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('')
}

/** The curve's value at each of the times: that of its last point until then, and the capital before its first. */
function valuesAt(curve: readonly CurvePoint[], times: readonly number[], capital: number): CurvePoint[] {
  let next = 0
  return times.map((time_ms) => {
    while ((curve[next]?.time_ms ?? Number.POSITIVE_INFINITY) <= time_ms) next += 1
    return { time_ms, equity: curve[next - 1]?.equity ?? capital }
  })
}

/** Places of at most `most` points, first and last among them, that keep the highs and lows of the curve. */
function thinned(curve: readonly CurvePoint[], most: number): number[] {
  const places = curve.map((_, i) => i)
  if (curve.length <= most) return places
  const width = Math.ceil(curve.length / (most / 2))
  const kept = new Set([0, curve.length - 1])
  for (let from = 0; from < curve.length; from += width) {
    const part = places
      .slice(from, from + width)
      .sort((a, b) => (curve[a]?.equity ?? 0) - (curve[b]?.equity ?? 0))
    for (const place of [part[0], part.at(-1)]) if (place !== undefined) kept.add(place)
  }
  return [...kept].sort((a, b) => a - b)
}

const cents = (value: number) => Math.round(value * 100) / 100
