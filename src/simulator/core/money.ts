import { Decimal } from '../../domain/decimal.ts'
import type { Account } from './account.ts'
import { withFee } from './funds.ts'
import type { Instrument, Market } from './instrument.ts'
import { initialMargin } from './margin.ts'
import type { Fill, FillRecord, Order } from './order.ts'

/** How a market moves an account's money. Each books a fill in whole: what comes in, what goes out, and the fee. */
interface MarketMoney {
  book(account: Account, instrument: Instrument, order: Order, fill: FillRecord): Fill
}

const zero = new Decimal(0)

/** Coins change hands; what a resting order reserved is given back as it is used. */
const spot: MarketMoney = {
  book(account, instrument, order, fill) {
    const quantity = new Decimal(fill.quantity)
    const exact = quantity.times(fill.price)
    const { costDecimals } = instrument
    const quote = costDecimals === undefined ? exact : exact.toDecimalPlaces(costDecimals)
    const isBuy = order.record.side === 'buy'
    const paid = account.balance(isBuy ? instrument.quote : instrument.base)
    const received = account.balance(isBuy ? instrument.base : instrument.quote)
    const reserved = isBuy ? withFee(quantity.times(order.price ?? fill.price), order.record) : quantity
    const released = Decimal.min(order.locked, reserved)
    order.locked = order.locked.minus(released)
    paid.locked = paid.locked.minus(released)
    paid.free = paid.free.plus(released).minus(isBuy ? quote : quantity)
    received.free = received.free.plus(isBuy ? quantity : quote)
    charge(account, fill)
    paid.updatedAt = received.updatedAt = fill.at
    return booked(order, fill, quote, zero)
  },
}

/**
 * Only profit, loss and fees move the wallet. A reduction takes its share of the cost, and of the margin set aside, rounded
 * to 8 digits and never lost.
 */
const futures: MarketMoney = {
  book(account, instrument, order, fill) {
    const quantity = new Decimal(fill.quantity)
    const price = new Decimal(fill.price)
    const signed = order.record.side === 'buy' ? quantity : quantity.neg()
    const position = account.position(instrument.symbol, order.record.leg)
    let [opening, realized] = [signed, zero]
    if (position.quantity.times(signed).lt(0)) {
      const closed = Decimal.min(quantity, position.quantity.abs())
      const closing = signed.gt(0) ? closed : closed.neg()
      const cost = closed.eq(position.quantity.abs())
        ? position.cost
        : position.cost.times(closed).div(position.quantity.abs()).toDecimalPlaces(8)
      realized = closing.times(price).neg().minus(cost)
      const freed = closed.eq(position.quantity.abs())
        ? position.margin
        : position.margin.times(closed).div(position.quantity.abs()).toDecimalPlaces(8)
      position.margin = position.margin.minus(freed)
      position.quantity = position.quantity.plus(closing)
      position.cost = position.cost.minus(cost)
      opening = signed.minus(closing)
    }
    position.quantity = position.quantity.plus(opening)
    position.cost = position.cost.plus(opening.times(price))
    if (account.marginMode(instrument.symbol) === 'isolated')
      position.margin = position.margin.plus(initialMargin(account, instrument.symbol, opening.times(price)))
    position.realized = position.realized.plus(realized)
    position.updatedAt = fill.at
    const wallet = account.balance(instrument.quote)
    wallet.free = wallet.free.plus(realized)
    wallet.updatedAt = fill.at
    charge(account, fill)
    return booked(order, fill, quantity.times(price), realized)
  },
}

/** The money rules of each market. */
export const money: Readonly<Record<Market, MarketMoney>> = { spot, futures }

function charge(account: Account, fill: FillRecord): void {
  const purse = account.balance(fill.feeCurrency)
  purse.free = purse.free.minus(fill.fee)
  purse.updatedAt = fill.at
}

function booked(order: Order, fill: FillRecord, quote: Decimal, realized: Decimal): Fill {
  const { symbol, side, leg } = order.record
  return {
    ...fill,
    market: order.market,
    ...(leg && { leg }),
    symbol,
    side,
    quoteQuantity: quote.toString(),
    realizedPnl: realized.toString(),
  }
}
