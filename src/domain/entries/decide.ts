import type { Decision, DecisionInput, DecisionStep } from './decision.ts'
import { isListed } from './eligibility.ts'
import { entrySteps, step, type TakenEntry } from './entry-steps.ts'
import { intentOf } from './intent.ts'
import { validate } from './validate.ts'

/**
 * Decides on one signal for one account: validate → size → limits → portfolio → take or skip. Stops at the first step that
 * refuses, and names it as the rule. The same input gives the same decision.
 */
export function decide(input: DecisionInput): Decision {
  const symbol = input.filters?.symbol ?? input.signal.symbol
  const steps: DecisionStep[] = []
  const reasons = () => steps.flatMap((step) => step.reason ?? [])
  const pipeline = stepsOf(input)
  for (;;) {
    const next = pipeline.next()
    if (next.done) return { symbol, outcome: 'taken', ...next.value, reasons: reasons(), steps }
    steps.push(next.value)
    if (!next.value.passed)
      // What earlier steps had to say is in the steps; the reason of a skip is what refused it.
      return {
        symbol,
        outcome: 'skipped',
        action: 'none',
        rule: next.value.name,
        reasons: next.value.reason === undefined ? [] : [next.value.reason],
        steps,
      }
  }
}

type Taken = TakenEntry | { readonly action: 'close'; readonly positionId: string }

/** The steps in order; nothing after a refused one is asked. */
function* stepsOf(input: DecisionInput): Generator<DecisionStep, Taken> {
  const validation = validate(input)
  yield* validation.steps
  yield step('listed', isListed(input))
  const intent = intentOf(input)
  yield step('intent', intent.verdict)
  if (intent.action === 'close') return { action: 'close', positionId: intent.position.positionId }
  const { filters } = input
  if (intent.action === 'none' || filters === undefined) throw new Error('asked on after a refusal')
  return yield* entrySteps(input, filters, { side: intent.side, score: validation.score })
}
