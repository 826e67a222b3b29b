import type { BacktestRun } from '../result.ts'

/** A run that stands still for so much of its time is told of. */
const mostOfIt = 0.3

/**
 * Why a run stopped trading long before its end, in one sentence: the rule that refused most from then on, and what it said.
 * Undefined while it traded to the end, or when nothing was refused: then there were no signals.
 */
export function longSilence({
  settings,
  trades,
  skipped,
}: Pick<BacktestRun, 'settings' | 'trades' | 'skipped'>): string | undefined {
  const { from_ms, to_ms } = settings
  const lastMs = trades.reduce((last, { exit_time_ms }) => Math.max(last, exit_time_ms), from_ms)
  if (trades.length === 0 || to_ms - lastMs < mostOfIt * (to_ms - from_ms)) return undefined
  const after = skipped.filter(({ time_ms }) => time_ms >= lastMs)
  const byRule = [...Map.groupBy(after, ({ rule }) => rule)].sort(([, a], [, b]) => b.length - a.length)
  const [most] = byRule
  if (!most) return undefined
  const [rule, refused] = most
  const reason = refused[0]?.reasons[0]
  const day = new Date(lastMs).toISOString().slice(0, 10)
  return `Nothing was traded after ${day}: the rule ${rule.replaceAll('_', ' ')} refused ${refused.length} of ${after.length} signals${reason === undefined ? '' : `, the first because ${reason}`}.`
}
