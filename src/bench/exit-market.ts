import type { ExitRules } from '../domain/exits/exit-rules.ts'
import type { MonitoredState } from '../domain/exits/monitored-state.ts'
import { roundToTick, tickOf } from '../domain/tick.ts'
import { random } from './random.ts'

/** Positions and a market that walks: the same for every form that evaluates them. */
export interface ExitMarket {
  readonly positions: readonly Watched[]
  /** Last price of each symbol by its number; changed in place by `step`. */
  readonly prices: Float64Array
  /** The number of a symbol by its name. */
  readonly numbers: ReadonlyMap<string, number>
  /** Moves every price by at most half a percent, onto the tick. */
  step(): void
}

/** A position, its rules, and the number of its symbol. */
export interface Watched {
  readonly symbol: number
  readonly state: MonitoredState
  readonly rules: ExitRules
}

/** How large the market is. */
export interface ExitSize {
  readonly positions: number
  readonly symbols: number
  readonly sweeps: number
}

/** Market time of the first sweep; each is 5 s after the one before. */
export const firstSweepMs = Date.UTC(2026, 2, 23, 10)
export const sweepEveryMs = 5_000
/** How long a position may be open. */
export const longestMs = 12 * 3_600_000

const tick = tickOf('0.01')

/** Partial take-profit levels of every position: ratios. */
export const levels = [
  { profit: 0.06, fraction: 0.33 },
  { profit: 0.1, fraction: 0.33 },
  { profit: 0.15, fraction: 0.34 },
] as const

/** What a trailing stop keeps from the best price: a ratio. It trails from the entry on. */
export const trailDistance = 0.08

const trailing: ExitRules = {
  tick,
  stepSize: '0.0001',
  minQuantity: '0.0001',
  minNotional: '0.01',
  reduceOnly: true,
  trailing: { activation: 0, distance: trailDistance },
  partials: levels,
  timeExitMs: longestMs,
  dynamicStops: false,
  smartExit: false,
}
const fixed: ExitRules = { ...trailing, trailing: null }

/** Makes the market; the same size gives the same one. Half of the positions trail, six in ten are long. */
export function exitMarket({ positions: count, symbols }: ExitSize): ExitMarket {
  const draw = random(42)
  const walk = random(7)
  const prices = Float64Array.from({ length: symbols }, () => roundToTick(10 + draw() * 1_000, tick))
  const positions = Array.from({ length: count }, (_, i) => {
    const symbol = Math.floor(draw() * symbols)
    const facts = { positionId: String(i), symbol: nameOf(symbol), price: prices[symbol] ?? 0 }
    return { symbol, ...position(draw, facts) }
  })
  return {
    positions,
    prices,
    numbers: new Map(Array.from(prices, (_, symbol) => [nameOf(symbol), symbol])),
    step() {
      for (const [i, price] of prices.entries())
        prices[i] = roundToTick(price * (1 + (walk() - 0.5) * 0.01), tick)
    },
  }
}

/** A random position, as it is right after its entry near the price. */
export function position(
  draw: () => number,
  { price, ...facts }: { readonly positionId: string; readonly symbol: string; readonly price: number },
): { readonly state: MonitoredState; readonly rules: ExitRules } {
  const isLong = draw() < 0.6
  const direction = isLong ? 1 : -1
  const entryPrice = roundToTick(price * (1 + (draw() - 0.5) * 0.01), tick)
  return {
    rules: draw() < 0.5 ? trailing : fixed,
    state: {
      ...facts,
      side: isLong ? 'long' : 'short',
      entryPrice,
      quantity: (1 + draw() * 5).toFixed(4),
      openedAtMs: firstSweepMs - Math.floor(draw() * 11 * 3_600_000),
      bestPrice: entryPrice,
      stopLoss: roundToTick(entryPrice * (1 - direction * (0.05 + draw() * 0.05)), tick),
      takeProfit: roundToTick(entryPrice * (1 + direction * (0.2 + draw() * 0.1)), tick),
      takenLevels: [],
      reevaluatedAtMs: 0,
    },
  }
}

/** The positions grouped by symbol, as one price is looked at with all of its positions. */
export function grouped({ positions }: ExitMarket): readonly Watched[] {
  return positions.toSorted((a, b) => a.symbol - b.symbol)
}

/** A string of its own for each position, as rows of a database bring it. */
function nameOf(symbol: number): string {
  return `S${symbol}/USDT`
}

/** Where each symbol's positions begin in a list that is grouped by symbol; one more entry ends the last. */
export function startsOf(positions: ExitMarket['positions'], symbols: number): Uint32Array {
  const counts = new Uint32Array(symbols)
  for (const { symbol } of positions) counts[symbol] = (counts[symbol] as number) + 1
  const starts = new Uint32Array(symbols + 1)
  for (const [symbol, count] of counts.entries()) starts[symbol + 1] = (starts[symbol] as number) + count
  return starts
}
