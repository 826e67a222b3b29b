import type { Instrument } from '../../core/instrument.ts'
import type { Placement } from '../../core/placement.ts'
import { instrumentOf, type SignedCall } from './call.ts'
import { Failure } from './failure.ts'
import { newClientId } from './look-up.ts'
import type { Parameters } from './parameters.ts'

const sides = ['BUY', 'SELL'] as const
const types = [
  'LIMIT',
  'MARKET',
  'STOP_LOSS',
  'STOP_LOSS_LIMIT',
  'TAKE_PROFIT',
  'TAKE_PROFIT_LIMIT',
  'LIMIT_MAKER',
] as const
const known = new Set(
  'symbol side type timeInForce quantity quoteOrderQty price newClientOrderId strategyId strategyType stopPrice newOrderRespType selfTradePreventionMode recvWindow timestamp'.split(
    ' ',
  ),
)

/** Reads an order's parameters as the venue does, type by type. */
export function spotWish(call: SignedCall): { instrument: Instrument; placement: Placement } {
  const { parameters } = call
  parameters.onlyKnow(known)
  const instrument = instrumentOf(call, 'spot')
  const side = parameters.oneOf('side', sides, new Failure(-1117, 'Invalid side.')) === 'BUY' ? 'buy' : 'sell'
  const type = parameters.oneOf('type', types, new Failure(-1116, 'Invalid orderType.'))
  const hasPrice = type === 'LIMIT' || type === 'LIMIT_MAKER' || type.endsWith('_LIMIT')
  const hasTrigger = type.startsWith('STOP_LOSS') || type.startsWith('TAKE_PROFIT')
  const timeInForce = timeInForceOf(parameters, hasPrice && type !== 'LIMIT_MAKER')
  const quoteQuantity = type === 'MARKET' ? parameters.findDecimal('quoteOrderQty') : undefined
  const quantity = quoteQuantity === undefined ? parameters.decimal('quantity') : undefined
  if (!hasPrice && parameters.find('price') !== undefined) throw unneeded('price')
  if (!hasTrigger && parameters.find('stopPrice') !== undefined) throw unneeded('stopPrice')
  const stop = hasTrigger ? parameters.decimal('stopPrice') : undefined
  const when = (side === 'buy') === type.startsWith('STOP_LOSS') ? 'rises' : 'falls'
  const clientOrderId = parameters.findClientId('newClientOrderId') ?? newClientId(call)
  const placement: Placement = {
    clientOrderId,
    side,
    type: hasPrice ? 'limit' : 'market',
    timeInForce,
    postOnly: type === 'LIMIT_MAKER',
    reduceOnly: false,
    closePosition: false,
    quantity,
    quoteQuantity,
    price: hasPrice ? parameters.decimal('price') : undefined,
    receivedAt: call.receivedAt,
    trigger: stop && { price: stop.toString(), when, becomesNew: false },
    wire: quoteQuantity === undefined ? { type } : { type, quoteOrderQty: quoteQuantity.toString() },
  }
  return { instrument, placement }
}

function timeInForceOf(parameters: Parameters, isNeeded: boolean): Placement['timeInForce'] {
  if (!isNeeded) {
    if (parameters.find('timeInForce') !== undefined) throw unneeded('timeInForce')
    return 'GTC'
  }
  return parameters.oneOf('timeInForce', ['GTC', 'IOC', 'FOK'], new Failure(-1115, 'Invalid timeInForce.'))
}

function unneeded(name: string): Failure {
  return new Failure(-1106, `Parameter '${name}' sent when not required.`)
}
