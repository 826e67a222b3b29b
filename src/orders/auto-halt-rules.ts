/** When entries are stopped by themselves. Counts are of orders, times of the wall clock. */
export interface AutoHaltRules {
  /** An account plans more orders than this in the time: something goes in circles. */
  readonly orderRate: { readonly orders: number; readonly withinMs: number }
  /** An account's trades of the market's day (UTC) have lost this part of what it was worth when the day began. */
  readonly dailyLoss: { readonly ratio: number }
  /** The venue refuses this many of an account's orders, and this part of all that were sent. */
  readonly rejectRate: { readonly orders: number; readonly ratio: number; readonly withinMs: number }
  /** The outcome of so many orders on an exchange was unknown, of so many accounts, and this part of all that were sent. */
  readonly unknownRate: {
    readonly orders: number
    readonly accounts: number
    readonly ratio: number
    readonly withinMs: number
  }
}

/**
 * The defaults. An account has at most ten positions and, in an hour, as many entries as its user allows, so sixty orders
 * in a minute are no trading; the loss lies between what a run of stops costs and the week's drawdown guard.
 */
export const autoHaltRules: AutoHaltRules = {
  orderRate: { orders: 60, withinMs: 60_000 },
  dailyLoss: { ratio: 0.1 },
  rejectRate: { orders: 5, ratio: 0.5, withinMs: 600_000 },
  unknownRate: { orders: 10, accounts: 3, ratio: 0.2, withinMs: 300_000 },
}
