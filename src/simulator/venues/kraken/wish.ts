import type { Decimal } from '../../../domain/decimal.ts'
import type { AttachedClose } from '../../core/attached.ts'
import type { Side } from '../../core/book.ts'
import type { Instrument } from '../../core/instrument.ts'
import type { Trigger } from '../../core/order.ts'
import type { Placement } from '../../core/placement.ts'
import { instrumentOf, type PrivateCall } from './call.ts'
import { Failure, invalid } from './failure.ts'
import { feeRates, hasFlag } from './fees.ts'

const orderTypes = [
  'market',
  'limit',
  'stop-loss',
  'take-profit',
  'stop-loss-limit',
  'take-profit-limit',
] as const
const closeTypes = ['limit', 'stop-loss', 'take-profit', 'stop-loss-limit', 'take-profit-limit'] as const
const flags = new Set(['post', 'fcib', 'fciq', 'nompp', 'viqc'])

/** Reads the parameters of an order as the venue does. What it does not know, it passes over. */
export function wishOf(call: PrivateCall): { instrument: Instrument; placement: Placement } {
  const { parameters, exchange } = call
  const instrument = instrumentOf(call)
  const side = parameters.oneOf('type', ['buy', 'sell'])
  const ordertype = parameters.oneOf('ordertype', orderTypes)
  const isLimit = ordertype.endsWith('limit')
  const isConditional = ordertype.startsWith('stop-loss') || ordertype.startsWith('take-profit')
  if ((parameters.find('leverage') ?? 'none') !== 'none') throw new Failure('EOrder:Invalid leverage')
  if (parameters.flag('reduce_only')) throw invalid('reduce_only')

  const oflags = parameters.list('oflags')
  if (oflags.some((flag) => !flags.has(flag))) throw invalid('oflags')
  const isPostOnly = oflags.includes('post')
  const isInQuote = oflags.includes('viqc')
  if (isPostOnly && ordertype !== 'limit') throw invalid('oflags')
  if (isInQuote && (ordertype !== 'market' || side !== 'buy')) throw invalid('viqc')
  if (oflags.includes('fcib') && oflags.includes('fciq')) throw invalid('oflags')
  if (!oflags.includes('fcib') && !oflags.includes('fciq')) oflags.push('fciq')

  const timeInForce = timeInForceOf(call, isLimit)
  if (isPostOnly && timeInForce !== 'GTC') throw invalid('oflags')
  const volume = parameters.decimal('volume')
  const price = ordertype === 'market' ? undefined : parameters.decimal('price')
  const price2 = isConditional && isLimit ? parameters.decimal('price2') : undefined
  const clientOrderId = parameters.findClientId()
  const userref = parameters.findUserref()
  if (clientOrderId !== undefined && userref !== undefined) throw invalid('cl_ord_id')
  const text = (value: typeof price) => value?.toFixed(instrument.tick.decimalPlaces())
  const wire = {
    ordertype,
    oflags: oflags.join(','),
    ...(price !== undefined && { price: text(price) as string }),
    ...(price2 !== undefined && { price2: text(price2) as string }),
    ...(isInQuote && { quoteVolume: volume.toString() }),
    ...(clientOrderId !== undefined && { clientOrderId }),
    ...(userref !== undefined && { userref: String(userref) }),
  }
  const close = closeOf(call, side === 'buy' ? 'sell' : 'buy')
  const placement: Placement = {
    clientOrderId: clientOrderId ?? `unnamed-${exchange.ledger.lastOrderId + 1}`,
    side,
    type: isLimit ? 'limit' : 'market',
    timeInForce,
    postOnly: isPostOnly,
    reduceOnly: false,
    closePosition: false,
    ...(isInQuote ? { quoteQuantity: volume } : { quantity: volume }),
    price: isLimit ? (price2 ?? price) : undefined,
    trigger: isConditional && price !== undefined ? triggerOf(side, ordertype, price) : undefined,
    ...(close && { attached: { close } }),
    feeRate: side === 'buy' && !hasFlag(wire.oflags, 'fcib') ? feeRates.taker : undefined,
    wire,
    receivedAt: call.receivedAt,
  }
  return { instrument, placement }
}

/** The order the other way that this one leaves behind where it is filled; undefined when none is asked for. */
function closeOf(call: PrivateCall, side: Side): AttachedClose | undefined {
  const { parameters } = call
  if (parameters.find('close[ordertype]') === undefined) return undefined
  const ordertype = parameters.oneOf('close[ordertype]', closeTypes)
  const isLimit = ordertype.endsWith('limit')
  const isConditional = ordertype !== 'limit'
  const price = parameters.decimal('close[price]')
  const limit = isConditional && isLimit ? parameters.decimal('close[price2]') : price
  const digits = instrumentOf(call).tick.decimalPlaces()
  return {
    type: isLimit ? 'limit' : 'market',
    ...(isLimit && { price: limit.toString() }),
    ...(isConditional && { trigger: triggerOf(side, ordertype, price) }),
    wire: {
      ordertype,
      oflags: 'fciq',
      price: price.toFixed(digits),
      ...(isConditional && isLimit && { price2: limit.toFixed(digits) }),
    },
  }
}

/** From where a stop or a target works: a stop of a buyer waits for the price to rise. */
function triggerOf(side: Side, ordertype: string, price: Decimal): Trigger {
  const when = (side === 'buy') === ordertype.startsWith('stop-loss') ? 'rises' : 'falls'
  return { price: price.toString(), when, becomesNew: false }
}

/** Orders that expire at a time of their own (GTD) are not taken here. */
function timeInForceOf({ parameters }: PrivateCall, isLimit: boolean): Placement['timeInForce'] {
  if (parameters.find('timeinforce') === undefined) return 'GTC'
  const timeInForce = parameters.oneOf('timeinforce', ['GTC', 'IOC', 'FOK'])
  if (!isLimit && timeInForce !== 'GTC') throw invalid('timeinforce')
  return timeInForce
}
