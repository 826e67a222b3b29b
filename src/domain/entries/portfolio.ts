import { Decimal } from '../decimal.ts'
import type { Side } from '../side.ts'
import { baseOf } from '../signal.ts'
import type { PortfolioLimits } from '../trading-settings.ts'
import { type Category, categoryOf } from './categories.ts'
import type { Exposure } from './decision.ts'
import { shown } from './size.ts'
import { percentText, type Verdict } from './verdict.ts'

/** An entry asked for, against everything the account holds or has reserved. Money in quote. */
export interface PortfolioQuestion {
  readonly symbol: string
  readonly side: Side
  readonly notional: Decimal
  /** Margin the entry takes; its notional on spot. */
  readonly margin: Decimal
  /** Lifted to the venue's minimum: the single-asset limit does not apply. */
  readonly isRaised: boolean
  readonly equity: Decimal
  readonly freeQuote: Decimal
  readonly exposures: readonly Exposure[]
  /** Correlation with each exposure's symbol. */
  readonly correlations: Readonly<Record<string, number>>
  readonly limits: PortfolioLimits
}

/** How much of the entry the portfolio takes: 0 ≤ size_multiplier ≤ 1, with reasons and warnings. */
export interface PortfolioAnswer {
  readonly execute: boolean
  readonly sizeMultiplier: number
  /** The limit that decided the multiplier; null when everything fits. */
  readonly narrowest: string | null
  readonly reasons: readonly string[]
  readonly numbers: Verdict['numbers']
}

/** A multiplier below this is not worth an order. */
const leastMultiplier = 0.25

interface Room {
  readonly name: string
  readonly multiplier: number
}

/** Weighs an entry against asset, category, reserve and correlation limits. */
export function analyzePortfolio(question: PortfolioQuestion): PortfolioAnswer {
  const category = categoryOf(baseOf(question.symbol))
  const alike = correlationWith(question)
  const correlationMultiplier =
    question.limits.correlation && alike.mean !== null && alike.mean > 0.8 ? 0.5 : 1
  const rooms = roomsOf(question, category)
  const narrowest = rooms.reduce<Room>((least, room) => (room.multiplier < least.multiplier ? room : least), {
    name: 'correlation',
    multiplier: correlationMultiplier,
  })
  const isTooAlike = question.limits.correlation && alike.above90 >= 2
  const multiplier = isTooAlike ? 0 : narrowest.multiplier
  const reasons: string[] = []
  if (isTooAlike) reasons.push(`correlation above 0.9 with ${alike.above90} open positions`)
  else if (multiplier < leastMultiplier)
    reasons.push(`${narrowest.name} leaves room for ${percentText(multiplier)} of the size`)
  else if (multiplier < 1) reasons.push(`${narrowest.name} shrinks the size to ${percentText(multiplier)}`)
  const shape = shapeAfter(question, multiplier)
  const { concentrationWarning } = question.limits
  if (concentrationWarning !== null && shape.largest !== null && shape.largest >= concentrationWarning)
    reasons.push(`the largest asset is ${percentText(shape.largest)} of the exposure`)
  return {
    execute: !isTooAlike && multiplier >= leastMultiplier,
    sizeMultiplier: multiplier,
    narrowest: multiplier < 1 ? narrowest.name : null,
    reasons,
    numbers: {
      category,
      sizeMultiplier: multiplier,
      narrowest: multiplier < 1 ? narrowest.name : null,
      ...Object.fromEntries(rooms.map(({ name, multiplier: room }) => [name, room])),
      notional: shown(question.notional),
      margin: shown(question.margin),
      equity: shown(question.equity),
      freeQuote: shown(question.freeQuote),
      meanCorrelation: alike.mean,
      correlatedAbove90: alike.above90,
      largestShare: shape.largest,
      diversification: shape.diversification,
    },
  }
}

/** For each limit, the share of the asked size that still fits. */
function roomsOf(question: PortfolioQuestion, category: Category): Room[] {
  const { limits, equity, exposures, margin, notional } = question
  const base = baseOf(question.symbol)
  const held = (belongs: (exposure: Exposure) => boolean, of: 'margin' | 'notional') =>
    exposures.filter(belongs).reduce((sum, exposure) => sum.plus(exposure[of]), new Decimal(0))
  const rooms: Room[] = []
  const limit = (name: string, share: number | null, used: Decimal, asked: Decimal) => {
    if (share !== null) rooms.push({ name, multiplier: fitting(equity.times(share).minus(used), asked) })
  }
  const isSameAsset = (exposure: Exposure) => baseOf(exposure.symbol) === base
  const isSameCategory = (exposure: Exposure) => categoryOf(baseOf(exposure.symbol)) === category
  if (!question.isRaised) limit('asset_limit', limits.asset, held(isSameAsset, 'margin'), margin)
  if (category === 'l1') limit('l1_limit', limits.l1, held(isSameCategory, 'notional'), notional)
  else limit(`${category}_limit`, categoryShare(limits, category), held(isSameCategory, 'margin'), margin)
  if (limits.stableReserve !== null) {
    const spendable = question.freeQuote.minus(equity.times(limits.stableReserve))
    rooms.push({ name: 'stable_reserve', multiplier: fitting(spendable, margin) })
  }
  return rooms
}

function categoryShare(limits: PortfolioLimits, category: Category): number | null {
  if (category === 'meme') return limits.meme
  return category === 'defi' ? limits.defi : limits.category
}

function fitting(room: Decimal, asked: Decimal): number {
  if (room.lte(0)) return 0
  // Nine decimals, rounded down: a ratio as a double may be a hair above the exact one, and a cap is a cap.
  return Math.min(1, room.div(asked).toDecimalPlaces(9).toNumber())
}

/** Correlations with what is open; a position of the other side moves against the entry, so its sign turns. */
function correlationWith({ exposures, correlations, side }: PortfolioQuestion): {
  mean: number | null
  above90: number
} {
  const known = exposures.flatMap((exposure) => {
    const correlation = correlations[exposure.symbol]
    return correlation === undefined ? [] : exposure.side === side ? correlation : -correlation
  })
  if (known.length === 0) return { mean: null, above90: 0 }
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length
  return { mean, above90: known.filter((value) => value > 0.9).length }
}

/** Largest asset's share of exposure, and diversification = 1 − Herfindahl index, once the entry is in. */
function shapeAfter(question: PortfolioQuestion, multiplier: number) {
  const byAsset = new Map<string, Decimal>()
  const add = (symbol: string, notional: Decimal) => {
    const base = baseOf(symbol)
    byAsset.set(base, notional.plus(byAsset.get(base) ?? 0))
  }
  for (const exposure of question.exposures) add(exposure.symbol, new Decimal(exposure.notional))
  add(question.symbol, question.notional.times(multiplier))
  const total = [...byAsset.values()].reduce((sum, notional) => sum.plus(notional), new Decimal(0))
  if (total.isZero()) return { largest: null, diversification: null }
  const shares = [...byAsset.values()].map((notional) => notional.div(total).toNumber())
  return {
    largest: Math.max(...shares),
    diversification: 1 - shares.reduce((sum, share) => sum + share ** 2, 0),
  }
}
