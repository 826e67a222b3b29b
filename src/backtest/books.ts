import type { CloseReason } from '../domain/close-reason.ts'
import { Decimal, type DecimalText } from '../domain/decimal.ts'
import type { ClosedTrade } from '../domain/entries/decision.ts'
import type { ExitDecision } from '../domain/exits/exit-decision.ts'
import { takeLevels } from '../domain/exits/monitored-state.ts'
import { closableQuantity } from '../domain/exits/venue-minimum.ts'
import { tradeResult } from '../domain/pnl.ts'
import { exitSide } from '../domain/side.ts'
import { baseOf } from '../domain/signal.ts'
import { type Opening, OpenPosition } from './open-position.ts'
import type { BacktestTrade, StopMove } from './result.ts'
import { type RunTerms, slipped } from './terms.ts'

const dayMs = 86_400_000
const historyMs = 30 * dayMs

/** A trade with the moves of its stop. */
export interface Finished {
  readonly trade: BacktestTrade
  readonly stops: readonly StopMove[]
}

/**
 * The account of a run, booked as the cluster books its own: money and quantities as decimals, on spot the entry's fee in the
 * coin that was bought, elsewhere in quote. What is left of a position and could never be sold is written off at once.
 */
export class Books {
  readonly #terms: RunTerms
  readonly positions = new Map<string, OpenPosition>()
  readonly finished: Finished[] = []
  /** Closed trades of the last 30 days, oldest first. */
  trades: ClosedTrade[] = []
  /** When entries were made, of the last day, oldest first. */
  entryTimesMs: number[] = []
  #cash: Decimal
  /** The same as a double. */
  cashNumber: number

  constructor(terms: RunTerms) {
    this.#terms = terms
    this.#cash = new Decimal(terms.capital)
    this.cashNumber = terms.capital
  }

  /** Quote in the account; on futures its collateral. */
  get cash(): DecimalText {
    return this.#cash.toString()
  }

  /** What the account is worth and what of it is in positions, at the price of each symbol. */
  worth(priceOf: (symbol: string) => number): { readonly equity: number; readonly exposed: number } {
    const isSpot = this.#terms.market === 'spot'
    let equity = this.cashNumber
    let exposed = 0
    for (const [symbol, position] of this.positions) {
      const price = priceOf(symbol)
      const notional = position.size * price
      equity += isSpot ? notional : position.direction * (price - position.state.entryPrice) * position.size
      exposed += isSpot ? notional : notional / position.opening.leverage
    }
    return { equity, exposed }
  }

  /** Opens a position: its state's quantity is what was bought, before the fee that is taken in it. */
  open(opening: Omit<Opening, 'entry'> & { readonly price: number }): OpenPosition {
    const { price, state, entryTimeMs } = opening
    const isSpot = this.#terms.market === 'spot'
    const cost = new Decimal(price).times(state.quantity)
    const coinFee = new Decimal(state.quantity).times(this.#terms.fee)
    const entry = {
      purpose: 'entry',
      price: new Decimal(price).toString(),
      quantity: state.quantity,
      fee: isSpot ? coinFee.toString() : cost.times(this.#terms.fee).toString(),
      feeCurrency: isSpot ? baseOf(state.symbol) : this.#terms.quote,
      feePrice: isSpot ? new Decimal(price).toString() : '1',
    } as const
    const held = isSpot ? new Decimal(state.quantity).minus(coinFee).toString() : state.quantity
    const position = new OpenPosition({ ...opening, state: { ...state, quantity: held }, entry })
    this.#pay(isSpot ? cost.neg() : new Decimal(entry.fee).neg())
    this.positions.set(state.symbol, position)
    this.entryTimesMs = this.entryTimesMs.filter((at) => at > entryTimeMs - dayMs)
    this.entryTimesMs.push(entryTimeMs)
    return position
  }

  /** Carries an exit out at its price, against us by the slippage. False when nothing is left of the position. */
  leave(position: OpenPosition, exit: Omit<ExitDecision, 'slots' | 'triggerPrice'>, timeMs: number): boolean {
    const { state, rules } = position
    if (exit.action === 'write_off') return this.#close(position, exit, timeMs)
    const price = slipped(exit.price, exitSide(state.side), this.#terms.slippage)
    const quantity = new Decimal(exit.quantity)
    const proceeds = quantity.times(price)
    const fee = proceeds.times(this.#terms.fee)
    position.fills.push({
      purpose: 'exit',
      price: new Decimal(price).toString(),
      quantity: exit.quantity,
      fee: fee.toString(),
      feeCurrency: this.#terms.quote,
      feePrice: '1',
    })
    position.exits.push({ time_ms: timeMs, price, quantity: quantity.toNumber(), reason: exit.reason })
    const gain = quantity.times(new Decimal(price).minus(state.entryPrice)).times(position.direction)
    this.#pay((this.#terms.market === 'spot' ? proceeds : gain).minus(fee))
    const left = new Decimal(state.quantity).minus(quantity).toString()
    position.become(takeLevels({ ...state, quantity: left }, exit.levels))
    // What is left after an exit and can never be sold: less than a step, or under the venue's minimum on spot.
    if (left !== '0' && closableQuantity(left, price, rules) !== '0') return true
    return this.#close(position, exit, timeMs)
  }

  /** Sells all of a position; what the venue would not take of it is written off. */
  leaveAll(position: OpenPosition, reason: CloseReason, price: number, timeMs: number): void {
    const quantity = closableQuantity(position.quantity, price, position.rules)
    const action = quantity === '0' ? 'write_off' : 'close'
    this.leave(position, { action, reason, levels: [], quantity, price }, timeMs)
  }

  /** Sells all of a position that the end of its candles finds open. */
  abandon(position: OpenPosition, price: number, timeMs: number): void {
    this.leaveAll(position, 'manual', price, timeMs)
    const last = this.finished.pop()
    if (last !== undefined) this.finished.push({ ...last, trade: { ...last.trade, is_open: true } })
  }

  /** Pays (negative) or takes funding on a position. */
  fund(position: OpenPosition, amount: Decimal): void {
    position.funding = position.funding.plus(amount)
    this.#pay(amount)
  }

  #pay(amount: Decimal): void {
    this.#cash = this.#cash.plus(amount)
    this.cashNumber = this.#cash.toNumber()
  }

  #close(
    position: OpenPosition,
    { reason, price }: { reason: CloseReason; price: number },
    timeMs: number,
  ): false {
    const { opening, state, exits, fills, funding } = position
    this.positions.delete(state.symbol)
    const result = tradeResult({
      side: state.side,
      base: baseOf(state.symbol),
      fills,
      funding: funding.toString(),
    })
    const dust = new Decimal(state.quantity)
    const sold = fills.reduce(
      (sum, fill) => (fill.purpose === 'exit' ? sum.plus(fill.quantity) : sum),
      new Decimal(0),
    )
    const trade: BacktestTrade = {
      symbol: state.symbol,
      side: state.side,
      entry_time_ms: opening.entryTimeMs,
      entry_price: state.entryPrice,
      exit_time_ms: timeMs,
      exit_price: exits.length > 0 ? Number(result.exitPrice) : price,
      quantity: sold.toNumber(),
      fees: dust.times(state.entryPrice).plus(result.fees).toNumber(),
      funding: Number(result.funding),
      pnl: Number(result.netPnl),
      profit_ratio: result.profitRatio,
      close_reason: reason,
      exits,
      leverage: opening.leverage,
      source: opening.source,
      confidence: opening.confidence,
      ...(dust.isZero() ? {} : { dust: dust.toNumber() }),
    }
    this.finished.push({ trade, stops: position.stops })
    this.trades = this.trades.filter((old) => old.closedAtMs > timeMs - historyMs)
    this.trades.push({
      symbol: state.symbol,
      closedAtMs: timeMs,
      closeReason: reason,
      profitRatio: result.profitRatio,
    })
    return false
  }
}
