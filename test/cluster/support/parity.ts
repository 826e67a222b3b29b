import type { BacktestExit, BacktestTrade } from '#src/backtest/result.ts'
import { baseOf } from '#src/domain/signal.ts'
import type { Tape } from '#src/simulator/tape/tape.ts'
import type { RecordedExit, RecordedTrade } from './recorded-account.ts'

/** What a comparison may lean on: the tape, and how finely each of the two looked at it. */
export interface ParityTerms {
  readonly tape: Tape
  /** Market time between two looks of the monitor. */
  readonly tickMs: number
  /** The shortest candles of the backtest: what happens inside one carries its opening time. */
  readonly candleMs: number
  /** How far a fill may lie beyond the tape, as a ratio: half of the venue's spread, and the rounding to its ticks. */
  readonly slack: number
}

/** What was found: differences that count, and those that the tape explains. */
export interface Comparison {
  readonly unexplained: readonly string[]
  readonly explained: readonly string[]
}

/**
 * Compares what the cluster recorded with what a backtest says of the same tape:
 *
 * - trades, by symbol, side and order: their entries at the same moment, at prices the tape had within one tick before it;
 * - close reasons, and the reason of each exit on the way: the same ones in the same order;
 * - each exit's time: the backtest's candle, and at most one tick after it, which is how late the monitor looks;
 * - each exit's price: within the range the tape had in the tick that ended with the recorded exit, the slack added;
 * - each exit's share of the trade, and what was sold in all: within a hundredth, since the entry differs by the slack.
 *
 * One kind of difference is explained, where the tape shows it: levels that lie within one tick of the tape are one order of
 * the monitor, which only sees the tick's end, and one after the other, each at its own price, in a backtest.
 */
export function compare(
  recorded: readonly RecordedTrade[],
  tested: readonly BacktestTrade[],
  terms: ParityTerms,
): Comparison {
  const unexplained: string[] = []
  const explained: string[] = []
  const key = (symbol: string, side: string) => `${baseOf(symbol)} ${side}`
  const left = Map.groupBy(tested, ({ symbol, side }) => key(symbol, side))
  for (const trade of recorded) {
    const name = `${key(trade.base, trade.side)} of ${at(trade.entryTimeMs)}`
    const twin = left.get(key(trade.base, trade.side))?.shift()
    if (twin === undefined) {
      unexplained.push(`${name}: recorded, not in the backtest`)
      continue
    }
    const own = twin.is_open ? twin.exits.slice(0, -1) : twin.exits
    const exits = asTheMonitorSees(trade, own, terms)
    if (exits.length < own.length)
      explained.push(`${name}: ${own.length - exits.length} levels within one tick`)
    for (const text of differencesOf(trade, { ...twin, exits }, terms)) unexplained.push(`${name}: ${text}`)
  }
  for (const [name, rest] of left)
    for (const trade of rest) unexplained.push(`${name} of ${at(trade.entry_time_ms)}: not recorded`)
  return { unexplained, explained }
}

/** The backtest's exits, those levels put together that the recorded run took as one and that its tick of the tape holds. */
function asTheMonitorSees(
  trade: RecordedTrade,
  exits: readonly BacktestExit[],
  terms: ParityTerms,
): BacktestExit[] {
  const seen: BacktestExit[] = []
  let next = 0
  for (const { reason, timeMs } of trade.exits) {
    const range = rangeOf(trade.base, timeMs, terms)
    let last = next
    while (exits[last] !== undefined && exits[last]?.reason !== reason) last++
    const together = exits.slice(next, last + 1)
    const isOneLook =
      together.length > 1 &&
      together.every((exit) => exit.reason.startsWith('partial_tp_') && isInside(exit.price, range))
    const [first] = together
    if (first === undefined) break
    if (isOneLook)
      seen.push({ ...first, reason: (together.at(-1) ?? first).reason, quantity: soldIn(together) })
    else seen.push(exits[next] as BacktestExit)
    next += isOneLook ? together.length : 1
  }
  return [...seen, ...exits.slice(next)]
}

function* differencesOf(trade: RecordedTrade, twin: BacktestTrade, terms: ParityTerms): Generator<string> {
  if (trade.entryTimeMs !== twin.entry_time_ms) yield `entered at ${at(twin.entry_time_ms)} in the backtest`
  const entryRange = rangeOf(trade.base, trade.entryTimeMs, terms)
  for (const price of [trade.entryPrice, twin.entry_price])
    if (!isInside(price, entryRange)) yield `entry at ${price}, the tape had ${entryRange}`
  const reason = twin.is_open ? null : twin.close_reason
  if (trade.closeReason !== reason) yield `closed by ${trade.closeReason}, in the backtest by ${reason}`
  const [own, others] = [trade.exits, twin.exits].map((exits) => exits.map((exit) => exit.reason).join(' '))
  if (own !== others) {
    yield `left by ${own}, in the backtest by ${others}`
    return
  }
  for (const [i, exit] of trade.exits.entries())
    yield* differencesOfExit(trade, [exit, twin.exits[i] as BacktestExit], terms)
  const [whole, twinWhole] = [soldIn(trade.exits), soldIn(twin.exits)]
  if (!isAlike(whole, twinWhole)) yield `${whole} were sold, in the backtest ${twinWhole}`
}

function* differencesOfExit(
  { base }: RecordedTrade,
  [exit, other]: readonly [RecordedExit, BacktestExit],
  terms: ParityTerms,
): Generator<string> {
  const lateMs = exit.timeMs - other.time_ms
  if (!(lateMs >= 0 && lateMs <= terms.candleMs + terms.tickMs))
    yield `${exit.reason} at ${at(exit.timeMs)}, in the backtest at ${at(other.time_ms)}`
  const range = rangeOf(base, exit.timeMs, terms)
  for (const price of [exit.price, other.price])
    if (!isInside(price, range)) yield `${exit.reason} at ${price}, the tape had ${range}`
  if (!isAlike(exit.quantity, other.quantity))
    yield `${exit.reason} of ${exit.quantity}, in the backtest of ${other.quantity}`
}

function soldIn(exits: readonly { readonly quantity: number }[]): number {
  return exits.reduce((sum, exit) => sum + exit.quantity, 0)
}

function isAlike(a: number, b: number): boolean {
  return Math.abs(a - b) <= 0.01 * Math.max(a, b)
}

type Range = readonly [low: number, high: number]

/** What the tape had within the tick that ended at a moment, the price before it counted in; wider by the slack. */
function rangeOf(base: string, timeMs: number, { tape, tickMs, slack }: ParityTerms): Range {
  const symbol = `${base}/USDT`
  let [low, high] = [tape.priceAt(symbol, timeMs - tickMs), tape.priceAt(symbol, timeMs - tickMs)]
  for (const { price } of tape.pointsBetween(symbol, timeMs - tickMs, timeMs)) {
    if (price < low) low = price
    if (price > high) high = price
  }
  return [low * (1 - slack), high * (1 + slack)]
}

function isInside(price: number, [low, high]: Range): boolean {
  return price >= low && price <= high
}

function at(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 19)
}
