import { Decimal } from '../../../domain/decimal.ts'
import type { Instrument, Market } from '../../core/instrument.ts'
import type { Trigger } from '../../core/order.ts'
import type { Placement } from '../../core/placement.ts'
import { instrumentOf, type SignedCall, tradedMarketOf } from './call.ts'
import { badParameter, Failure } from './failure.ts'
import { nameForUnnamed } from './ids.ts'
import type { Parameters } from './parameters.ts'
import { legOf, positionStop } from './position-settings.ts'

const linkIdPattern = /^[A-Za-z0-9_-]{1,36}$/
const timesInForce = ['GTC', 'IOC', 'FOK', 'PostOnly'] as const

/** Reads the body of an order as the venue does. */
export function wishOf(call: SignedCall): { instrument: Instrument; placement: Placement } {
  const { parameters } = call
  const market = tradedMarketOf(call)
  const instrument = instrumentOf(call, market)
  const side = parameters.oneOf('side', ['Buy', 'Sell']) === 'Buy' ? 'buy' : 'sell'
  const isLimit = parameters.oneOf('orderType', ['Market', 'Limit']) === 'Limit'
  const leg = market === 'futures' ? legOf(call, instrument.symbol) : undefined
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
    ...(leg && { leg }),
    // Spot holds no position: the venue takes the word and does nothing with it.
    reduceOnly: market === 'futures' && parameters.flag('reduceOnly'),
    closePosition: false,
    ...(unit === 'quoteCoin' ? { quoteQuantity: quantity } : { quantity }),
    price: isLimit ? parameters.decimal('price') : undefined,
    trigger,
    ...(market === 'futures' && attachedOf(call, instrument, side)),
    receivedAt: call.receivedAt,
    wire: {
      type: isLimit ? 'Limit' : 'Market',
      timeInForce,
      ...(unit !== undefined && { marketUnit: unit, asked: quantity.toString() }),
      ...(trigger !== undefined && { stopOrderType: stopTypeOf(market, parameters) }),
      ...(parameters.flag('closeOnTrigger') && { closeOnTrigger: 'true' }),
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

/** The stop and the target that an order brings along: of the whole position it makes, at the market. */
function attachedOf(
  call: SignedCall,
  instrument: Instrument,
  side: 'buy' | 'sell',
): Pick<Placement, 'attached'> {
  const { parameters, exchange } = call
  const stop = (name: 'stopLoss' | 'takeProfit') => {
    const price = parameters.find(name) === '0' ? undefined : parameters.findDecimal(name)
    if (price === undefined) return undefined
    if (!price.mod(instrument.tick).eq(0)) throw badParameter(`${name} has too many decimals`)
    const isLimit = parameters.find('orderType') === 'Limit'
    const base = isLimit ? parameters.decimal('price') : new Decimal(exchange.lastPrice(instrument))
    const isBelow = (side === 'buy') === (name === 'stopLoss')
    if (isBelow ? price.gte(base) : price.lte(base)) {
      const where = isBelow ? 'lower' : 'higher'
      const words = name === 'stopLoss' ? 'StopLoss' : 'TakeProfit'
      throw new Failure(
        10001,
        `${words}:${price} set for ${side} position should be ${where} than base_price:${base}`,
      )
    }
    return positionStop(name, price.toString(), exchange.ledger.lastOrderId)
  }
  const [stopLoss, takeProfit] = [stop('stopLoss'), stop('takeProfit')]
  if (stopLoss === undefined && takeProfit === undefined) return {}
  if ((parameters.find('tpslMode') ?? 'Full') !== 'Full')
    throw badParameter('tpslMode: only Full is simulated')
  return { attached: { ...(stopLoss && { stopLoss }), ...(takeProfit && { takeProfit }) } }
}
