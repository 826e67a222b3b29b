import { clamp } from '../market/series.ts'
import { maxSignalAgeMs, type Signal } from '../signal.ts'
import type { DecisionInput, DecisionStep } from './decision.ts'
import { confidenceThreshold } from './threshold.ts'
import { distrust } from './trusted-source.ts'
import { pass, percentText, refuse, type Verdict } from './verdict.ts'

type Question = Pick<
  DecisionInput,
  'signal' | 'otherSignals' | 'accuracy' | 'trustedSources' | 'settings' | 'market' | 'marketNowMs'
>

/** Whether to act on a signal: its score is the confidence after consensus, 0–1. */
export interface Validation {
  readonly execute: boolean
  readonly score: number
  readonly reasons: readonly string[]
  readonly steps: readonly DecisionStep[]
}

/** Asks the five questions in turn and stops at the first refusal. */
export function validate(question: Question): Validation {
  const { score, ...consensus } = consensusOf(question)
  const rules: readonly [string, () => Verdict][] = [
    ['trusted_source', () => trustedSource(question)],
    ['signal_age', () => signalAge(question)],
    ['pair_accuracy', () => pairAccuracy(question)],
    ['consensus', () => consensus],
    ['threshold', () => threshold(question, score)],
  ]
  const steps: DecisionStep[] = []
  for (const [name, rule] of rules) {
    const step = { name, ...rule() }
    steps.push(step)
    if (!step.passed) break
  }
  return {
    execute: steps.every((step) => step.passed),
    score,
    reasons: steps.flatMap((step) => step.reason ?? []),
    steps,
  }
}

function trustedSource({ signal, trustedSources, settings }: Question): Verdict {
  const reason = distrust(signal, { operator: trustedSources, user: settings.sources })
  return reason === undefined ? pass({ source: signal.source }) : refuse(reason, { source: signal.source })
}

function signalAge({ signal, marketNowMs }: Question): Verdict {
  const ageMs = marketNowMs - signal.createdAtMs
  const numbers = { ageMs, leftMs: signal.expiresAtMs - marketNowMs }
  if (marketNowMs >= signal.expiresAtMs) return refuse('the signal has expired', numbers)
  if (ageMs >= maxSignalAgeMs) return refuse('the signal is older than 6 h', numbers)
  return pass(numbers)
}

function pairAccuracy({ signal, accuracy }: Question): Verdict {
  const { symbolSamples: samples, symbolHits: hits } = accuracy
  const hitRate = samples === 0 ? null : hits / samples
  const numbers = { samples, hitRate }
  if (hitRate === null || samples < 20 || hitRate >= 0.35) return pass(numbers)
  return refuse(
    `${signal.source} was right on ${signal.symbol} in only ${percentText(hitRate)} of ${samples}`,
    numbers,
  )
}

/**
 * Each other trusted source's live signal adds 0.05 when it agrees (0.10 at most) and takes 0.10 when it opposes; more
 * sources against the signal than for it, itself counted, refuse it.
 */
function consensusOf(question: Question): Verdict & { readonly score: number } {
  const { signal } = question
  const voices = question.otherSignals.filter((other) => isVoice(other, question))
  const agreeing = voices.filter((other) => other.action === signal.action).length
  const opposing = voices.length - agreeing
  const score = clamp(signal.confidence + Math.min(0.1, 0.05 * agreeing) - 0.1 * opposing, 0, 1)
  const numbers = { confidence: signal.confidence, agreeing, opposing, score }
  if (opposing > agreeing + 1)
    return { score, ...refuse(`${opposing} other sources say the opposite`, numbers) }
  return { score, ...pass(numbers) }
}

/** Whether another live signal is heard: what the operator trusts counts even for users who do not act on it themselves. */
function isVoice(other: Signal, { signal, trustedSources, settings, marketNowMs }: Question): boolean {
  return (
    other.source !== signal.source &&
    other.action !== 'HOLD' &&
    other.expiresAtMs > marketNowMs &&
    marketNowMs - other.createdAtMs < maxSignalAgeMs &&
    distrust(other, { operator: trustedSources, user: [...settings.sources, ...trustedSources] }) ===
      undefined
  )
}

function threshold({ accuracy, market, marketNowMs }: Question, score: number): Verdict {
  const parts = confidenceThreshold({ ...accuracy, dailyVolatility: market.dailyVolatility, marketNowMs })
  const { samples, hits } = accuracy
  const numbers = { score, ...parts, dailyVolatility: market.dailyVolatility, samples, hits }
  // A hair under the threshold is binary dust (0.35 + 0.05 − 0.05), not less confidence.
  if (score >= parts.threshold - 1e-12) return pass(numbers)
  return refuse(
    `confidence ${score.toFixed(3)} is under the threshold of ${parts.threshold.toFixed(3)}`,
    numbers,
  )
}
