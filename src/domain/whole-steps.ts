import { Decimal, type DecimalText } from './decimal.ts'

interface Stepped {
  readonly stepSize: DecimalText
}

interface Step {
  readonly exact: Decimal
  readonly rough: number
}

const steps = new WeakMap<Stepped, Step>()

/** A market's step, read from its text once. */
function stepOf(filters: Stepped): Step {
  const known = steps.get(filters)
  if (known !== undefined) return known
  const step = { exact: new Decimal(filters.stepSize), rough: Number(filters.stepSize) }
  steps.set(filters, step)
  return step
}

/** A quantity in whole steps, rounded down: a size rounded up is one we cannot pay. */
export function stepsWithin(quantity: number | DecimalText | Decimal, filters: Stepped): Decimal {
  const { exact, rough } = stepOf(filters)
  const count =
    typeof quantity === 'object' ? undefined : roundedBeyondDoubt(Number(quantity) / rough, Math.floor)
  const whole = count ?? new Decimal(quantity).div(exact).toDecimalPlaces(0, Decimal.ROUND_DOWN)
  return exact.times(whole)
}

/**
 * The fewest whole steps that reach a quantity; `rough` is that quantity as a double, right to a part in 10¹³ at least, and
 * `reckon` reckons it in decimals where the double leaves a doubt.
 */
export function stepsReaching(rough: number, reckon: () => Decimal, filters: Stepped): Decimal {
  const step = stepOf(filters)
  const count = roundedBeyondDoubt(rough / step.rough, Math.ceil)
  return step.exact.times(count ?? reckon().div(step.exact).toDecimalPlaces(0, Decimal.ROUND_UP))
}

/**
 * A positive ratio of doubles as a whole number; undefined where the exact ratio might round to another one. Decimals divide
 * at a hundredth of the speed, and so near to a whole number hardly a ratio lies.
 */
function roundedBeyondDoubt(ratio: number, round: (ratio: number) => number): number | undefined {
  const doubt = ratio * 1e-12
  const whole = round(ratio - doubt)
  return ratio > 0 && whole === round(ratio + doubt) ? whole : undefined
}
