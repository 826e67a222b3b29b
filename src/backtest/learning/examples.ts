import type { Forecast } from '../../domain/learning/reliability.ts'
import { type SetupModel, setupProbability } from '../../domain/learning/setup-model.ts'
import type { Ground } from '../evidence/evidence.ts'

/** A setup and what came of it: it won when its trade, left by the exits of the settings, brought something after fees. */
export interface Example {
  readonly bornMs: number
  /** When its trade was over. */
  readonly overMs: number
  readonly features: readonly number[]
  readonly won: boolean
}

/** Every setup that has its features and an end, in the order of time. */
export function examplesOf(grounds: readonly Ground[]): Example[] {
  const examples: Example[] = []
  for (const { record, outcomes } of grounds)
    for (const { bar, side, bornMs, features } of record.births) {
      const outcome = features && outcomes.at(bar, side)
      if (features === undefined || outcome === undefined) continue
      const overMs = (record.bars[outcome.lastBar]?.openMs ?? bornMs) + record.stepMs
      examples.push({ bornMs, overMs, features, won: outcome.profitRatio > 0 })
    }
  return examples.sort((a, b) => a.bornMs - b.bornMs)
}

/** The earlier examples to learn from and the later ones to be judged by. */
export interface Split {
  readonly train: readonly Example[]
  readonly holdout: readonly Example[]
  readonly cutMs: number
}

/**
 * Splits examples in time: the last `share` of them is held out, and of the earlier ones those are left out whose trade was
 * not over when the first of these began, so that nothing of the later time is learned from.
 */
export function splitInTime(examples: readonly Example[], share: number): Split {
  const cutMs = examples[Math.floor(examples.length * (1 - share))]?.bornMs ?? Number.POSITIVE_INFINITY
  return {
    cutMs,
    train: examples.filter(({ overMs }) => overMs <= cutMs),
    holdout: examples.filter(({ bornMs }) => bornMs >= cutMs),
  }
}

/** What a model foretells of each example. */
export function forecastsOf(model: SetupModel, examples: readonly Example[]): Forecast[] {
  return examples.map(({ features, won }) => ({ probability: setupProbability(model, features), came: won }))
}

/** Share of the examples that won. */
export function winRateOf(examples: readonly Pick<Example, 'won'>[]): number {
  return examples.filter(({ won }) => won).length / examples.length
}
