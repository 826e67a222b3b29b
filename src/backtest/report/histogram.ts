import { niceStep } from './nice.ts'

/** One bar: values from `from` up to, and not with, `to`; an outermost bar has no bound on its outer side. */
export interface Bar {
  readonly from: number
  readonly to: number
  readonly count: number
}

/** Results closer together than this are the same for any eye. */
const least = 1e-6

/**
 * Counts values in bars of one nice width, zero being a bound, so that no bar holds wins and losses. What lies beyond the
 * first and the last hundredth is gathered in the outermost bars, so that one outlier does not flatten the rest.
 */
export function histogram(values: readonly number[], bars = Math.ceil(3 * Math.cbrt(values.length))): Bar[] {
  if (values.length === 0) return []
  const sorted = values.toSorted((a, b) => a - b)
  const low = Math.min(0, sorted[Math.floor(0.01 * (sorted.length - 1))] ?? 0)
  const high = Math.max(0, sorted[Math.ceil(0.99 * (sorted.length - 1))] ?? 0)
  const width = high - low > least ? niceStep(high - low, bars) : 0.01
  const first = Math.floor(low / width)
  const last = Math.max(first, Math.floor(high / width))
  const counts = new Array<number>(last - first + 1).fill(0)
  for (const value of values) {
    const place = Math.min(last, Math.max(first, Math.floor(value / width)))
    counts[place - first] = (counts[place - first] ?? 0) + 1
  }
  return counts.map((count, i) => ({ from: (first + i) * width, to: (first + i + 1) * width, count }))
}
