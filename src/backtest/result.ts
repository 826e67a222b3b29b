import type { CloseReason } from '../domain/close-reason.ts'
import type { UserSettings } from '../domain/settings.ts'
import type { Side } from '../domain/side.ts'

/** What a backtest was asked: the user's settings in their stored form, and the terms of the market it ran on. */
export type BacktestSettings = UserSettings & BacktestTerms

/** The terms of a run that are not a user's settings. Fee and slippage are ratios, capital is quote currency. */
export interface BacktestTerms {
  readonly market: 'spot' | 'futures'
  readonly fee: number
  readonly slippage: number
  readonly capital: number
  /** The strategy by its name, or the signal file's name. */
  readonly source: string
  /** Values of the strategy's parameters. */
  readonly parameters: Readonly<Record<string, number | string | boolean>>
  readonly symbols: readonly string[]
  readonly timeframe: string
  readonly from_ms: number
  readonly to_ms: number
}

/** One sale of a trade: quantity in base, price in quote as filled (slippage included). */
export interface BacktestExit {
  readonly time_ms: number
  readonly price: number
  readonly quantity: number
  readonly reason: CloseReason
}

/**
 * A closed round trip. `quantity` is what was sold again, the sum of its exits: on spot that is less than what was bought, by
 * the entry's fee, which is taken in the coin, and by the dust that no venue would take. `fees` is both legs' fees in quote and
 * the dust's cost, so that pnl = ±(Σ exits − entry_price · quantity) − fees + funding, and `profit_ratio` is pnl ÷ entry cost.
 * `exit_price` is the mean of its exits weighted by quantity; `close_reason` is that of the last one. What happens inside a
 * candle has the candle's opening time. A position that is still open at the end of the run is closed at the last close as
 * `manual`, and says so by `is_open`.
 */
export interface BacktestTrade {
  readonly symbol: string
  readonly side: Side
  readonly entry_time_ms: number
  readonly entry_price: number
  readonly exit_time_ms: number
  readonly exit_price: number
  readonly quantity: number
  readonly fees: number
  readonly funding: number
  readonly pnl: number
  readonly profit_ratio: number
  readonly close_reason: CloseReason
  readonly exits: readonly BacktestExit[]
  readonly leverage: number
  /** The source whose signal opened it, and its confidence. */
  readonly source: string
  readonly confidence: number
  /** What could not be sold again, in base. */
  readonly dust?: number
  readonly is_open?: true
}

/** A signal that was not taken, with the reasons the decision gave; a repeat with the same outcome is told once. */
export interface SkippedSignal {
  readonly time_ms: number
  readonly symbol: string
  readonly action: 'BUY' | 'SELL'
  /** The step of the decision that refused. */
  readonly rule: string
  readonly reasons: readonly string[]
}

/** A point of the account's curve at the close of a candle: equity at last prices, free quote, margin in use. */
export interface EquityPoint {
  readonly time_ms: number
  readonly equity: number
  /** Share of equity that is in positions. */
  readonly exposure: number
}

/** Where a position's stop stood from a moment on; the tighter of stop loss and trailing stop. */
export interface StopMove {
  readonly time_ms: number
  readonly price: number | null
}

/**
 * What the engine gives to whoever reads it. The equity curve has a bounded number of points, whatever the number of candles;
 * `stops` are those of `trades`, index by index.
 */
export interface BacktestRun {
  readonly settings: BacktestSettings
  readonly trades: readonly BacktestTrade[]
  readonly skipped: readonly SkippedSignal[]
  readonly equity: readonly EquityPoint[]
  /** The worst fall from a peak of equity, over every candle and not only the points of the curve. */
  readonly drawdown: { readonly ratio: number; readonly from_ms: number; readonly to_ms: number }
  readonly stops: readonly (readonly StopMove[])[]
  /** Buy-and-hold: first open and last close of each symbol. */
  readonly symbols: readonly { readonly symbol: string; readonly first: number; readonly last: number }[]
  readonly candles: number
  readonly seconds: number
}
