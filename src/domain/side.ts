/** Which way a position earns: a long when the price rises, a short when it falls. */
export type Side = 'long' | 'short'

/** What an order does at the venue. */
export type OrderSide = 'buy' | 'sell'

/** +1 for a long, −1 for a short: a price times this can be compared in one direction for both. */
export function directionOf(side: Side): 1 | -1 {
  return side === 'long' ? 1 : -1
}

/** The order side that opens a position of this side. */
export function entrySide(side: Side): OrderSide {
  return side === 'long' ? 'buy' : 'sell'
}

/** The order side that reduces or closes a position of this side. */
export function exitSide(side: Side): OrderSide {
  return side === 'long' ? 'sell' : 'buy'
}
