/**
 * Prepared rounding to a tick: tick = units / scale, both exact integers. Rounding through them gives the double nearest to
 * the decimal price, so 100980 and 0.1 · 1009800 compare equal and a stop is hit at its price.
 */
export interface Tick {
  readonly units: number
  readonly scale: number
}

/** Prepares a tick size such as '0.01', '0.5' or '25'. Throws when it is not a positive decimal number. */
export function tickOf(tickSize: string): Tick {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(tickSize)
  const decimals = match?.[2]?.replace(/0+$/, '') ?? ''
  const units = Number(`${match?.[1] ?? ''}${decimals}`)
  if (match === null || !(units > 0))
    throw new RangeError(`tick size '${tickSize}' is not a positive decimal number`)
  return { units, scale: 10 ** decimals.length }
}

/** The tick nearest to a price. */
export function roundToTick(price: number, tick: Tick): number {
  return (Math.round((price * tick.scale) / tick.units) * tick.units) / tick.scale
}
