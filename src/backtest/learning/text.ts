import type { SetupWeights } from '../../signals/setup-weights.ts'
import { count, percent } from '../summary/format.ts'
import type { Judgement } from './judgement.ts'

/** A model's weights, the heaviest first: how much the log odds change for a standard deviation of each feature. */
export function weightsText({ features, weights, trained }: SetupWeights): string {
  const rows = features
    .map((name, i) => ({ name, weight: weights[i] ?? 0 }))
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .map(({ name, weight }) => `  ${name.padEnd(12)} ${weight < 0 ? '−' : '+'}${Math.abs(weight).toFixed(3)}`)
  const { setups, winRate, from, to, sources } = trained
  return [
    `learned from ${count(setups)} setups of ${sources.join(', ')}, ${day(from)} to ${day(to)}; ${percent(winRate, 1)} won`,
    ...rows,
  ].join('\n')
}

/** How a model did, and how often setups won that were given about the same probability. */
export function judgementText(judgement: Judgement): string {
  const { setups, winRate, auc, aucLow, aucHigh, brier, baseBrier, bins, calibrationError } = judgement
  const rows = bins
    .filter((bin) => bin.count > 0)
    .map(
      ({ low, high, count: n, foretold, came, interval }) =>
        `  ${percent(low, 0).padStart(5)} – ${percent(high, 0).padEnd(6)} ${count(n).padStart(7)} ${percent(foretold, 1).padStart(9)} ${percent(came, 1).padStart(9)}   ${percent(interval.low, 1)} to ${percent(interval.high, 1)}`,
    )
  return [
    `judged by ${count(setups)} later setups, of which ${percent(winRate, 1)} won`,
    `  AUC   ${auc.toFixed(3)} (${aucLow.toFixed(3)} to ${aucHigh.toFixed(3)}; 0.5 is chance)`,
    `  Brier ${brier.toFixed(4)}, and ${baseBrier.toFixed(4)} by the base rate alone`,
    '  foretold         setups      mean       won   95 %',
    ...rows,
    `  mean distance of foretold and won: ${percent(calibrationError, 1)}`,
  ].join('\n')
}

function day(moment: string): string {
  return moment.slice(0, 10)
}
