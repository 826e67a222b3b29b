import type { Parameters } from './parameters.ts'

const pageSize = 50

/** Which times of an item `start` and `end` are compared with, ms; and when something happened that is named by its id. */
interface Times<T> {
  readonly timesOf: (item: T) => { readonly from: number; readonly to: number }
  readonly momentOf: (txid: string) => number | undefined
}

/**
 * One page of a history, the newest first: what lies after `start` and up to `end`, from the `ofs`-th on. `count` is of
 * all pages.
 */
export function pageOf<T>(
  parameters: Parameters,
  items: readonly T[],
  { timesOf, momentOf }: Times<T>,
): { items: T[]; count: number } {
  const start = parameters.findMoment('start', momentOf) ?? Number.NEGATIVE_INFINITY
  const end = parameters.findMoment('end', momentOf) ?? Number.POSITIVE_INFINITY
  const offset = parameters.findInteger('ofs') ?? 0
  const inside = items.filter((item) => timesOf(item).from > start && timesOf(item).to <= end)
  const newest = inside.toSorted((a, b) => timesOf(a).from - timesOf(b).from).toReversed()
  return { items: newest.slice(offset, offset + pageSize), count: inside.length }
}
