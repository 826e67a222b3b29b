/** Sum of some numbers; 0 of none. */
export function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}

/** Arithmetic mean; null of none. */
export function meanOf(values: readonly number[]): number | null {
  return ratioOf(sumOf(values), values.length)
}

/** The middle value, or the mean of the two middle ones; null of none. */
export function medianOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)]
  const lower = sorted[Math.ceil(sorted.length / 2) - 1]
  return upper === undefined || lower === undefined ? null : lower + (upper - lower) / 2
}

/** Sample standard deviation (n − 1); null of fewer than two values. */
export function deviationOf(values: readonly number[]): number | null {
  const mean = meanOf(values)
  if (mean === null || values.length < 2) return null
  return Math.sqrt(sumOf(values.map((value) => (value - mean) ** 2)) / (values.length - 1))
}

/** a ÷ b; null where b is zero or the result is no finite number, as JSON knows none. */
export function ratioOf(a: number, b: number): number | null {
  return b === 0 ? null : finite(a / b)
}

/** The number where it is one that JSON can hold, else null. */
export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
