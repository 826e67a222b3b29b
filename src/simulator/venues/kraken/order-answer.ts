import { Decimal } from '../../../domain/decimal.ts'
import type { Instrument } from '../../core/instrument.ts'
import type { Fill, Order } from '../../core/order.ts'
import { feeRates } from './fees.ts'
import { pairOf } from './pair.ts'
import { secondsOf } from './price-text.ts'
import { closeSentenceOf, eight, sentenceOf } from './sentence.ts'
import { clientIdOf, pricesOf } from './told.ts'
import { txidOf } from './txid.ts'

/** An order as the look-ups show it; with its trades' ids where they are asked for. */
export function orderAnswer(order: Order, { quote, tick }: Instrument, withTrades: boolean) {
  const { record } = order
  const { wire } = record
  const { price, price2 } = pricesOf(record)
  const clientOrderId = clientIdOf(record)
  const isOver = order.status !== 'open'
  const digits = tick.decimalPlaces()
  const average = order.filled.gt(0) ? order.filledQuote.div(order.filled) : new Decimal(0)
  const fee = order.fills.reduce((total, fill) => total.plus(feeInQuote(fill, quote)), new Decimal(0))
  return {
    refid: record.attachedTo === undefined ? null : txidOf('O', record.attachedTo),
    userref: wire.userref === undefined ? null : Number(wire.userref),
    ...(clientOrderId !== undefined && { cl_ord_id: clientOrderId }),
    status: statusOf(order),
    ...(isOver && { reason: reasonOf(order), closetm: secondsOf(order.updatedAt) }),
    opentm: secondsOf(record.createdAt),
    starttm: 0,
    expiretm: 0,
    descr: {
      pair: pairOf(record.symbol).altname,
      aclass: 'forex',
      type: record.side,
      ordertype: wire.ordertype,
      price: price ?? '0',
      price2: price2 ?? '0',
      leverage: 'none',
      order: sentenceOf(record),
      close: closeSentenceOf(record.attached?.close),
    },
    vol: eight(record.quantity),
    vol_exec: eight(order.filled.toString()),
    cost: eight(order.filledQuote.toString()),
    fee: eight(fee.toString()),
    price: average.toFixed(digits),
    stopprice: record.trigger === undefined ? new Decimal(0).toFixed(digits) : price,
    limitprice: price2 ?? new Decimal(0).toFixed(digits),
    misc: '',
    oflags: wire.oflags ?? 'fciq',
    ...(withTrades && order.fills.length > 0 && { trades: order.fills.map((fill) => txidOf('T', fill.id)) }),
  }
}

/** The venue's word for where an order stands. What it ended itself is canceled, too; the reason says why. */
function statusOf({ status }: Order): string {
  if (status === 'open') return 'open'
  return status === 'filled' ? 'closed' : 'canceled'
}

function reasonOf(order: Order): string | null {
  switch (order.status) {
    case 'canceled':
      return 'User requested'
    case 'rejected':
      return 'Insufficient funds'
    case 'expired':
      return order.record.timeInForce === 'GTC' ? 'Insufficient liquidity' : order.record.timeInForce
    default:
      return null
  }
}

/** A fill's fee as orders and trades tell it: in the quote currency, whichever it was taken from. */
export function feeInQuote(fill: Fill, quote: string): Decimal {
  if (fill.feeCurrency === quote) return new Decimal(fill.fee)
  return new Decimal(fill.quoteQuantity).times(feeRates[fill.maker ? 'maker' : 'taker']).toDecimalPlaces(8)
}
