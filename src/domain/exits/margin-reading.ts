/** A margin that is judged as one: a cross account, or one isolated position. Quote; compared and never booked. */
export interface Margin {
  readonly equity: number
  readonly used: number
  /** The venue's own stop-out amount: at this equity it liquidates. */
  readonly stopOut: number
}

/** A position as the venue showed it. */
export interface MarginHolding {
  readonly symbol: string
  /** Negative for a short. */
  readonly quantity: number
  /** The last price when it was read. */
  readonly price: number
  /** null when the venue gives none. */
  readonly liquidationPrice: number | null
  readonly used: number
  readonly stopOut: number
  /** What an isolated position has of its own; null for one that shares the account's margin. */
  readonly isolatedEquity: number | null
}

/** What the venue said of an account's margin; JSON. */
export interface MarginReading {
  /** Of the whole account, isolated positions not counted in. */
  readonly cross: Margin
  readonly holdings: readonly MarginHolding[]
  /** What the books held of each symbol when it was read, without a sign. */
  readonly books: Readonly<Record<string, number>>
}

/** What is known now of the symbols of a reading. */
export interface MarketNow {
  /** Last price; undefined when there is none. */
  readonly priceOf: (symbol: string) => number | undefined
  /** What the books hold now, without a sign. */
  readonly heldOf: (symbol: string) => number
}

/**
 * The margins of a reading as they stand now: equity moves by what each position gained or lost since, what is used and the
 * stop-out amount with the notional and with what the books have closed since. A symbol without a price stands where it
 * was read; what was opened since is not in it.
 */
export function marginsAt(
  reading: MarginReading,
  now: MarketNow,
): { readonly cross: Margin; readonly isolated: ReadonlyMap<string, Margin> } {
  let cross = reading.cross
  const isolated = new Map<string, Margin>()
  for (const holding of reading.holdings) {
    const price = now.priceOf(holding.symbol) ?? holding.price
    const gain = holding.quantity * (price - holding.price)
    const growth = sizeNow(reading, holding, now) * (holding.price > 0 ? price / holding.price : 1) - 1
    const moved = (margin: Margin): Margin => ({
      equity: margin.equity + gain,
      used: margin.used + holding.used * growth,
      stopOut: margin.stopOut + holding.stopOut * growth,
    })
    if (holding.isolatedEquity === null) cross = moved(cross)
    else isolated.set(holding.symbol, moved({ ...holding, equity: holding.isolatedEquity }))
  }
  return { cross, isolated }
}

/** What is left of a holding after what the books have closed of it, as a share of what was read. */
function sizeNow({ books }: MarginReading, { symbol, quantity }: MarginHolding, now: MarketNow): number {
  const size = Math.abs(quantity)
  const closed = Math.max(0, (books[symbol] ?? 0) - now.heldOf(symbol))
  return size > 0 ? Math.max(0, 1 - closed / size) : 1
}
