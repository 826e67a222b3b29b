import type { SmartExitLayer } from '../domain/close-reason.ts'
import type { SetupModel } from '../domain/learning/setup-model.ts'
import type { Market } from '../domain/market.ts'
import type { TradingSettings } from '../domain/trading-settings.ts'

/** What a run trades under. */
export interface RunTerms {
  readonly settings: TradingSettings
  readonly market: Extract<Market, 'spot' | 'futures'>
  readonly quote: string
  /** What the account begins with, in quote. */
  readonly capital: number
  /** What the venue takes of each fill, as a ratio of its notional. */
  readonly fee: number
  /** How far each fill is beyond its price, against us, as a ratio. */
  readonly slippage: number
  /** The ML filter, asked where the settings have it on; without one every setup passes it. */
  readonly setupModel?: SetupModel
  /** The layers of SmartExit that have a say, where it is on; all of them by default. */
  readonly smartExitLayers?: readonly SmartExitLayer[]
}

/** What a fill at a price costs or brings: the price moved against us by the slippage. */
export function slipped(price: number, side: 'buy' | 'sell', slippage: number): number {
  if (slippage === 0) return price
  // Fifteen digits: 30 000 · 1.0005 is 30 015 and not 30 015.000000000004.
  return Number((price * (side === 'buy' ? 1 + slippage : 1 - slippage)).toPrecision(15))
}
