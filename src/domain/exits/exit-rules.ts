import type { DecimalText } from '../decimal.ts'
import { allowsReduceOnly, type Market } from '../market.ts'
import type { MarketFilters } from '../market-filters.ts'
import { type Tick, tickOf } from '../tick.ts'
import type { TradingSettings } from '../trading-settings.ts'

/** The exit rules of one position, prepared once from its settings and filters. Ratios and milliseconds; JSON. */
export interface ExitRules {
  readonly tick: Tick
  readonly stepSize: DecimalText
  readonly minQuantity: DecimalText
  readonly minNotional: DecimalText
  /** Reduce-only closes are free of the venue's minimum; on spot what is under it can only be written off as dust. */
  readonly reduceOnly: boolean
  readonly trailing: { readonly activation: number; readonly distance: number } | null
  readonly partials: readonly { readonly profit: number; readonly fraction: number }[]
  readonly timeExitMs: number | null
  readonly dynamicStops: boolean
  readonly smartExit: boolean
}

/** The exit rules of a position that opens with these settings on this symbol. */
export function exitRulesFor(settings: TradingSettings, filters: MarketFilters, market: Market): ExitRules {
  return {
    tick: tickOf(filters.tickSize),
    stepSize: filters.stepSize,
    minQuantity: filters.minQuantity,
    minNotional: filters.minNotional,
    reduceOnly: allowsReduceOnly(market),
    trailing: settings.trailing,
    partials: settings.partials,
    timeExitMs: settings.timeExitMs,
    dynamicStops: settings.dynamicStops,
    smartExit: settings.smartExit,
  }
}
