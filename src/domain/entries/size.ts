import { Decimal, type DecimalText } from '../decimal.ts'
import type { Market } from '../market.ts'
import { type MarketFilters, minimumQuantity } from '../market-filters.ts'
import type { TradingSettings } from '../trading-settings.ts'
import { stepsReaching } from '../whole-steps.ts'
import type { AccountView, ClosedTrade, Exposure } from './decision.ts'
import { type Kelly, readKelly } from './kelly.ts'
import { type Tier, tierOf } from './tiers.ts'
import { momentText, percentText, refuse, type Verdict } from './verdict.ts'

/** What a size is made from; one object for both formulas. */
export interface SizeQuestion {
  readonly settings: TradingSettings
  readonly account: AccountView
  readonly exposures: readonly Exposure[]
  readonly trades: readonly ClosedTrade[]
  readonly filters: MarketFilters
  readonly entryPrice: number
  readonly stopLoss: number | null
  /** The setup's score, 0–1. */
  readonly score: number
  readonly dailyVolatility: number | null
  readonly marketNowMs: number
}

/** What both formulas start from. Notionals in quote. */
export interface SizeBasis {
  readonly equity: Decimal
  /** Loss at the stop as a ratio of the notional; without a stop everything is at risk. */
  readonly stopDistance: number
  readonly leverage: number
  readonly tier: Tier | undefined
  readonly kelly: Kelly | undefined
  /** The largest notional the tier's heat still has room for; undefined without tiers. */
  readonly heatRoom: Decimal | undefined
  /** The largest notional that free quote pays for, fee included. */
  readonly affordable: Decimal
  /** The smallest quantity that can be entered and, on spot, sold again at the stop; and its notional. */
  readonly minimumQuantity: DecimalText
  readonly minimum: Decimal
}

/** A named upper limit of a notional. */
export interface Cap {
  readonly name: string
  readonly notional: Decimal
}

/** A size after its caps; `isRaised` when it was lifted to the venue's minimum. */
export interface Size {
  readonly notional: Decimal
  readonly isRaised: boolean
  /** The cap that decided it; null when it is what was wished. */
  readonly cappedBy: string | null
}

/** The size and whether it may be taken; the verdict carries the numbers either way. */
export interface Sizing {
  readonly verdict: Verdict
  readonly size: Size
}

/** Reads what both formulas start from. */
export function basisOf(question: SizeQuestion): SizeBasis {
  const { settings, account, filters, entryPrice, stopLoss, exposures } = question
  const equity = new Decimal(account.equity)
  const tier = settings.riskTiers ? tierOf(equity.toNumber()) : undefined
  const stopDistance = stopLoss === null ? 1 : Math.abs(entryPrice - stopLoss) / entryPrice
  const leverage = leverageOf({ market: account.market, settings, filters, tier })
  const free = atLeastZero(new Decimal(account.freeQuote))
  const least = leastQuantity({ ...question, stopDistance })
  return {
    equity,
    stopDistance,
    leverage,
    tier,
    kelly: readKelly({
      trades: question.trades,
      equity: equity.toNumber(),
      marketNowMs: question.marketNowMs,
    }),
    heatRoom: tier && heatRoom({ equity, tier, exposures, stopDistance }),
    affordable: free.div(new Decimal(1).div(leverage).plus(account.takerFee)),
    minimumQuantity: least,
    minimum: new Decimal(least).times(entryPrice),
  }
}

/** A stop is filled this far beyond its price, at worst, when the least spot position is reckoned. */
const slippage = 0.01

/** What a position without a stop is reckoned to have lost when it is sold. */
const lossWithoutStop = 0.05

/**
 * The venue's minimum. On spot every sale must reach it too (elsewhere reduce-only exits are free of it): the quantity that is
 * left after the entry's fee, in whole steps, has to be sellable at the stop, or the stop would protect nothing.
 */
function leastQuantity(question: SizeQuestion & { readonly stopDistance: number }): DecimalText {
  const { account, filters, entryPrice, stopLoss, stopDistance } = question
  if (account.market !== 'spot') return minimumQuantity(entryPrice, filters)
  const fall = stopLoss === null ? lossWithoutStop : stopDistance
  const sellable = minimumQuantity(entryPrice * (1 - fall) * (1 - slippage), filters)
  const kept = 1 - account.takerFee
  return stepsReaching(Number(sellable) / kept, () => new Decimal(sellable).div(kept), filters).toString()
}

/** min(user, tier, venue) leverage; spot has none. */
function leverageOf(limits: {
  readonly market: Market
  readonly settings: TradingSettings
  readonly filters: MarketFilters
  readonly tier: Tier | undefined
}): number {
  if (limits.market === 'spot') return 1
  const { settings, filters, tier } = limits
  return Math.max(
    1,
    Math.min(
      settings.leverage,
      tier?.leverage ?? settings.leverage,
      filters.maxLeverage ?? settings.leverage,
    ),
  )
}

/** Portfolio heat = Σ open |entry − stop|·qty / equity; the notional whose own risk still fits under the tier's. */
function heatRoom(heat: {
  readonly equity: Decimal
  readonly tier: Tier
  readonly exposures: readonly Exposure[]
  readonly stopDistance: number
}): Decimal {
  const open = heat.exposures.reduce((sum, exposure) => sum.plus(exposure.risk), new Decimal(0))
  return atLeastZero(heat.equity.times(heat.tier.heat).minus(open)).div(heat.stopDistance)
}

function atLeastZero(amount: Decimal): Decimal {
  return amount.lt(0) ? new Decimal(0) : amount
}

/** The refusal of an account whose trades have no edge: Kelly stakes nothing. */
export function refuseWithoutEdge(kelly: Kelly, numbers: Verdict['numbers']): Verdict {
  const when = momentText(kelly.forgottenAtMs)
  return refuse(
    `the last ${kelly.trades} trades have no edge (won ${percentText(kelly.winRate)}, f* ≤ 0); forgotten from ${when} on`,
    {
      ...numbers,
      winRate: kelly.winRate,
      averageWin: kelly.averageWin,
      averageLoss: kelly.averageLoss,
      kellyFraction: 0,
      forgottenAtMs: kelly.forgottenAtMs,
    },
  )
}

/** The tightest of the caps and the wish. */
export function capped(wish: Decimal, caps: readonly Cap[]): { notional: Decimal; by: string | null } {
  let notional = wish
  let by: string | null = null
  for (const cap of caps) {
    if (cap.notional.gte(notional)) continue
    notional = cap.notional
    by = cap.name
  }
  return { notional, by }
}

/** What each cap would let through, by its name, for the record. */
export function capNumbers(caps: readonly Cap[]): Verdict['numbers'] {
  return Object.fromEntries(caps.map(({ name, notional }) => [name, shown(notional)]))
}

/** Money in a record: eight decimals are plenty to explain a decision. */
export function shown(amount: Decimal | undefined): string | null {
  return amount === undefined ? null : amount.toDecimalPlaces(8).toString()
}
