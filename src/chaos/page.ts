import { harms } from './checker.ts'
import { constraints } from './constraints.ts'
import { notShown, waitingPerWorker } from './limits.ts'
import { pageStyle } from './page-style.ts'
import { type ChaosReport, verdictOf } from './report.ts'
import { counts, escaped, table, tiles } from './table.ts'

const verdicts = {
  passed: 'Nothing was done twice, and nothing was lost.',
  failed: 'Something was done twice, lost, or left unresolved.',
  void: 'This run proves too little: the naive control came through unharmed, hardly any order was executed, or a crash point was not reached often enough.',
} as const

const labels: Readonly<Record<(typeof harms)[number], string>> = {
  duplicates: 'duplicates',
  lost: 'lost',
  unresolved: 'unresolved',
  oversold: 'oversold',
  booksDiffer: 'differences in the books',
  haltsBroken: 'entries past a halt',
  ownCoinsTouched: 'own coins touched',
}

/** The report as one page that needs nothing else. */
export function pageOf(report: ChaosReport): string {
  const verdict = verdictOf(report)
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Bullpen under faults: seed ${report.seed} on ${report.backend}</title>
<style>${pageStyle}</style></head><body>
<h1>Orders under faults</h1>
<p class="faint">${planOf(report)}</p>
<p class="verdict ${verdict}">${verdicts[verdict]}</p>
${tiles([
  { label: 'orders planned', value: report.bullpen.orders, isHarm: false },
  { label: 'kills', value: report.bullpen.kills, isHarm: false },
  ...harms.map((kind) => ({ label: labels[kind], value: report.bullpen[kind], isHarm: true })),
])}
${findingsOf(report)}
<h2>Beside a handler that sends, then saves</h2>
<p>The control differs in its handler alone, under the same seed. It must fail, or the run proves nothing.</p>
${controlOf(report)}
<h2>Times</h2>
${timesOf(report)}
<p>Beyond 30 s: ${report.bullpen.bare.long}; with no exit planned by then: ${report.bullpen.bare.notClosing}. An entry whose answer was lost protects nothing before it is found.</p>
${storiesOf(report)}
<h2>Where workers died</h2>
<p>Besides the kills at any moment, workers end themselves with SIGKILL at named places of an order's way.</p>
${crashpointsOf(report)}
<h2>Faults, and what people did meanwhile</h2>
${faultsOf(report)}
<h2>Orders without an effect, and why</h2>
<p>${report.bullpen.executed} of ${report.bullpen.journal} orders in the journal were executed; the journal holds those that Bullpen plans itself, too (stops, next attempts).</p>
${table(
  ['state', 'recorded reason', 'orders'],
  report.bullpen.reasons.map(({ state, reason, count }) => [state, reason || '–', count]),
)}
<h2>What the database prevents by itself</h2>
<p>Each of these constraints, taken away, turns a test red (<code>test/chaos/constraints.test.ts</code>).</p>
${table(
  ['constraint', 'prevents'],
  Object.values(constraints).map(({ name, prevents }) => [{ code: name }, prevents]),
)}
<h2>What this does not show</h2>
<p>${escaped(notShown)}</p>
</body></html>
`
}

function planOf({ seed, backend, exchange, plan, seconds, setBack }: ChaosReport): string {
  return `Seed ${seed} at ${exchange}, queue on ${backend === 'redis' ? 'Redis' : 'PostgreSQL'}: at most ${plan.ordersPerSecond} orders a second, ${plan.workers} workers, of whose orders at most ${waitingPerWorker * plan.workers} wait to be sent at once, one killed about every ${plan.killEveryMs / 1_000} s; ${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s in all. Accounts and halts set back so that the load went on: ${setBack}.`
}

function controlOf({ bullpen, naive }: ChaosReport): string {
  return table(
    ['', 'orders', 'kills', 'duplicates', 'lost'],
    [
      ['Bullpen', bullpen.orders, bullpen.kills, bullpen.duplicates, bullpen.lost],
      ['control', naive.orders, naive.kills, naive.duplicates, naive.lost],
    ],
  )
}

function timesOf({ bullpen: { resolve_s, unprotected_s } }: ChaosReport): string {
  return table(
    ['seconds', 'p50', 'p99', 'longest'],
    [
      ['until an unknown outcome was known', resolve_s.p50, resolve_s.p99, resolve_s.max],
      [
        'a futures position without a resting stop, its longest stretch',
        unprotected_s.p50,
        unprotected_s.p99,
        unprotected_s.max,
      ],
    ],
  )
}

function storiesOf({ bullpen }: ChaosReport): string {
  const stories = bullpen.unprotected.map(
    ({ positionId, seconds, lines }) =>
      `<details><summary>${seconds.toFixed(1)} s, position ${positionId}</summary><ul>${lines.map((line) => `<li>${escaped(line)}</li>`).join('')}</ul></details>`,
  )
  return stories.length === 0 ? '' : `<h3>The longest of them</h3>${stories.join('')}`
}

function crashpointsOf({ crashpoints }: ChaosReport): string {
  return counts(
    crashpoints.map(({ name, kills, provenIn }) =>
      provenIn === undefined ? { name, count: kills } : { name, note: `in ${provenIn}` },
    ),
  )
}

/** Those of one kind of victim together. */
function faultsOf({ faults }: ChaosReport): string {
  const byTarget = Map.groupBy(faults, ({ target }) => target)
  return counts(
    [...byTarget.values()].flat().map(({ kind, target, count }) => ({ name: kind, note: target, count })),
  )
}

function findingsOf({ bullpen }: ChaosReport): string {
  if (bullpen.findings.length === 0) return ''
  return `<h2>Findings</h2><ul class="findings">${bullpen.findings.map((finding) => `<li>${escaped(finding)}</li>`).join('')}</ul>`
}
