import { Decimal, type DecimalText } from './decimal.ts'
import { directionOf, type Side } from './side.ts'

/** A fill as the books keep it. Decimal texts; the fee in its own currency with that currency's price in quote. */
export interface BookedFill {
  readonly purpose: 'entry' | 'exit'
  readonly price: DecimalText
  readonly quantity: DecimalText
  readonly fee: DecimalText
  readonly feeCurrency: string
  /** Price of one fee currency in quote when the fill was booked; '1' for quote itself. */
  readonly feePrice: DecimalText
}

/** A completed round trip in quote, as decimal text. net = gross − fees + funding. */
export interface TradeResult {
  /** What was bought (long) or sold short, fees taken in the coin not yet off. */
  readonly quantity: DecimalText
  readonly entryPrice: DecimalText
  readonly exitPrice: DecimalText
  readonly grossPnl: DecimalText
  readonly fees: DecimalText
  readonly funding: DecimalText
  readonly netPnl: DecimalText
  /** Net P&L ÷ entry cost. */
  readonly profitRatio: number
}

/**
 * The result of a closed position from its fills. Cash is what counts: what came in minus what went out, minus fees paid in
 * quote or another coin, plus funding (negative when paid). A fee taken in the bought coin is paid by having less to sell:
 * it is shown among the fees and not taken off twice. Dust that was written off is lost.
 */
export function tradeResult(trade: {
  readonly side: Side
  readonly base: string
  readonly fills: readonly BookedFill[]
  readonly funding: DecimalText
}): TradeResult {
  const entry = turnover(trade.fills.filter((fill) => fill.purpose === 'entry'))
  const exit = turnover(trade.fills.filter((fill) => fill.purpose === 'exit'))
  const cash = exit.cost.minus(entry.cost).times(directionOf(trade.side))
  const inBase = feesOf(trade.fills.filter((fill) => fill.feeCurrency === trade.base))
  const others = feesOf(trade.fills.filter((fill) => fill.feeCurrency !== trade.base))
  const net = cash.minus(others).plus(trade.funding)
  const fees = inBase.plus(others)
  return {
    quantity: entry.quantity.toString(),
    entryPrice: entry.price.toString(),
    exitPrice: exit.price.toString(),
    grossPnl: net.minus(trade.funding).plus(fees).toString(),
    fees: fees.toString(),
    funding: new Decimal(trade.funding).toString(),
    netPnl: net.toString(),
    profitRatio: entry.cost.isZero() ? 0 : net.div(entry.cost).toNumber(),
  }
}

/** Profit of an open quantity at a price, in quote, before fees. */
export function unrealizedPnl(position: {
  readonly side: Side
  readonly quantity: DecimalText
  readonly entryPrice: DecimalText | number
  readonly price: DecimalText | number
}): DecimalText {
  const move = new Decimal(position.price).minus(position.entryPrice).times(directionOf(position.side))
  return move.times(position.quantity).toString()
}

function turnover(fills: readonly BookedFill[]): { quantity: Decimal; cost: Decimal; price: Decimal } {
  let quantity = new Decimal(0)
  let cost = new Decimal(0)
  for (const fill of fills) {
    quantity = quantity.plus(fill.quantity)
    cost = cost.plus(new Decimal(fill.price).times(fill.quantity))
  }
  return { quantity, cost, price: quantity.isZero() ? new Decimal(0) : cost.div(quantity) }
}

function feesOf(fills: readonly BookedFill[]): Decimal {
  return fills.reduce((sum, fill) => sum.plus(new Decimal(fill.fee).times(fill.feePrice)), new Decimal(0))
}
