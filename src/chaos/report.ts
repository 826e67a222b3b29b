import type { Exchange } from '../domain/market.ts'
import { harms, type Verdict } from './checker.ts'
import type { CrashpointKills } from './coverage.ts'
import { notShown } from './limits.ts'
import type { NaiveVerdict } from './naive-checker.ts'
import type { FaultSet } from './schedule.ts'

/** What a run of the harness found; as JSON, the report of the command. */
export interface ChaosReport {
  readonly seed: number
  readonly backend: 'redis' | 'postgres'
  readonly exchange: Exchange
  readonly bullpen: Verdict & { readonly kills: number }
  readonly naive: NaiveVerdict & { readonly kills: number }
  readonly faults: readonly { readonly kind: string; readonly target: string; readonly count: number }[]
  readonly crashpoints: readonly CrashpointKills[]
  /** What was asked for, so that the run can be made again. */
  readonly plan: {
    readonly orders: number
    readonly killEveryMs: number
    readonly longestFreezeMs: number
    readonly ordersPerSecond: number
    readonly workers: number
    readonly eachCrashpoint: number
    readonly hands: boolean
    readonly faults: FaultSet
  }
  readonly seconds: number
  /** Workers that ended by themselves, and how. */
  readonly ends: readonly { readonly how: string; readonly count: number }[]
  /** Halts and paused accounts that were set back so that the load went on, as an operator would. */
  readonly setBack: number
}

/** Below this share of orders that were executed, a run has tried too little. */
const leastExecuted = 0.25

/**
 * What a run came to. A control that came through unharmed, a load of which hardly anything was executed, or a crash point
 * that was not reached as often as asked for says that the run proves nothing.
 */
export function verdictOf({ bullpen, naive, crashpoints, plan }: ChaosReport): 'passed' | 'failed' | 'void' {
  if (harms.some((kind) => bullpen[kind] > 0)) return 'failed'
  const isHarmed = naive.duplicates + naive.lost > 0 || plan.faults === 'none'
  const isCovered = crashpoints.every(
    ({ kills, provenIn }) => provenIn !== undefined || kills >= plan.eachCrashpoint,
  )
  return isHarmed && isCovered && bullpen.executed >= bullpen.orders * leastExecuted ? 'passed' : 'void'
}

/** The report in a few lines for people. */
export function summaryOf(report: ChaosReport): string {
  const { bullpen, naive, crashpoints } = report
  const killed = crashpoints.map(({ name, kills, provenIn }) => `${name} ${provenIn ?? kills}`).join(', ')
  const words = {
    passed: 'passed: nothing was done twice, nothing was lost',
    failed: 'FAILED',
    void: 'VOID: the naive control came through unharmed, hardly any order was executed, or a crash point was not reached often enough: this run proves too little',
  }
  return [
    `seed ${report.seed} at ${report.exchange}, queue on ${report.backend}, ${report.seconds.toFixed(0)} s: ${words[verdictOf(report)]}`,
    `  Bullpen  ${bullpen.orders} orders, ${bullpen.kills} kills: ${bullpen.duplicates} duplicates, ${bullpen.lost} lost, ${bullpen.unresolved} unresolved, ${bullpen.oversold} oversold, ${bullpen.booksDiffer} differences in the books, ${bullpen.haltsBroken} broken halts, ${bullpen.ownCoinsTouched} of the user's own coins touched`,
    `  naive    ${naive.orders} orders, ${naive.kills} kills: ${naive.duplicates} duplicates, ${naive.lost} lost`,
    `  executed ${bullpen.executed} of ${bullpen.journal} in the journal; ${bullpen.reasons.map(({ state, reason, count }) => `${count} ${state} (${reason})`).join('; ')}`,
    `  unknown outcomes known after ${bullpen.resolve_s.p50} s (p50), ${bullpen.resolve_s.p99} s (p99)`,
    `  unprotected (futures) ${bullpen.unprotected_s.p50} s (p50), ${bullpen.unprotected_s.p99} s (p99), ${bullpen.unprotected_s.max} s (most); ${bullpen.bare.long} beyond 30 s, ${bullpen.bare.notClosing} of them with no exit planned by then`,
    `  faults   ${report.faults.map(({ kind, target, count }) => `${kind} ${target} ${count}`).join(', ')}`,
    `  died at  ${killed}`,
    ...bullpen.findings.map((finding) => `  ! ${finding}`),
    `  ${notShown}`,
  ].join('\n')
}
