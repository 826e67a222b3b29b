/** Every value an indicator takes over a list, NaN while it warms up. */
export function series<T, V>(indicator: { next(value: T): V }, values: Iterable<T>): V[] {
  const out: V[] = []
  for (const value of values) out.push(indicator.next(value))
  return out
}

/** The indicator's value after the whole list; NaN for an empty one. */
export function lastOf<T>(indicator: { next(value: T): number }, values: Iterable<T>): number {
  let last = Number.NaN
  for (const value of values) last = indicator.next(value)
  return last
}

/** The mean of the last `count` values; NaN when there are fewer. */
export function meanOfLast(values: readonly number[], count: number): number {
  if (values.length < count) return Number.NaN
  let total = 0
  for (let i = values.length - count; i < values.length; i++) total += values[i] ?? 0
  return total / count
}

/** The value, kept inside [low, high]. */
export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value))
}

/** NaN as null: what a record shows for a number that is not known. */
export function known(value: number): number | null {
  return Number.isNaN(value) ? null : value
}

/** The sign of a difference of prices; 0 for what is only binary dust beside the price (a market that stands still). */
export function signOf(difference: number, price: number): number {
  return Math.abs(difference) <= 1e-9 * Math.abs(price) ? 0 : Math.sign(difference)
}
