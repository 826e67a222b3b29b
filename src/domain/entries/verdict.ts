import type { DecisionStep } from './decision.ts'

/** What a rule says: whether it lets the entry through, the numbers it looked at, and the reason when it does not. */
export type Verdict = Omit<DecisionStep, 'name'>

/** The rule lets it through. */
export function pass(numbers: Verdict['numbers'] = {}): Verdict {
  return { passed: true, numbers }
}

/** The rule lets it through and has something to say. */
export function note(reason: string, numbers: Verdict['numbers'] = {}): Verdict {
  return { passed: true, numbers, reason }
}

/** The rule refuses. */
export function refuse(reason: string, numbers: Verdict['numbers'] = {}): Verdict {
  return { passed: false, numbers, reason }
}

/** A ratio as percent for reasons: 0.0167 is '1.67 %'. */
export function percentText(ratio: number): string {
  return `${Number((ratio * 100).toFixed(2))} %`
}

/** A moment as people read it in reasons, UTC. */
export function momentText(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
