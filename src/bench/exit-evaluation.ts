import type { Contest } from './contest.ts'
import { sweepTypedArrays } from './exit-bounds-floor.ts'
import { sameActions } from './exit-cases.ts'
import { sweepObjects } from './exit-floor.ts'
import { type ExitSize, exitMarket } from './exit-market.ts'
import { type Swept, sweepBounds, sweepRules } from './exit-ours.ts'

/** Watching positions in RAM: the domain's bounds and rules beside bare ones, and whether they do the same. */
export function exitEvaluation(size: ExitSize, cases: number): Contest {
  return {
    goal: '8',
    title: 'exit evaluation',
    measures: [
      {
        id: '8-bounds',
        metric: 'bound check a position and tick, rules where one breaks, evaluations/s',
        goal: { of: 'ratio', bound: 'at least', value: 0.5 },
        usualFloor: [184e6, 259e6],
      },
      {
        id: '8-rules',
        metric: 'exit rules a position and tick, evaluations/s',
        goal: { of: 'ratio', bound: 'at least', value: 0.5 },
        usualFloor: [16.5e6, 18.7e6],
      },
      {
        id: '8-actions',
        metric: 'random cases, and those with the same action',
        goal: { of: 'ratio', bound: 'at least', value: 1 },
      },
    ],
    async open() {
      const same = sameActions(cases, 1)
      const run = (sweep: (market: ReturnType<typeof exitMarket>, sweeps: number) => Swept) =>
        sweep(exitMarket(size), size.sweeps)
      return async () => {
        const bounds = { floor: run(sweepTypedArrays), ours: run(sweepBounds) }
        const rules = { floor: run(sweepObjects), ours: run(sweepRules) }
        const found = [bounds.floor, bounds.ours, rules.floor, rules.ours].map(({ actions }) => actions)
        if (new Set(found).size > 1) throw new Error(`the forms found ${found.join(', ')} exits`)
        const figures = (side: 'floor' | 'ours', actions: number) => ({
          '8-bounds': bounds[side].evaluationsPerSecond,
          '8-rules': rules[side].evaluationsPerSecond,
          '8-actions': actions,
        })
        return { floor: figures('floor', cases), ours: figures('ours', same) }
      }
    },
  }
}
