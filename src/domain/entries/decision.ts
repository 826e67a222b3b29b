import type { DecimalText } from '../decimal.ts'
import type { MarketNumbers } from '../market/market-numbers.ts'
import type { MarketSafety } from '../market/safety.ts'
import type { Exchange, Market } from '../market.ts'
import type { MarketFilters } from '../market-filters.ts'
import type { Side } from '../side.ts'
import type { Signal } from '../signal.ts'
import type { TradingSettings } from '../trading-settings.ts'

/** How a source did: its last 50 scored signals, and those on this base. Counts, not ratios. */
export interface SourceAccuracy {
  readonly samples: number
  readonly hits: number
  readonly symbolSamples: number
  readonly symbolHits: number
}

/** The account that decides. Money in its quote currency. */
export interface AccountView {
  readonly id: string
  readonly exchange: Exchange
  readonly market: Market
  readonly quote: string
  readonly equity: DecimalText
  /** Quote free to be spent: free balance on spot, free margin elsewhere, live reservations already taken off. */
  readonly freeQuote: DecimalText
  /** Taker fee as a ratio, kept free beside a spot purchase. */
  readonly takerFee: number
}

/** A living position or a reserved, unfilled entry of the account. */
export interface Exposure {
  readonly positionId: string
  readonly symbol: string
  readonly side: Side
  readonly state: 'reserved' | 'open' | 'closing'
  /** The source whose signal opened it. */
  readonly source: string
  readonly quantity: DecimalText
  readonly notional: DecimalText
  /** Margin in use; the notional on spot. */
  readonly margin: DecimalText
  /** |entry − stop| · quantity; the notional when it has no stop. */
  readonly risk: DecimalText
}

/** A closed trade of the account, as sizes and protections read it. */
export interface ClosedTrade {
  readonly symbol: string
  readonly closedAtMs: number
  readonly closeReason: string
  /** Net P&L ÷ entry cost. */
  readonly profitRatio: number
}

/** What the account did before. Times are market time. */
export interface AccountHistory {
  /** Closed trades as far back as `lookBackOf` says, any order. */
  readonly trades: readonly ClosedTrade[]
  /** When entries were taken, at least over this UTC day and the last hour. */
  readonly entryTimesMs: readonly number[]
  /** Account equity as far back as `lookBackOf` says, oldest first. */
  readonly equity: readonly { readonly atMs: number; readonly equity: number }[]
  /** Whether this account has already entered on this signal. */
  readonly hasEnteredSignal: boolean
}

/** Everything a decision depends on: the same input gives the same decision. */
export interface DecisionInput {
  readonly signal: Signal
  /** The live signals of other sources on the same base. */
  readonly otherSignals: readonly Signal[]
  readonly accuracy: SourceAccuracy
  /** Sources the operator trusts (TRUSTED_SOURCES). */
  readonly trustedSources: readonly string[]
  readonly settings: TradingSettings
  readonly account: AccountView
  readonly exposures: readonly Exposure[]
  readonly history: AccountHistory
  /** The symbol on the account's own market; undefined when it is not listed there. */
  readonly filters: MarketFilters | undefined
  readonly market: MarketNumbers
  /** BTC's reading; undefined when it is not known. */
  readonly safety: MarketSafety | undefined
  /** Correlation of 1 h log returns over 168 h with each exposure's symbol. */
  readonly correlations: Readonly<Record<string, number>>
  /** Bases of the top 10 by volume, for users who trade those. */
  readonly topBases: readonly string[]
  /** Probability of the ML filter; null while the symbol has too few candles, undefined when no model is loaded. */
  readonly mlProbability?: number | null
  /** Why the model that is there cannot be asked. */
  readonly mlRefusal?: string
  readonly marketNowMs: number
}

/** One named step of the pipeline with the numbers it looked at. */
export interface DecisionStep {
  readonly name: string
  readonly passed: boolean
  readonly numbers: Readonly<Record<string, number | string | boolean | null>>
  readonly reason?: string
}

/** An entry that every rule let through, ready to be reserved and planned. */
export interface Entry {
  readonly symbol: string
  readonly side: Side
  readonly quantity: DecimalText
  /** The price the decision was made at. */
  readonly entryPrice: number
  readonly stopLoss: number | null
  readonly takeProfit: number | null
  readonly stopsFrom: 'signal' | 'atr' | 'fixed'
  readonly leverage: number
  readonly notional: DecimalText
  readonly margin: DecimalText
  /** Loss at the stop, in quote; the notional when there is no stop. */
  readonly risk: DecimalText
}

/** What was decided and why; JSON, shown as it is. `rule` names the step that refused. */
export type Decision = {
  readonly symbol: string
  readonly reasons: readonly string[]
  readonly steps: readonly DecisionStep[]
} & (
  | { readonly outcome: 'taken'; readonly action: 'open'; readonly entry: Entry }
  | { readonly outcome: 'taken'; readonly action: 'close'; readonly positionId: string }
  | { readonly outcome: 'skipped'; readonly action: 'none'; readonly rule: string }
)
