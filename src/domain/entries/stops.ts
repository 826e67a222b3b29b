import type { Regime } from '../market/regime.ts'
import { clamp } from '../market/series.ts'
import { directionOf, type Side } from '../side.ts'
import { baseOf, type SignalDraft } from '../signal.ts'
import { roundToTick, type Tick } from '../tick.ts'
import type { TradingSettings } from '../trading-settings.ts'

/** Stop loss 2–5 % and take profit 5–15 % from the entry, whatever ATR says. */
const stopClamp = { low: 0.02, high: 0.05 } as const
const profitClamp = { low: 0.05, high: 0.15 } as const

const scales: Readonly<Record<Regime, { readonly stop: number; readonly profit: number }>> = {
  trending: { stop: 0.8, profit: 1.3 },
  sideways: { stop: 1.2, profit: 0.7 },
  volatile: { stop: 1.5, profit: 1.5 },
  unknown: { stop: 1, profit: 1 },
}

/** Prices at which a position is closed; null where the user switched one off. */
export interface Stops {
  readonly stopLoss: number | null
  readonly takeProfit: number | null
  readonly from: 'signal' | 'atr' | 'fixed'
}

/** What stops are made from. */
export interface StopsQuestion {
  readonly side: Side
  readonly entryPrice: number
  readonly tick: Tick
  readonly atr: number | null
  readonly regime: Regime
  readonly settings: Pick<TradingSettings, 'stopLoss' | 'takeProfit' | 'dynamicStops'>
}

/** SL = entry ∓ 2·ATR and TP = entry ± 3·ATR·1.5 as ratios of the entry, scaled by the regime and clamped. */
export function atrDistances(market: { entryPrice: number; atr: number; regime: Regime }): {
  stop: number
  profit: number
} {
  const share = market.atr / market.entryPrice
  const scale = scales[market.regime]
  return {
    stop: clamp(2 * share * scale.stop, stopClamp.low, stopClamp.high),
    profit: clamp(3 * 1.5 * share * scale.profit, profitClamp.low, profitClamp.high),
  }
}

/**
 * Where a new position's stops lie, on ticks. Fixed percentages with dynamic stops off; else from ATR, or the fixed ones while
 * there is no ATR; a signal's own stop wins when it is on the right side and inside the clamps.
 */
export function stopsFor(
  question: StopsQuestion,
  signal?: Pick<SignalDraft, 'stopLoss' | 'takeProfit'>,
): Stops {
  const { settings, entryPrice, atr, regime, tick, side } = question
  const direction = directionOf(side)
  const isDynamic = settings.dynamicStops && atr !== null
  const distances = isDynamic ? atrDistances({ entryPrice, atr, regime }) : undefined
  const stop = settings.stopLoss === null ? null : (distances?.stop ?? settings.stopLoss)
  const profit = settings.takeProfit === null ? null : (distances?.profit ?? settings.takeProfit)
  const own = settings.dynamicStops ? ownDistances(question, signal) : {}
  const usedStop = stop === null ? null : (own.stop ?? stop)
  const usedProfit = profit === null ? null : (own.profit ?? profit)
  const isOwn = (stop !== null && own.stop !== undefined) || (profit !== null && own.profit !== undefined)
  return {
    stopLoss: usedStop === null ? null : roundToTick(entryPrice * (1 - direction * usedStop), tick),
    takeProfit: usedProfit === null ? null : roundToTick(entryPrice * (1 + direction * usedProfit), tick),
    from: isOwn ? 'signal' : isDynamic ? 'atr' : 'fixed',
  }
}

function ownDistances(
  { side, entryPrice }: StopsQuestion,
  signal: Pick<SignalDraft, 'stopLoss' | 'takeProfit'> = {},
): { stop?: number; profit?: number } {
  const direction = directionOf(side)
  const stop = signal.stopLoss === undefined ? undefined : direction * (1 - signal.stopLoss / entryPrice)
  const profit =
    signal.takeProfit === undefined ? undefined : direction * (signal.takeProfit / entryPrice - 1)
  return {
    ...(stop !== undefined && isInside(stop, stopClamp) ? { stop } : {}),
    ...(profit !== undefined && isInside(profit, profitClamp) ? { profit } : {}),
  }
}

/** A billionth of slack: 1 − 98/100 is 0.020000000000000018, and 2 % is inside. */
function isInside(distance: number, range: { readonly low: number; readonly high: number }): boolean {
  return distance >= range.low - 1e-9 && distance <= range.high + 1e-9
}

const dollars: ReadonlySet<string> = new Set([
  'USD',
  'USDT',
  'USDC',
  'FDUSD',
  'TUSD',
  'USDP',
  'PYUSD',
  'DAI',
  'BUSD',
  'USDG',
])

/** A signal's own stops, unless its symbol is quoted in another money than the account's: those prices mean nothing there. */
export function ownStops(signal: SignalDraft, quote: string): Pick<SignalDraft, 'stopLoss' | 'takeProfit'> {
  const signalQuote = signal.symbol.slice(baseOf(signal.symbol).length + 1)
  const isSameMoney = signalQuote === quote || (dollars.has(signalQuote) && dollars.has(quote))
  return isSameMoney ? signal : {}
}
