import type { Instrument } from '../../core/instrument.ts'
import type { Order } from '../../core/order.ts'
import type { Placement } from '../../core/placement.ts'
import type { Refusal } from '../../core/refusal.ts'
import {
  type Endpoint,
  findInstrumentOf,
  instrumentOf,
  requireOneOf,
  type SignedCall,
  tradedMarketOf,
} from './call.ts'
import { badParameter, Failure, refusal, unknownOrder } from './failure.ts'
import { findByOrderId, linkIdOf, orderIdOf } from './ids.ts'
import { isOfFilter } from './order-answer.ts'
import { wishOf } from './wish.ts'

const mostOpen = 500

/** Placing orders and taking them back. An order is acknowledged: what becomes of it is for the look-ups and the streams. */
export const orderEndpoints: Record<string, Endpoint> = {
  'POST /v5/order/create': { access: 'signed', isOrder: true, answer: place },
  'POST /v5/order/cancel': { access: 'signed', isOrder: true, answer: cancel },
  'POST /v5/order/cancel-all': { access: 'signed', isOrder: true, answer: cancelAll },
}

function place(call: SignedCall) {
  const { exchange, account } = call
  const { instrument, placement } = wishOf(call)
  requireNewId(call, instrument, placement.clientOrderId)
  requireRoom(call, instrument)
  const placed = exchange.place(account, instrument, placement)
  if ('order' in placed) return idsOf(placed.order)
  if (!isToldLater(call, placed.refused)) throw refusedWith(call, instrument, placement, placed.refused)
  return idsOf(exchange.reject(account, instrument, withReason(placement, placed.refused)))
}

/** An orderLinkId is taken once and for all; a lenient venue minds open orders alone. */
function requireNewId({ account, isLenient }: SignedCall, instrument: Instrument, id: string): void {
  const known = account.findByClientId(id)
  if (known === undefined || (isLenient && known.status !== 'open')) return
  throw refusal(instrument, 'duplicate-client-id')
}

/** Linear takes so many open orders of a symbol, spot so many in all. */
function requireRoom({ account }: SignedCall, { market, symbol }: Instrument): void {
  const open = [...account.open.values()].filter(
    (order) => order.market === market && (market === 'spot' || order.record.symbol === symbol),
  )
  if (open.length < mostOpen) return
  throw market === 'spot'
    ? new Failure(170810, 'Cannot exceed maximum of 500 conditional, TP/SL and active orders.')
    : new Failure(110020, 'Not allowed to have more than 500 active orders')
}

/** What matching finds out comes after the acknowledgement; an account may have the venue's own checks come late, too. */
function isToldLater({ account }: SignedCall, reason: Refusal): boolean {
  if (reason === 'would-take' || reason === 'thin-book') return true
  const isChecked =
    reason === 'insufficient-margin' || reason === 'insufficient-balance' || reason === 'reduce-only'
  return isChecked && account.settings.get('rejects') === 'late'
}

const rejectReasons: Partial<Record<Refusal, string>> = {
  'would-take': 'EC_PostOnlyWillTakeLiquidity',
  'thin-book': 'EC_NoEnoughQtyToFill',
}

function withReason(placement: Placement, reason: Refusal): Placement {
  const rejectReason = rejectReasons[reason] ?? 'EC_Others'
  return { ...placement, wire: { ...placement.wire, rejectReason } }
}

function refusedWith(call: SignedCall, instrument: Instrument, wish: Placement, reason: Refusal): Failure {
  if (reason !== 'would-trigger' || instrument.market === 'spot') return refusal(instrument, reason)
  const [trigger, current] = [wish.trigger?.price, call.exchange.lastPrice(instrument)]
  return wish.trigger?.when === 'rises'
    ? new Failure(110092, `expect Rising, but trigger_price[${trigger}] <= current[${current}]??laste`)
    : new Failure(110093, `expect Falling, but trigger_price[${trigger}] >= current[${current}]??last`)
}

function cancel(call: SignedCall) {
  const { parameters, account, exchange } = call
  const market = tradedMarketOf(call)
  const { symbol } = instrumentOf(call, market)
  const [id, linkId] = [parameters.find('orderId'), parameters.find('orderLinkId')]
  if (id === undefined && linkId === undefined) throw badParameter('orderId or orderLinkId is required')
  const order = id === undefined ? account.findByClientId(linkId ?? '') : findByOrderId(account, id)
  const filter = parameters.find('orderFilter') ?? (market === 'spot' ? 'Order' : undefined)
  const isMeant =
    order !== undefined &&
    order.market === market &&
    order.record.symbol === symbol &&
    (market === 'futures' || isOfFilter(order, filter))
  if (!isMeant || !exchange.cancel(account, order)) throw unknownOrder(market)
  return idsOf(order)
}

function cancelAll(call: SignedCall) {
  const { parameters, account, exchange } = call
  const market = tradedMarketOf(call)
  const only = findInstrumentOf(call, market)?.symbol
  if (market === 'futures' && only === undefined) requireOneOf(call, ['symbol', 'baseCoin', 'settleCoin'])
  const filter = parameters.find('orderFilter') ?? (market === 'spot' ? 'Order' : undefined)
  exchange.advance()
  const meant = [...account.open.values()].filter(
    (order) =>
      order.market === market &&
      (only ?? order.record.symbol) === order.record.symbol &&
      isOfFilter(order, filter),
  )
  return { list: meant.filter((order) => exchange.cancel(account, order)).map(idsOf), success: '1' }
}

function idsOf(order: Order) {
  return { orderId: orderIdOf(order.market, order.record.id), orderLinkId: linkIdOf(order) }
}
