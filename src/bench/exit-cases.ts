import { boundsOf } from '../domain/exits/bounds.ts'
import { evaluateExit } from '../domain/exits/evaluate.ts'
import type { ExitDecision } from '../domain/exits/exit-decision.ts'
import { observe } from '../domain/exits/monitored-state.ts'
import { roundToTick } from '../domain/tick.ts'
import { type BareAction, bare, evaluateBare } from './exit-floor.ts'
import { firstSweepMs, levels, position } from './exit-market.ts'
import { random } from './random.ts'

/**
 * How many of so many random cases end alike: the domain's rules do what the bare ones do, and find nothing wherever the
 * bounds promise that there is nothing.
 */
export function sameActions(cases: number, seed: number): number {
  const draw = random(seed)
  let same = 0
  for (let i = 0; i < cases; i++) {
    const fresh = position(draw, { positionId: 'one', symbol: 'S0/USDT', price: 10 + draw() * 1_000 })
    const { rules } = fresh
    const near = (share: number) =>
      roundToTick(fresh.state.entryPrice * (1 + (draw() - 0.5) * share), rules.tick)
    const state = observe(
      { ...fresh.state, takenLevels: levels.map((_, i) => i + 1).slice(0, Math.floor(draw() * 4)) },
      near(0.3),
    )
    const price = near(0.5)
    const nowMs = firstSweepMs + Math.floor(draw() * 4 * 3_600_000)
    const expected = evaluateBare(bare({ state, rules }), price, nowMs)
    const found = actionOf(evaluateExit(observe(state, price), price, nowMs, rules))
    const { low, high, untilMs } = boundsOf(state, rules)
    const isQuiet = low < price && price < high && nowMs < untilMs
    if (found === expected && !(isQuiet && found !== 'none')) same += 1
  }
  return same
}

function actionOf(exit: ExitDecision | undefined): BareAction {
  if (exit === undefined) return 'none'
  if (exit.reason === 'stop_loss') return 'stop'
  if (exit.reason === 'trailing_stop') return 'trail'
  if (exit.reason === 'take_profit') return 'target'
  return exit.reason === 'time_exit' ? 'time' : 'part'
}
