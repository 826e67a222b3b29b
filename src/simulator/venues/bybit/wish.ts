import type { Instrument, Market } from '../../core/instrument.ts'
import type { Trigger } from '../../core/order.ts'
import type { Placement } from '../../core/placement.ts'
import { instrumentOf, type SignedCall, tradedMarketOf } from './call.ts'
import { badParameter, Failure } from './failure.ts'
import { nameForUnnamed } from './ids.ts'
import type { Parameters } from './parameters.ts'

const linkIdPattern = /^[A-Za-z0-9_-]{1,36}$/
const timesInForce = ['GTC', 'IOC', 'FOK', 'PostOnly'] as const

/** Reads the body of an order as the venue does. */
export function wishOf(call: SignedCall): { instrument: Instrument; placement: Placement } {
  const { parameters } = call
  const market = tradedMarketOf(call)
  const instrument = instrumentOf(call, market)
  const side = parameters.oneOf('side', ['Buy', 'Sell']) === 'Buy' ? 'buy' : 'sell'
  const isLimit = parameters.oneOf('orderType', ['Market', 'Limit']) === 'Limit'
  if (market === 'futures') requireOneWay(parameters)
  const timeInForce = timeInForceOf(parameters, isLimit)
  const quantity = parameters.decimal('qty')
  const unit = market === 'spot' && !isLimit ? unitOf(parameters, side) : undefined
  const trigger = triggerOf(call, instrument)
  const placement: Placement = {
    clientOrderId: linkIdOf(parameters) ?? nameForUnnamed(call.exchange.ledger.lastOrderId),
    side,
    type: isLimit ? 'limit' : 'market',
    timeInForce: isLimit && timeInForce !== 'PostOnly' ? timeInForce : 'GTC',
    postOnly: timeInForce === 'PostOnly',
    // Spot holds no position: the venue takes the word and does nothing with it.
    reduceOnly: market === 'futures' && parameters.flag('reduceOnly'),
    closePosition: false,
    ...(unit === 'quoteCoin' ? { quoteQuantity: quantity } : { quantity }),
    price: isLimit ? parameters.decimal('price') : undefined,
    trigger,
    receivedAt: call.receivedAt,
    wire: {
      type: isLimit ? 'Limit' : 'Market',
      timeInForce,
      ...(unit !== undefined && { marketUnit: unit, asked: quantity.toString() }),
      ...(trigger !== undefined && { stopOrderType: stopTypeOf(market, parameters) }),
    },
  }
  return { instrument, placement }
}

/** The client's id for an order, checked; undefined when it gives none. */
function linkIdOf(parameters: Parameters): string | undefined {
  const id = parameters.find('orderLinkId')
  if (id !== undefined && !linkIdPattern.test(id)) throw badParameter('orderLinkId invalid')
  return id
}

function timeInForceOf(parameters: Parameters, isLimit: boolean): (typeof timesInForce)[number] {
  const asked = parameters.find('timeInForce')
  if (!isLimit) {
    if (asked === 'PostOnly') throw badParameter('timeInForce invalid')
    return 'IOC'
  }
  return asked === undefined ? 'GTC' : parameters.oneOf('timeInForce', timesInForce)
}

/** Whether a market order on spot is sized in the coin or in what it is paid with: a buy in the latter, unless it says. */
function unitOf(parameters: Parameters, side: 'buy' | 'sell'): 'baseCoin' | 'quoteCoin' {
  if (parameters.find('marketUnit') === undefined) return side === 'buy' ? 'quoteCoin' : 'baseCoin'
  return parameters.oneOf('marketUnit', ['baseCoin', 'quoteCoin'])
}

function requireOneWay(parameters: Parameters): void {
  const index = parameters.findInteger('positionIdx') ?? 0
  if (index !== 0) throw new Failure(10001, 'position idx not match position mode')
}

/** The price that wakes an order. Linear is told the direction it is reached in; spot sees it by the last price. */
function triggerOf(call: SignedCall, instrument: Instrument): Trigger | undefined {
  const { parameters } = call
  const price = parameters.findDecimal('triggerPrice')
  if (price === undefined) {
    const filter = parameters.find('orderFilter') ?? 'Order'
    if (instrument.market === 'spot' && filter !== 'Order')
      throw new Failure(170202, 'Please enter the TP/SL price.')
    return undefined
  }
  if (instrument.market === 'spot') {
    parameters.oneOf('orderFilter', ['tpslOrder', 'StopOrder'])
    const isAbove = price.gt(call.exchange.lastPrice(instrument))
    return { price: price.toString(), when: isAbove ? 'rises' : 'falls', becomesNew: false }
  }
  const when = parameters.oneOf('triggerDirection', ['1', '2']) === '1' ? 'rises' : 'falls'
  return { price: price.toString(), when, becomesNew: false }
}

function stopTypeOf(market: Market, parameters: Parameters): string {
  return market === 'spot' && parameters.find('orderFilter') === 'tpslOrder' ? 'tpslOrder' : 'Stop'
}
