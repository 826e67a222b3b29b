import { type ChaosReport, verdictOf } from './report.ts'

const verdicts = {
  passed: 'Nothing was done twice, nothing was lost',
  failed: 'Something was done twice, lost, or left unresolved',
  void: 'The naive control came through unharmed, or hardly any order was executed: this run proves nothing',
} as const

/** The report as one page that needs nothing else. */
export function pageOf(report: ChaosReport): string {
  const { bullpen, naive, plan } = report
  const verdict = verdictOf(report)
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Bullpen under faults: seed ${report.seed} on ${report.backend}</title>
<style>
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem; margin-bottom: 0 } h2 { font-size: 1.1rem; margin-top: 2rem }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8884 }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums } .verdict { font-size: 1.1rem; font-weight: 600 }
.passed { color: #197a3c } .failed { color: #c4221c } .void { color: #9a6700 }
@media (prefers-color-scheme: dark) { .passed { color: #57d58a } .failed { color: #ff7b72 } .void { color: #e3b341 } }
</style></head><body>
<h1>Orders under faults</h1>
<p>Seed ${report.seed}, queue on ${report.backend}, ${plan.orders} orders at most ${plan.ordersPerSecond} a second, ${plan.workers} workers,
one killed about every ${plan.killEveryMs / 1_000} s, ${report.seconds.toFixed(0)} s in all.</p>
<p class="verdict ${verdict}">${verdicts[verdict]}.</p>
${table(
  ['', 'orders', 'kills', 'duplicates', 'lost', 'unresolved', 'oversold', 'books differ'],
  [
    [
      'Bullpen',
      bullpen.orders,
      bullpen.kills,
      bullpen.duplicates,
      bullpen.lost,
      bullpen.unresolved,
      bullpen.oversold,
      bullpen.booksDiffer,
    ],
    [
      'Naive control (send, then save; retry on error)',
      naive.orders,
      naive.kills,
      naive.duplicates,
      naive.lost,
      '',
      '',
      '',
    ],
  ],
)}
${findingsOf(report)}
<h2>Times</h2>
${table(
  ['seconds', 'p50', 'p99', 'longest'],
  [
    [
      'until an unknown outcome was known',
      bullpen.resolve_s.p50,
      bullpen.resolve_s.p99,
      bullpen.resolve_s.max,
    ],
    [
      'a futures position without a resting stop, its longest stretch',
      bullpen.unprotected_s.p50,
      bullpen.unprotected_s.p99,
      bullpen.unprotected_s.max,
    ],
  ],
)}
<h2>Orders without an effect, and why</h2>
<p>${bullpen.executed} of ${bullpen.journal} orders in the journal were executed; the journal holds those that Bullpen plans itself, too (stops, next attempts).</p>
${table(
  ['state', 'recorded reason', 'orders'],
  bullpen.reasons.map(({ state, reason, count }) => [state, reason, count]),
)}
<h2>Faults</h2>
${table(
  ['fault', 'on', 'times'],
  report.faults.map(({ kind, target, count }) => [kind, target, count]),
)}
<h2>Where workers died</h2>
<p>Besides the kills at any moment, workers end themselves with SIGKILL at named places of an order's way.</p>
${table(
  ['place', 'deaths'],
  report.crashpoints.map(({ name, kills }) => [name, kills]),
)}
<h2>What this does not show</h2>
<p>SIGKILL ends a process, not a machine: what it wrote is still in the operating system's memory. Power loss, a disk that
lies about fsync, and a torn page are not shown here. Neither is a venue other than the simulator.</p>
</body></html>
`
}

function findingsOf({ bullpen }: ChaosReport): string {
  if (bullpen.findings.length === 0) return ''
  return `<h2>Findings</h2><ul>${bullpen.findings.map((finding) => `<li>${escaped(finding)}</li>`).join('')}</ul>`
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cell = (tag: 'th' | 'td') => (value: string | number) =>
    `<${tag}${typeof value === 'number' ? ' class="n"' : ''}>${escaped(String(value))}</${tag}>`
  return `<table><tr>${head.map(cell('th')).join('')}</tr>${rows
    .map((row) => `<tr>${row.map(cell('td')).join('')}</tr>`)
    .join('')}</table>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
