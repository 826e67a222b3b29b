import { expect, test } from 'vitest'
import { harms } from '#src/chaos/checker.ts'
import { pageOf } from '#src/chaos/page.ts'
import { type ChaosReport, summaryOf, verdictOf } from '#src/chaos/report.ts'

const still = { p50: 0, p99: 0, max: 0 }
const clean: ChaosReport = {
  seed: 1,
  backend: 'postgres',
  exchange: 'binance',
  bullpen: {
    orders: 100,
    journal: 150,
    executed: 90,
    reasons: [],
    duplicates: 0,
    lost: 0,
    unresolved: 0,
    oversold: 0,
    booksDiffer: 0,
    haltsBroken: 0,
    ownCoinsTouched: 0,
    unprotected_s: still,
    bare: { long: 0, notClosing: 0 },
    unprotected: [],
    resolve_s: still,
    findings: [],
    kills: 20,
  },
  naive: { orders: 100, duplicates: 4, lost: 0, kills: 20 },
  faults: [],
  crashpoints: [
    { name: 'mid-claim', kills: 3 },
    { name: 'mid-manual-adoption', kills: 0, provenIn: 'a test' },
  ],
  plan: {
    orders: 100,
    killEveryMs: 2_000,
    longestFreezeMs: 5_000,
    ordersPerSecond: 10,
    workers: 3,
    eachCrashpoint: 3,
    hands: false,
    faults: 'all',
  },
  seconds: 60,
  ends: [],
  setBack: 0,
}
const having = (change: Partial<ChaosReport['bullpen']>) => ({
  ...clean,
  bullpen: { ...clean.bullpen, ...change },
})

test.each(harms)('one harm fails a run: %s', (kind) => {
  expect(verdictOf(having({ [kind]: 1 }))).toBe('failed')
})

test('a run that harmed nothing has passed when it has tried enough, and is void otherwise', () => {
  expect(verdictOf(clean)).toBe('passed')
  expect(verdictOf({ ...clean, naive: { ...clean.naive, duplicates: 0 } })).toBe('void')
  // Without faults nothing is expected of the control.
  const calm = { ...clean.plan, faults: 'none' } as const
  expect(verdictOf({ ...clean, plan: calm, naive: { ...clean.naive, duplicates: 0 } })).toBe('passed')
  expect(verdictOf(having({ executed: 10 }))).toBe('void')
  expect(verdictOf({ ...clean, plan: { ...clean.plan, eachCrashpoint: 4 } })).toBe('void')
})

test('page and summary say what SIGKILL cannot show, and take no text for markup', () => {
  const report = having({ lost: 1, findings: ['lost: <script>"x"</script>'] })
  const page = pageOf(report)
  expect(page).not.toContain('<script>')
  expect(page).toContain('&lt;script&gt;')
  for (const text of [page, summaryOf(report)]) expect(text).toContain('Power loss')
})
