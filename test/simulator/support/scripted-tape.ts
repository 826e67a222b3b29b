import type { PricePoint, Tape } from '#src/simulator/tape/tape.ts'

/** When a scripted tape begins: midnight, so that funding is due eight hours later. */
export const scriptStart = Date.UTC(2026, 5, 17)

/** A tape on which everything happens as written: the price of each symbol from so many minutes after the start on. */
export function scriptedTape(
  script: Readonly<Record<string, readonly (readonly [minute: number, price: number])[]>>,
): Tape {
  const points = new Map<string, readonly PricePoint[]>(
    Object.entries(script).map(([symbol, rows]) => [
      symbol,
      rows.map(([minute, price]) => ({ time: scriptStart + minute * 60_000, price })),
    ]),
  )
  const of = (symbol: string) => {
    const found = points.get(symbol)
    if (found === undefined) throw new Error(`the script has no ${symbol}`)
    return found
  }
  return {
    source: 'replay',
    identity: `script ${JSON.stringify(script)}`,
    listings: Object.keys(script).map((symbol) => {
      const [base = '', quote = ''] = symbol.split('/')
      return { symbol, base, quote, priceDecimals: 2, quantityDecimals: 5 }
    }),
    startsAt: scriptStart,
    endsAt: Number.POSITIVE_INFINITY,
    speed: 1,
    priceAt: (symbol, marketMs) => {
      const all = of(symbol)
      return (all.findLast(({ time }) => time <= marketMs) ?? (all[0] as PricePoint)).price
    },
    pointsBetween: (symbol, afterMs, untilMs) =>
      of(symbol).filter(({ time }) => time > afterMs && time <= untilMs),
    candles: () => [],
  }
}
