/** The step of 1, 2 or 5 times a power of ten of which about `count` cover the span: the nearest in proportion. */
export function niceStep(span: number, count: number): number {
  if (!(span > 0)) return 1
  const rough = span / count
  const power = 10 ** Math.floor(Math.log10(rough))
  return ([1, 2, 5].find((each) => rough / power < each * Math.SQRT2) ?? 10) * power
}

/** The multiples of a nice step within the range, about `count` of them. */
export function niceTicks(low: number, high: number, count: number): number[] {
  const step = niceStep(high - low, count)
  const first = Math.ceil(low / step - 1e-9)
  const last = Math.floor(high / step + 1e-9)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  )
}
