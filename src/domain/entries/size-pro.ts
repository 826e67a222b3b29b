import {
  type Cap,
  capNumbers,
  capped,
  refuseWithoutEdge,
  type SizeBasis,
  type SizeQuestion,
  type Sizing,
  shown,
} from './size.ts'
import { tierRisk } from './tiers.ts'
import { note, pass, percentText, refuse } from './verdict.ts'

/**
 * The `pro` size: margin = risk % × equity, risk linear in the score inside the tier's range; notional = margin × leverage;
 * then every cap but max_position (a quarter of the balance and half-Kelly bound the margin here). Under the venue's minimum
 * it is raised to it when the loss at the stop stays within the tier's upper risk and heat, and free margin pays for it.
 */
export function sizePro(question: SizeQuestion, basis: SizeBasis): Sizing {
  const { equity, leverage, kelly, tier } = basis
  const risk = tier === undefined ? question.settings.riskPerTrade : tierRisk(tier, question.score)
  const wish = equity.times(risk).times(leverage)
  const caps = capsOf(basis)
  const { notional, by } = capped(wish, caps)
  const numbers = {
    formula: 'margin',
    equity: shown(equity),
    stopDistance: basis.stopDistance,
    score: question.score,
    risk,
    leverage,
    tierMaxRisk: tier?.maxRisk ?? null,
    tierHeat: tier?.heat ?? null,
    kellyFraction: kelly?.fraction ?? null,
    kellyTrades: kelly?.trades ?? null,
    wished: shown(wish),
    ...capNumbers(caps),
    cappedBy: by,
    notional: shown(notional),
    minimum: shown(basis.minimum),
  }
  const size = { notional, isRaised: false, cappedBy: by }
  if (kelly !== undefined && kelly.fraction <= 0) return { verdict: refuseWithoutEdge(kelly, numbers), size }
  if (notional.gte(basis.minimum)) return { verdict: pass(numbers), size }
  const obstacle = obstacleToRaise(question, basis)
  if (obstacle !== undefined) return { verdict: refuse(obstacle, numbers), size }
  const reason = `raised to the venue's minimum of ${shown(basis.minimum)}, ${percentText(lossAtMinimum(basis))} at the stop`
  return { verdict: note(reason, numbers), size: { notional: basis.minimum, isRaised: true, cappedBy: null } }
}

function capsOf(basis: SizeBasis): Cap[] {
  const { equity, leverage, kelly, heatRoom, tier, stopDistance } = basis
  const caps: Cap[] = [{ name: 'quarter_of_balance', notional: equity.times(0.25).times(leverage) }]
  if (kelly !== undefined)
    caps.push({ name: 'half_kelly', notional: equity.times(kelly.fraction).div(2).times(leverage) })
  if (tier !== undefined)
    caps.push({ name: 'tier_risk', notional: equity.times(tier.maxRisk).div(stopDistance) })
  if (heatRoom !== undefined) caps.push({ name: 'portfolio_heat', notional: heatRoom })
  caps.push({ name: 'free_margin', notional: basis.affordable })
  return caps
}

function lossAtMinimum({ minimum, stopDistance, equity }: SizeBasis): number {
  return minimum.times(stopDistance).div(equity).toNumber()
}

/** Why a size cannot be raised to the venue's minimum; undefined when it can. */
function obstacleToRaise({ settings }: SizeQuestion, basis: SizeBasis): string | undefined {
  const { minimum, tier, heatRoom, affordable } = basis
  const loss = lossAtMinimum(basis)
  const most = tier?.maxRisk ?? settings.riskPerTrade
  const size = `the venue's minimum of ${shown(minimum)}`
  if (loss > most) return `${size} loses ${percentText(loss)} at the stop, more than ${percentText(most)}`
  if (heatRoom !== undefined && minimum.gt(heatRoom)) return `${size} does not fit under the portfolio heat`
  if (minimum.gt(affordable)) return `${size} is more than free margin pays for (${shown(affordable)})`
  return undefined
}
