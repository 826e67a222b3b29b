import { boundsOf } from '../domain/exits/bounds.ts'
import { evaluateExit } from '../domain/exits/evaluate.ts'
import type { ExitRules } from '../domain/exits/exit-rules.ts'
import { type MonitoredState, observe, takeLevels } from '../domain/exits/monitored-state.ts'
import { type ExitMarket, firstSweepMs, grouped, startsOf, sweepEveryMs } from './exit-market.ts'

/** What sweeps found, and how fast. */
export interface Swept {
  readonly actions: number
  readonly evaluationsPerSecond: number
}

/** The domain's rules for every position at every sweep, its price looked up by the symbol's name. */
export function sweepRules({ positions, prices, numbers, step }: ExitMarket, sweeps: number): Swept {
  const held = positions.map(({ state, rules }) => ({ state, rules, isOpen: true }))
  let actions = 0
  let ms = 0
  for (let sweep = 0; sweep < sweeps; sweep++) {
    step()
    const now = firstSweepMs + sweep * sweepEveryMs
    const beganMs = performance.now()
    for (const watched of held) {
      if (!watched.isOpen) continue
      const price = prices[numbers.get(watched.state.symbol) ?? 0] ?? 0
      watched.state = observe(watched.state, price)
      const exit = evaluateExit(watched.state, price, now, watched.rules)
      if (exit === undefined) continue
      actions += 1
      if (exit.action === 'reduce') watched.state = takeLevels(watched.state, exit.levels)
      else watched.isOpen = false
    }
    ms += performance.now() - beganMs
  }
  return { actions, evaluationsPerSecond: (held.length * sweeps) / (ms / 1_000) }
}

/** The domain's bounds for every position at every sweep, grouped by symbol; its rules only where a bound breaks. */
export function sweepBounds(market: ExitMarket, sweeps: number): Swept {
  const { prices, step } = market
  const positions = grouped(market)
  const states = positions.map(({ state }) => state)
  const rules = positions.map((position) => position.rules)
  const starts = startsOf(positions, prices.length)
  const low = new Float64Array(states.length)
  const high = new Float64Array(states.length)
  const until = new Float64Array(states.length)
  const bound = (i: number) => {
    const bounds = boundsOf(states[i] as MonitoredState, rules[i] as ExitRules)
    low[i] = bounds.low
    high[i] = bounds.high
    until[i] = bounds.untilMs
  }
  for (let i = 0; i < states.length; i++) bound(i)
  let actions = 0
  let ms = 0
  for (let sweep = 0; sweep < sweeps; sweep++) {
    step()
    const now = firstSweepMs + sweep * sweepEveryMs
    const beganMs = performance.now()
    for (let symbol = 0; symbol < prices.length; symbol++) {
      const price = prices[symbol] as number
      const end = starts[symbol + 1] as number
      for (let i = starts[symbol] as number; i < end; i++) {
        if (price > (low[i] as number) && price < (high[i] as number) && now < (until[i] as number)) continue
        const state = observe(states[i] as MonitoredState, price)
        states[i] = state
        const exit = evaluateExit(state, price, now, rules[i] as ExitRules)
        if (exit) actions += 1
        if (exit && exit.action !== 'reduce') {
          low[i] = Number.NEGATIVE_INFINITY
          high[i] = Number.POSITIVE_INFINITY
          until[i] = Number.POSITIVE_INFINITY
          continue
        }
        if (exit) states[i] = takeLevels(state, exit.levels)
        bound(i)
      }
    }
    ms += performance.now() - beganMs
  }
  return { actions, evaluationsPerSecond: (states.length * sweeps) / (ms / 1_000) }
}
