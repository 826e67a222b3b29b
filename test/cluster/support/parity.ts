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

/**
 * Compares what the cluster recorded with what a backtest says of the same tape:
 *
 * - trades, by symbol, side and order: their entries at the same moment, at prices the tape had within one tick before it;
 * - close reasons, and the reason of each exit on the way: the same ones in the same order;
 * - each exit's time: the backtest's candle, and at most one tick after it, which is how late the monitor looks;
 * - each exit's price: within the range the tape had in the tick that ended with the recorded exit, the slack added;
 * - each exit's share of the trade, and what was sold in all: within a hundredth, since the entry differs by the slack.
 *
 * Each line of the answer is a difference that counts: nothing is explained away.
 */
export function differences(
  recorded: readonly RecordedTrade[],
  tested: readonly BacktestTrade[],
  terms: ParityTerms,
): string[] {
  const found: string[] = []
  const key = (symbol: string, side: string) => `${baseOf(symbol)} ${side}`
  const left = Map.groupBy(tested, ({ symbol, side }) => key(symbol, side))
  for (const trade of recorded) {
    const name = `${key(trade.base, trade.side)} of ${at(trade.entryTimeMs)}`
    const twin = left.get(key(trade.base, trade.side))?.shift()
    if (twin === undefined) found.push(`${name}: recorded, not in the backtest`)
    else for (const text of differencesOf(trade, twin, terms)) found.push(`${name}: ${text}`)
  }
  for (const [name, rest] of left)
    for (const trade of rest) found.push(`${name} of ${at(trade.entry_time_ms)}: not recorded`)
  return found
}

function* differencesOf(trade: RecordedTrade, twin: BacktestTrade, terms: ParityTerms): Generator<string> {
  if (trade.entryTimeMs !== twin.entry_time_ms) yield `entered at ${at(twin.entry_time_ms)} in the backtest`
  const entryRange = rangeOf(trade.base, trade.entryTimeMs, terms)
  for (const price of [trade.entryPrice, twin.entry_price])
    if (!isInside(price, entryRange)) yield `entry at ${price}, the tape had ${entryRange}`
  const reason = twin.is_open ? null : twin.close_reason
  if (trade.closeReason !== reason) yield `closed by ${trade.closeReason}, in the backtest by ${reason}`
  // What the end of its candles finds open, a backtest sells; the cluster does not.
  const exits = twin.is_open ? twin.exits.slice(0, -1) : twin.exits
  const [own, others] = [trade.exits, exits].map((side) => side.map(({ reason }) => reason).join(' '))
  if (own !== others) {
    yield `left by ${own}, in the backtest by ${others}`
    return
  }
  for (const [i, exit] of trade.exits.entries())
    yield* differencesOfExit(trade, [exit, exits[i] as BacktestExit], terms)
  const [whole, twinWhole] = [soldIn(trade.exits), soldIn(exits)]
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
