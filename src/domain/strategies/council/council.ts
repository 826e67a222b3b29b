import type { MarketContext } from '../../market/market-context.ts'
import type { SignalDraft } from '../../signal.ts'
import { defineStrategy } from '../strategy.ts'
import { cioVote } from './cio.ts'
import { executionVote } from './execution.ts'
import { researchVote } from './research.ts'
import { riskVote } from './risk.ts'
import { type CastVote, isCast, seatWeights, type Vote } from './vote.ts'

const leastScore = 0.25

/** What the council says: every vote, the weighted score in [−1, 1] and the signal; undefined when nobody could vote. */
export interface CouncilVerdict {
  readonly votes: readonly Vote[]
  readonly score: number
  readonly signal: SignalDraft
}

/** Asks the four seats and weighs their votes. */
export function council(context: MarketContext): CouncilVerdict | undefined {
  const votes = [cioVote(context), executionVote(context), researchVote(context), riskVote(context)]
  return weigh(context.symbol, votes)
}

/**
 * score = Σ w·c·v / Σ w·c over the seats that voted; confidence |score|. BUY or SELL needs |score| ≥ 0.25, two seats other
 * than risk on its side (one, when only one has enough history), and no veto; anything else is HOLD.
 */
export function weigh(symbol: string, votes: readonly Vote[]): CouncilVerdict | undefined {
  const cast = votes.filter(isCast)
  const others = cast.filter((vote) => vote.seat !== 'risk')
  if (others.length === 0) return undefined
  const score = scoreOf(cast)
  const onItsSide = others.filter((vote) => score !== 0 && Math.sign(vote.value) === Math.sign(score)).length
  const withHistory = votes.filter(
    (vote) => vote.seat !== 'risk' && (isCast(vote) || vote.abstains !== 'history'),
  ).length
  const veto = cast.find((vote) => vote.veto !== undefined)?.veto
  const isTaken = Math.abs(score) >= leastScore && onItsSide >= Math.min(2, withHistory) && veto === undefined
  const reasoning = votes.map(voteText)
  if (veto !== undefined) reasoning.push(`veto: ${veto}`)
  reasoning.push(`score ${score.toFixed(2)}, ${onItsSide} on its side`)
  return {
    votes,
    score,
    signal: {
      symbol,
      action: isTaken ? (score > 0 ? 'BUY' : 'SELL') : 'HOLD',
      confidence: Math.min(1, Math.abs(score)),
      reasoning: reasoning.join(' · '),
    },
  }
}

/** The council as a strategy: the fallback while titan is silent. */
export const councilStrategy = defineStrategy({
  name: 'COUNCIL_V2.0_FALLBACK',
  timeframe: '5m',
  warmup: 34,
  parameters: {},
  onCandle: (context) => council(context)?.signal,
})

function scoreOf(votes: readonly CastVote[]): number {
  let weighted = 0
  let weights = 0
  for (const vote of votes) {
    const weight = seatWeights[vote.seat] * vote.confidence
    weighted += weight * vote.value
    weights += weight
  }
  return weights === 0 ? 0 : weighted / weights
}

function voteText(vote: Vote): string {
  const said = isCast(vote)
    ? `${vote.value.toFixed(2)} (c ${vote.confidence.toFixed(2)})`
    : `abstains (${vote.abstains})`
  return `${vote.seat} ${said}: ${vote.reasons.join(', ')}`
}
