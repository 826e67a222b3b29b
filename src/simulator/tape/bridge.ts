/** Random steps with variance in proportion to the weights that end exactly at `total`. */
export function bridge(
  weights: readonly number[],
  total: number,
  deviation: number,
  shock: (index: number) => number,
): { change: number; deviation: number }[] {
  let sum = 0
  for (const weight of weights) sum += weight
  let walked = 0
  const steps = weights.map((weight, index) => {
    const own = deviation * Math.sqrt(weight / sum)
    const change = own * shock(index)
    walked += change
    return { change, deviation: own, share: weight / sum }
  })
  return steps.map((step) => ({
    change: step.change + (total - walked) * step.share,
    deviation: step.deviation,
  }))
}

/** How far a Brownian bridge that ends at `change` gets above its start: the exact law, inverted at `chance`. */
export function highest(change: number, deviation: number, chance: number): number {
  return (change + Math.sqrt(change * change - 2 * deviation * deviation * Math.log(chance))) / 2
}

/** Unit-variance noise on the way from one normal to the next, so that volatility changes slowly and across hours. */
export function between(left: number, right: number, part: number): number {
  return (left * (1 - part) + right * part) / Math.sqrt((1 - part) ** 2 + part ** 2)
}

/** Reflects a value back between its bounds. */
export function folded(value: number, low: number, high: number): number {
  let inside = value
  if (inside > high) inside = 2 * high - inside
  if (inside < low) inside = 2 * low - inside
  return Math.min(Math.max(inside, low), high)
}

/** Where the largest value stands; the first of equals. */
export function indexOfMost(values: readonly number[]): number {
  let best = 0
  for (const [index, value] of values.entries()) if (value > (values[best] as number)) best = index
  return best
}

/** Divides whole lots in proportion to the weights, without losing one. */
export function shares(lots: number, weights: readonly number[]): number[] {
  let sum = 0
  for (const weight of weights) sum += weight
  let [passed, given] = [0, 0]
  return weights.map((weight, index) => {
    passed += weight
    const until = index === weights.length - 1 ? lots : Math.floor((lots * passed) / sum)
    const share = until - given
    given = until
    return share
  })
}
