import { Decimal } from '../decimal.ts'
import { clamp } from '../market/series.ts'
import { halfKelly } from './kelly.ts'
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
import { pass, refuse } from './verdict.ts'

/**
 * The `ase` size: risk amount ÷ stop distance × volatility multiplier × confidence, or half-Kelly × 1/(1 + volatility) ×
 * confidence once there are enough trades; capped by max_position, a quarter of the balance, the tier and free quote.
 * Leverage bounds what free margin affords and never multiplies.
 */
export function sizeAse(question: SizeQuestion, basis: SizeBasis): Sizing {
  const { kelly, tier } = basis
  const base = kelly === undefined ? riskBase(question, basis) : kellyBase(question, basis, kelly.fraction)
  const wish = new Decimal(base.notional).times(base.multiplier).times(question.score)
  const caps = capsOf(question, basis)
  const { notional, by } = capped(wish, caps)
  const numbers = {
    formula: kelly === undefined ? 'risk' : 'half-kelly',
    equity: shown(basis.equity),
    stopDistance: basis.stopDistance,
    score: question.score,
    riskPerTrade: base.riskPerTrade,
    kellyFraction: kelly?.fraction ?? null,
    kellyTrades: kelly?.trades ?? null,
    dailyVolatility: question.dailyVolatility,
    volatilityMultiplier: base.multiplier,
    tierMaxRisk: tier?.maxRisk ?? null,
    leverage: basis.leverage,
    wished: shown(wish),
    ...capNumbers(caps),
    cappedBy: by,
    notional: shown(notional),
  }
  const size = { notional, isRaised: false, cappedBy: by }
  if (kelly !== undefined && kelly.fraction <= 0) return { verdict: refuseWithoutEdge(kelly, numbers), size }
  if (notional.gt(0)) return { verdict: pass(numbers), size }
  return { verdict: refuse(by === null ? 'there is nothing to stake' : `no room under ${by}`, numbers), size }
}

interface Base {
  readonly notional: number | Decimal
  readonly multiplier: number
  readonly riskPerTrade: number | null
}

/** position_from_sl = risk_amount / stop_loss; × 1.2 in calm markets (under 2 % a day), else 0.8. */
function riskBase(
  { settings, dailyVolatility }: SizeQuestion,
  { equity, stopDistance, tier }: SizeBasis,
): Base {
  const risk =
    tier === undefined ? settings.riskPerTrade : clamp(settings.riskPerTrade, tier.minRisk, tier.maxRisk)
  const isCalm = dailyVolatility !== null && dailyVolatility < 0.02
  return {
    notional: equity.times(risk).div(stopDistance),
    multiplier: isCalm ? 1.2 : 0.8,
    riskPerTrade: risk,
  }
}

/** bankroll · ½ f*, × 1/(1 + daily realized volatility); 0.8 when that is not known. */
function kellyBase({ dailyVolatility }: SizeQuestion, { equity }: SizeBasis, fraction: number): Base {
  const multiplier = dailyVolatility === null ? 0.8 : 1 / (1 + dailyVolatility)
  return { notional: halfKelly(equity.toNumber(), fraction), multiplier, riskPerTrade: null }
}

function capsOf({ settings }: SizeQuestion, basis: SizeBasis): Cap[] {
  const caps: Cap[] = [
    { name: 'max_position', notional: new Decimal(settings.maxPosition) },
    { name: 'quarter_of_balance', notional: basis.equity.times(0.25) },
  ]
  if (basis.tier !== undefined)
    caps.push({ name: 'tier_risk', notional: basis.equity.times(basis.tier.maxRisk).div(basis.stopDistance) })
  if (basis.heatRoom !== undefined) caps.push({ name: 'portfolio_heat', notional: basis.heatRoom })
  caps.push({ name: 'free_margin', notional: basis.affordable })
  return caps
}
