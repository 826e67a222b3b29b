import { Decimal } from '../decimal.ts'
import { brokenFilter, type MarketFilters, roundQuantity } from '../market-filters.ts'
import type { Side } from '../side.ts'
import { tickOf } from '../tick.ts'
import type { DecisionInput, DecisionStep, Entry } from './decision.ts'
import { isChosenSymbol, marketSafety, mlFilter } from './eligibility.ts'
import { dailyLimit, hourlyLimit, positionLimit } from './limits.ts'
import { analyzePortfolio, type PortfolioAnswer } from './portfolio.ts'
import { cooldown, lowProfitPairs, maxDrawdown, stoplossGuard } from './protections.ts'
import { basisOf, type Size, type SizeBasis, type SizeQuestion } from './size.ts'
import { sizeAse } from './size-ase.ts'
import { sizePro } from './size-pro.ts'
import { ownStops, type Stops, stopsFor } from './stops.ts'
import { pass, refuse, type Verdict } from './verdict.ts'

/** Which way a signal goes, and how sure it is after validation, 0–1. */
interface Setup {
  readonly side: Side
  readonly score: number
}

/** An entry that every rule lets through. */
export interface TakenEntry {
  readonly action: 'open'
  readonly entry: Entry
}

/**
 * From the symbols to the venue's minimum: the steps of an entry whose signal was validated. Whoever goes on after a
 * refused step learns the size all the same, and may not take it.
 */
export function* entrySteps(
  input: DecisionInput,
  filters: MarketFilters,
  setup: Setup,
): Generator<DecisionStep, TakenEntry> {
  yield step('symbols', isChosenSymbol(input))
  yield step('market_safety', marketSafety(input, setup.side))
  yield step('ml_filter', mlFilter(input))
  const stops = stopsOf(input, filters, setup.side)
  yield step('stops', pass(stopNumbers(stops, input.market)))
  const question = sizeQuestion(input, filters, { stops, score: setup.score })
  const basis = basisOf(question)
  const { verdict, size } =
    input.settings.profile === 'pro' ? sizePro(question, basis) : sizeAse(question, basis)
  yield step('size', verdict)
  yield* limitSteps(input, filters.symbol)
  const portfolio = portfolioOf(input, {
    symbol: filters.symbol,
    side: setup.side,
    size,
    leverage: basis.leverage,
  })
  yield step('portfolio', portfolioVerdict(portfolio))
  const entry = entryOf(question, {
    basis,
    side: setup.side,
    stops,
    size,
    multiplier: portfolio.sizeMultiplier,
  })
  const heldDownBy = [size.cappedBy, portfolio.narrowest].filter((name) => name !== null)
  yield step('minimum', minimumRule(entry, basis, { filters, heldDownBy }))
  return { action: 'open', entry }
}

function* limitSteps(input: DecisionInput, symbol: string): Generator<DecisionStep, void> {
  yield step('max_positions', positionLimit(input))
  yield step('daily_trade_limit', dailyLimit(input))
  yield step('hourly_trade_limit', hourlyLimit(input))
  const { settings, history, marketNowMs } = input
  const question = { protections: settings.protections, history, symbol, marketNowMs }
  yield step('cooldown', cooldown(question))
  yield step('stoploss_guard', stoplossGuard(question))
  yield step('max_drawdown', maxDrawdown(question))
  yield step('low_profit_pairs', lowProfitPairs(question))
}

/** A verdict under the name of its rule. */
export function step(name: string, verdict: Verdict): DecisionStep {
  return { name, ...verdict }
}

function stopsOf({ market, settings, signal }: DecisionInput, filters: MarketFilters, side: Side): Stops {
  const { price: entryPrice, atr, regime } = market
  const question = { side, entryPrice, tick: tickOf(filters.tickSize), atr, regime, settings }
  return stopsFor(question, ownStops(signal, filters.quote))
}

/** The stops with what they came from; distances as ratios of the price. */
function stopNumbers(stops: Stops, { price, atr, regime }: DecisionInput['market']): Verdict['numbers'] {
  const distance = (to: number | null) => (to === null ? null : Math.abs(to - price) / price)
  return {
    ...stops,
    price,
    stopDistance: distance(stops.stopLoss),
    profitDistance: distance(stops.takeProfit),
    atr,
    regime,
  }
}

function sizeQuestion(
  input: DecisionInput,
  filters: MarketFilters,
  setup: { readonly stops: Stops; readonly score: number },
): SizeQuestion {
  const { settings, account, exposures, history, market, marketNowMs } = input
  return {
    settings,
    account,
    exposures,
    trades: history.trades,
    filters,
    entryPrice: market.price,
    stopLoss: setup.stops.stopLoss,
    score: setup.score,
    dailyVolatility: market.dailyVolatility,
    marketNowMs,
  }
}

function portfolioOf(
  { account, exposures, correlations, settings }: DecisionInput,
  asked: { readonly symbol: string; readonly side: Side; readonly size: Size; readonly leverage: number },
): PortfolioAnswer {
  return analyzePortfolio({
    ...asked,
    ...asked.size,
    margin: asked.size.notional.div(asked.leverage),
    equity: new Decimal(account.equity),
    freeQuote: new Decimal(account.freeQuote),
    exposures,
    correlations,
    limits: settings.portfolio,
  })
}

function portfolioVerdict({ execute, reasons, numbers }: PortfolioAnswer): Verdict {
  return { passed: execute, numbers, ...(reasons.length > 0 ? { reason: reasons.join('; ') } : {}) }
}

interface Plan {
  readonly basis: SizeBasis
  readonly side: Side
  readonly stops: Stops
  readonly size: Size
  readonly multiplier: number
}

/** The entry in whole steps, rounded down; a size raised to the venue's minimum is that minimum. */
function entryOf(
  { filters, entryPrice }: SizeQuestion,
  { basis, side, stops, size, multiplier }: Plan,
): Entry {
  const wanted =
    size.isRaised && multiplier === 1
      ? new Decimal(basis.minimumQuantity)
      : size.notional.times(multiplier).div(entryPrice)
  const quantity = roundQuantity(Decimal.min(wanted, filters.maxQuantity ?? wanted), filters)
  const notional = new Decimal(quantity).times(entryPrice)
  return {
    symbol: filters.symbol,
    side,
    quantity,
    entryPrice,
    stopLoss: stops.stopLoss,
    takeProfit: stops.takeProfit,
    stopsFrom: stops.from,
    leverage: basis.leverage,
    notional: notional.toString(),
    margin: notional.div(basis.leverage).toString(),
    risk: notional.times(basis.stopDistance).toString(),
  }
}

function minimumRule(
  { quantity, notional, entryPrice }: Entry,
  { minimumQuantity }: SizeBasis,
  { filters, heldDownBy }: { readonly filters: MarketFilters; readonly heldDownBy: readonly string[] },
): Verdict {
  const numbers = { quantity, notional, minimumQuantity, minNotional: filters.minNotional }
  const why = heldDownBy.length > 0 ? `, held down by ${heldDownBy.join(' and ')},` : ''
  const broken = brokenFilter({ quantity, price: entryPrice }, filters)
  if (broken !== undefined)
    return refuse(`the size (${notional} ${filters.quote})${why} breaks the venue's ${broken}`, numbers)
  if (new Decimal(quantity).gte(minimumQuantity)) return pass(numbers)
  return refuse(
    `${quantity} ${filters.base}${why} could not be sold again at the stop; the least is ${minimumQuantity}`,
    numbers,
  )
}
