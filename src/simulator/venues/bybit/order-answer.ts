import { Decimal } from '../../../domain/decimal.ts'
import type { Account } from '../../core/account.ts'
import type { Order } from '../../core/order.ts'
import { linkIdOf, orderIdOf } from './ids.ts'
import { wireSymbol } from './instruments.ts'
import { indexOf } from './position-answer.ts'

/** An order as the look-ups and the stream show it. */
export function orderAnswer(account: Account, order: Order) {
  const { record } = order
  const { trigger, wire } = record
  const isOpen = order.status === 'open'
  const left = isOpen ? order.remaining : new Decimal(0)
  const average = order.filled.gt(0) ? order.filledQuote.div(order.filled).toDecimalPlaces(8).toString() : ''
  return {
    symbol: wireSymbol(record.symbol),
    orderId: orderIdOf(order.market, record.id),
    orderLinkId: linkIdOf(order),
    side: record.side === 'buy' ? 'Buy' : 'Sell',
    orderType: orderTypeOf(order),
    orderStatus: statusOf(order),
    createType: createTypeOf(order),
    cancelType: cancelTypeOf(order),
    rejectReason: wire.rejectReason ?? 'EC_NoError',
    timeInForce: record.type === 'market' ? 'IOC' : (wire.timeInForce ?? record.timeInForce),
    price: record.price ?? '0',
    qty: wire.marketUnit === 'quoteCoin' ? wire.asked : order.quantity.toString(),
    marketUnit: wire.marketUnit ?? '',
    avgPrice: average,
    leavesQty: left.toString(),
    leavesValue: left.times(record.price ?? 0).toString(),
    cumExecQty: order.filled.toString(),
    cumExecValue: order.filledQuote.toString(),
    ...feesOf(order),
    stopOrderType: wire.stopOrderType ?? '',
    triggerPrice: trigger?.price ?? '',
    triggerDirection: trigger === undefined ? 0 : trigger.when === 'rises' ? 1 : 2,
    triggerBy: trigger === undefined ? '' : 'LastPrice',
    reduceOnly: record.reduceOnly,
    closeOnTrigger: record.closePosition || wire.closeOnTrigger === 'true',
    takeProfit: record.attached?.takeProfit?.price ?? '',
    stopLoss: record.attached?.stopLoss?.price ?? '',
    tpTriggerBy: '',
    slTriggerBy: '',
    tpLimitPrice: '0',
    slLimitPrice: '0',
    tpslMode: wire.tpslMode ?? (record.attached === undefined ? '' : 'Full'),
    parentOrderLinkId: parentOf(account, order),
    positionIdx: indexOf(record.leg),
    isLeverage: order.market === 'spot' ? '0' : '',
    lastPriceOnCreated: '',
    blockTradeId: '',
    orderIv: '',
    placeType: '',
    smpType: 'None',
    smpGroup: 0,
    smpOrderId: '',
    createdTime: String(record.createdAt),
    updatedTime: String(order.updatedAt),
  }
}

/** The venue's word for what an order is. */
export function orderTypeOf({ record }: Order): string {
  return record.type === 'limit' ? 'Limit' : 'Market'
}

/** The venue's word for who made an order. */
export function createTypeOf({ record }: Order): string {
  if (record.forced !== undefined) return 'CreateByLiq'
  if (record.protects === 'stop-loss') return 'CreateByStopLoss'
  return record.protects === 'take-profit' ? 'CreateByTakeProfit' : 'CreateByUser'
}

/** The client's id of the order that brought this one along. */
function parentOf(account: Account, { record }: Order): string {
  const parent = record.attachedTo === undefined ? undefined : account.orders.get(record.attachedTo)
  return parent === undefined ? '' : linkIdOf(parent)
}

/** The venue's word for where an order stands. */
export function statusOf(order: Order): string {
  const { record } = order
  const isSpot = order.market === 'spot'
  const isPartial = order.filled.gt(0)
  switch (order.status) {
    case 'open':
      return !order.isWorking ? 'Untriggered' : isPartial ? 'PartiallyFilled' : 'New'
    case 'filled':
      return isShortOfQuote(order) ? 'PartiallyFilledCanceled' : 'Filled'
    case 'rejected':
      // Seen on the venue: a post-only order that would take is Rejected on spot and Cancelled on linear.
      return isSpot || !cancelledByMatching.includes(record.wire.rejectReason ?? '')
        ? 'Rejected'
        : 'Cancelled'
    default:
      if (isPartial && isSpot) return 'PartiallyFilledCanceled'
      if (order.isWorking) return 'Cancelled'
      // Its price came, and it could not be placed; or it ended before that, by itself with its position.
      return order.status === 'expired' && record.protects === undefined ? 'Rejected' : 'Deactivated'
  }
}

/** What matching finds wrong with an order: linear says Cancelled to it. */
const cancelledByMatching: readonly string[] = ['EC_PostOnlyWillTakeLiquidity', 'EC_NoEnoughQtyToFill']

/** Whether an order sized in quote has left some of it, which is less than one step buys. */
function isShortOfQuote({ record, filledQuote }: Order): boolean {
  const { marketUnit, asked } = record.wire
  return marketUnit === 'quoteCoin' && asked !== undefined && filledQuote.lt(asked)
}

function cancelTypeOf(order: Order): string {
  if (order.record.protects !== undefined && order.status === 'expired') return 'CancelByTpSlTsClear'
  if (order.status === 'canceled') return 'CancelByUser'
  return order.status === 'expired' && order.record.reduceOnly ? 'CancelByReduceOnly' : 'UNKNOWN'
}

function feesOf({ fills }: Order) {
  const byCoin = new Map<string, Decimal>()
  for (const { fee, feeCurrency } of fills)
    byCoin.set(feeCurrency, (byCoin.get(feeCurrency) ?? new Decimal(0)).plus(fee))
  const [first] = byCoin.values()
  return {
    cumExecFee: (first ?? new Decimal(0)).toString(),
    cumFeeDetail: Object.fromEntries([...byCoin].map(([coin, fee]) => [coin, fee.toString()])),
  }
}

/** Whether an order is of the kind that `orderFilter` names; all are, where it names none. */
export function isOfFilter({ record }: Order, filter: string | undefined): boolean {
  if (filter === undefined) return true
  const kind =
    record.trigger === undefined
      ? 'Order'
      : record.wire.stopOrderType === 'tpslOrder'
        ? 'tpslOrder'
        : 'StopOrder'
  return kind === filter
}
