import { z } from 'zod'
import type { MarketContext } from '../../market/market-context.ts'
import type { SignalDraft } from '../../signal.ts'
import { defineStrategy } from '../strategy.ts'
import { ratio, weight } from '../weight.ts'
import { cioVote, cioWindow } from './cio.ts'
import { executionVote, executionWindow } from './execution.ts'
import { type CouncilMemory, councilMemory } from './memory.ts'
import { researchVote, researchWindow } from './research.ts'
import { gapWindow, riskVote, riskWindow } from './risk.ts'
import { type CastVote, isCast, type Seat, seatWeights, type Vote } from './vote.ts'

/** How much each seat counts, and what the council asks of itself. A seat of weight 0 is not asked: it neither votes nor vetoes. */
export const councilParameters = z.object({
  cio: weight(seatWeights.cio, 'the chief investment officer: trend on 1 h and 4 h'),
  execution: weight(seatWeights.execution, 'the execution strategist: the moment on 5 m'),
  research: weight(seatWeights.research, 'research: the 200-day mean and the halving'),
  risk: weight(seatWeights.risk, 'risk, which damps and vetoes'),
  least_score: ratio(0.25, 'score from which on it buys or sells'),
})

type Parameters = z.output<typeof councilParameters>

const defaults = councilParameters.parse({})

/** What the council says: every vote, the weighted score in [−1, 1] and the signal; undefined when nobody could vote. */
export interface CouncilVerdict {
  readonly votes: readonly Vote[]
  readonly score: number
  readonly signal: SignalDraft
}

/** Asks the seats that count and weighs their votes; the memory spares reading long candles again at every short one. */
export function council(
  context: MarketContext,
  parameters: Parameters = defaults,
  memory: CouncilMemory = councilMemory(),
): CouncilVerdict | undefined {
  const votes: Vote[] = []
  if (parameters.cio > 0) votes.push(cioVote(context, memory.cio))
  if (parameters.execution > 0) votes.push(executionVote(context))
  if (parameters.research > 0) votes.push(researchVote(context, memory.research))
  if (parameters.risk > 0) votes.push(riskVote(context, memory.risk))
  return weigh(context.symbol, votes, parameters)
}

/**
 * score = Σ w·c·v / Σ w·c over the seats that voted; confidence |score|. BUY or SELL needs |score| ≥ 0.25, two seats other
 * than risk on its side (one, when only one has enough history), and no veto; anything else is HOLD.
 */
export function weigh(
  symbol: string,
  votes: readonly Vote[],
  parameters: Parameters = defaults,
): CouncilVerdict | undefined {
  const cast = votes.filter(isCast)
  const others = cast.filter((vote) => vote.seat !== 'risk')
  if (others.length === 0) return undefined
  const score = scoreOf(cast, parameters)
  const onItsSide = others.filter((vote) => score !== 0 && Math.sign(vote.value) === Math.sign(score)).length
  const withHistory = votes.filter(
    (vote) => vote.seat !== 'risk' && (isCast(vote) || vote.abstains !== 'history'),
  ).length
  const veto = cast.find((vote) => vote.veto !== undefined)?.veto
  const isTaken =
    score !== 0 &&
    Math.abs(score) >= parameters.least_score &&
    onItsSide >= Math.min(2, withHistory) &&
    veto === undefined
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
  history: {
    '5m': Math.max(executionWindow, gapWindow),
    '1h': Math.max(cioWindow, riskWindow),
    '4h': cioWindow,
    '1d': researchWindow,
  },
  parameters: councilParameters,
  remember: councilMemory,
  onCandle: (context, { parameters, memory }) => council(context, parameters, memory)?.signal,
})

function scoreOf(votes: readonly CastVote[], weightOf: Readonly<Record<Seat, number>>): number {
  let weighted = 0
  let weights = 0
  for (const vote of votes) {
    const weight = weightOf[vote.seat] * vote.confidence
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
