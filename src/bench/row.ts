import { type Comparison, compare, type Pair } from './statistics.ts'

/**
 * What is asked of a figure: of its ratio to the floor, of our side alone, or of what ours is beyond the floor, both in the
 * figure's own unit.
 */
export interface Goal {
  readonly of: 'ratio' | 'ours' | 'increase'
  readonly bound: 'at least' | 'at most'
  readonly value: number
}

/** One figure that a contest measures. */
export interface Measure {
  /** The goal's number and the figure: '1-cpu'. */
  readonly id: string
  /** What is measured, with its unit at the end. */
  readonly metric: string
  readonly goal: Goal
  /** The floor on the quiet two-core machine for which the goals were set; a floor far from it says little. */
  readonly usualFloor?: readonly [number, number]
}

/** One line of the result, as `--json` writes it. */
export interface Row {
  readonly id: string
  readonly metric: string
  readonly floor: number
  readonly ours: number
  readonly ratio: number
  readonly goal: string
  /** The least and the greatest ratio of a round. */
  readonly spread: readonly [number, number]
  readonly pass: boolean
  /** What a reader should know before believing the row. */
  readonly detail?: string
}

const farOff = 0.4

/** Judges the rounds of one figure. Figures are kept to four digits. */
export function judge({ id, metric, goal, usualFloor }: Measure, rounds: readonly Pair[]): Row {
  const compared = compare(rounds)
  const details = [
    usualFloor && strangeness(compared.floor, usualFloor),
    goal.of === 'increase' ? increaseText(compared) : undefined,
  ].filter((text) => text !== undefined)
  return {
    id,
    metric,
    floor: digits(compared.floor),
    ours: digits(compared.ours),
    ratio: digits(compared.ratio),
    goal: goalText(goal),
    spread: [digits(compared.spread[0]), digits(compared.spread[1])],
    pass: meets(goal, compared),
    ...(details.length > 0 && { detail: details.join('; ') }),
  }
}

function meets({ of, bound, value }: Goal, compared: Comparison): boolean {
  return bound === 'at least' ? compared[of] >= value : compared[of] <= value
}

function goalText({ of, bound, value }: Goal): string {
  const text = `${bound === 'at least' ? '≥' : '≤'} ${value}`
  if (of === 'increase') return `${bound === 'at least' ? '≥' : '≤'} floor + ${value}`
  return of === 'ratio' ? `${text}×` : text
}

function increaseText({ increase, increaseSpread: [least, most] }: Comparison): string {
  return `${digits(increase)} beyond the floor, in a round ${digits(least)} to ${digits(most)}`
}

function strangeness(floor: number, [low, high]: readonly [number, number]): string | undefined {
  const usual = low === high ? `${low}` : `${low}–${high}`
  const off = floor < low ? floor / low : floor / high
  if (floor >= low * (1 - farOff) && floor <= high * (1 + farOff)) return undefined
  return `the floor is ${digits(off, 2)}× its usual ${usual}: another or a busy machine, so the row says little`
}

function digits(value: number, count = 4): number {
  return Number(value.toPrecision(count))
}
