import type { Order } from '../../core/order.ts'
import type { PrivateCall, PrivateEndpoint } from './call.ts'
import { checkDeadline } from './deadline.ts'
import { Failure, invalid, refusal, unknownOrder } from './failure.ts'
import { mannersOf } from './manners.ts'
import { orderAnswer } from './order-answer.ts'
import { closeSentenceOf, eight, sentenceOf } from './sentence.ts'
import { clientIdOf } from './told.ts'
import { numberOf, txidOf } from './txid.ts'
import { wishOf } from './wish.ts'

const mostAskedFor = 50

/** Orders: placed, taken back, and looked up. */
export const orderEndpoints: Readonly<Record<string, PrivateEndpoint>> = {
  AddOrder: { anyOf: ['modify-trades'], cost: 0, isWrite: true, answer: add },
  CancelOrder: { anyOf: ['close-trades', 'modify-trades'], cost: 0, isWrite: true, answer: cancel },
  CancelAll: { anyOf: ['close-trades', 'modify-trades'], cost: 1, isWrite: true, answer: cancelAll },
  QueryOrders: { anyOf: ['query-open-trades', 'query-closed-trades'], cost: 1, answer: query },
  OpenOrders: { anyOf: ['query-open-trades'], cost: 1, answer: openOrders },
}

function add(call: PrivateCall) {
  const { parameters, exchange, account, limits } = call
  const { instrument, placement } = wishOf(call)
  checkDeadline(call)
  const { symbol } = instrument
  const { side, quantity, quoteQuantity, wire, trigger } = placement
  const volume = (quantity ?? quoteQuantity)?.toString() ?? '0'
  const { close } = placement.attached ?? {}
  const descr = {
    order: sentenceOf({ symbol, side, quantity: eight(volume), wire, trigger }),
    ...(close && { close: closeSentenceOf(close) }),
  }
  if (parameters.flag('validate')) return { descr }
  const manners = mannersOf(account)
  if (!manners.reusesIds && account.findByClientId(placement.clientOrderId) !== undefined)
    throw refusal('duplicate-client-id', manners)
  limits.order(account, symbol, exchange.clock.wallNow())
  const placed = exchange.place(account, instrument, placement)
  if ('refused' in placed) throw refusal(placed.refused, manners)
  const named = manners.namesOrders ? wire.clientOrderId : undefined
  return {
    descr,
    txid: [txidOf('O', placed.order.record.id)],
    ...(named !== undefined && { cl_ord_id: named }),
  }
}

/** By the client's id, by the venue's, or all of a user reference; orders that have ended are unknown here. */
function cancel(call: PrivateCall) {
  const { parameters, account } = call
  const clientOrderId = parameters.findClientId()
  const open = [...account.open.values()]
  const txid = clientOrderId === undefined ? parameters.text('txid') : ''
  const wanted = open.filter(({ record }) =>
    clientOrderId === undefined
      ? record.id === numberOf('O', txid) || record.wire.userref === txid
      : clientIdOf(record) === clientOrderId,
  )
  const count = taken(call, wanted)
  if (count === 0) throw unknownOrder()
  return { count }
}

function cancelAll(call: PrivateCall) {
  return { count: taken(call, [...call.account.open.values()]) }
}

/** Takes orders back; answers how many. */
function taken({ exchange, account, limits }: PrivateCall, orders: readonly Order[]): number {
  return orders.filter((order) => {
    limits.cancel(account, order.record, exchange.clock.wallNow())
    return exchange.cancel(account, order)
  }).length
}

function query(call: PrivateCall) {
  const { parameters, account, exchange } = call
  exchange.advance()
  const txids = parameters.list('txid')
  if (txids.length > mostAskedFor) throw invalid('txid')
  if (txids.length === 0 && parameters.findClientId() === undefined) throw invalid('txid')
  const orders = txids.map((txid) => {
    const order = account.orders.get(numberOf('O', txid) ?? -1)
    if (order === undefined) throw new Failure('EOrder:Unknown order')
    return order
  })
  return shown(call, chosen(call, txids.length > 0 ? orders : [...account.orders.values()]))
}

function openOrders(call: PrivateCall) {
  call.exchange.advance()
  return { open: shown(call, chosen(call, [...call.account.open.values()])) }
}

/** Those of the user reference and of the client's id that a request asks for. */
export function chosen({ parameters }: PrivateCall, orders: readonly Order[]): readonly Order[] {
  const userref = parameters.findUserref()
  const clientOrderId = parameters.findClientId()
  return orders.filter(
    ({ record }) =>
      (userref === undefined || record.wire.userref === String(userref)) &&
      (clientOrderId === undefined || clientIdOf(record) === clientOrderId),
  )
}

/** Orders by their ids, the newest first. */
export function shown({ parameters, exchange, account }: PrivateCall, orders: readonly Order[]) {
  const withTrades = parameters.flag('trades')
  return Object.fromEntries(
    orders.toReversed().map((order) => {
      const instrument = exchange.ledger.instrumentOf(account, order)
      return [txidOf('O', order.record.id), orderAnswer(order, instrument, withTrades)]
    }),
  )
}
