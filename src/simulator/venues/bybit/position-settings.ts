import type { AttachedStop } from '../../core/attached.ts'
import { leverageOf } from '../../core/margin.ts'
import type { Leg } from '../../core/position.ts'
import {
  type Endpoint,
  findInstrumentOf,
  instrumentOf,
  ownMarketOf,
  requireOneOf,
  type SignedCall,
} from './call.ts'
import { badParameter, Failure } from './failure.ts'
import { nameForUnnamed } from './ids.ts'
import { isHedged, modeOf } from './positions.ts'

/** How linear positions are set: their leverage, whether there are two of a symbol, and their stops. */
export const positionSettings: Record<string, Endpoint> = {
  'POST /v5/position/set-leverage': { access: 'signed', isOrder: true, answer: setLeverage },
  'POST /v5/position/switch-mode': { access: 'signed', isOrder: true, answer: switchMode },
  'POST /v5/position/trading-stop': { access: 'signed', isOrder: true, answer: setStops },
}

function setLeverage(call: SignedCall) {
  const { parameters, exchange, account } = call
  requireLinear(call)
  const { symbol, maxLeverage } = instrumentOf(call, 'futures')
  const [buy, sell] = [parameters.decimal('buyLeverage'), parameters.decimal('sellLeverage')]
  if (!buy.eq(sell)) throw badParameter('buy leverage must equal sell leverage')
  if (buy.lt(1)) throw badParameter('buyLeverage invalid')
  if (buy.gt(maxLeverage)) throw new Failure(110013, 'cannot set leverage gt maxLeverage by risk limit')
  if (buy.eq(leverageOf(account, symbol))) throw new Failure(110043, 'leverage not modified')
  exchange.setLeverage(account, symbol, buy.toNumber())
  return {}
}

/** Of one symbol, or of all that settle in a coin; never while something is held or ordered there. */
function switchMode(call: SignedCall) {
  const { parameters, exchange, account } = call
  requireLinear(call)
  const one = findInstrumentOf(call, 'futures')?.symbol
  if (one === undefined) requireOneOf(call, ['symbol', 'coin'])
  const wanted = parameters.oneOf('mode', ['0', '3']) === '3'
  if (isHedged(account, one ?? '*') === wanted) throw new Failure(110025, 'Position mode is not modified')
  if (account.openPositions(one).length > 0)
    throw new Failure(110024, 'You have an existing position, so the position mode cannot be switched.')
  const isOrdered = [...account.open.values()].some(
    ({ market, record }) => market === 'futures' && (one ?? record.symbol) === record.symbol,
  )
  if (isOrdered)
    throw new Failure(110028, 'You have existing open orders, so the position mode cannot be switched.')
  exchange.set(account, modeOf(one ?? '*'), wanted ? 'hedge' : 'one-way')
  return {}
}

/** Stops of the whole position, at the market; '0' takes one off. */
function setStops(call: SignedCall) {
  const { parameters, exchange, account } = call
  requireLinear(call)
  const instrument = instrumentOf(call, 'futures')
  if ((parameters.find('tpslMode') ?? 'Full') !== 'Full')
    throw badParameter('tpslMode: only Full is simulated')
  const [stopLoss, takeProfit] = [stopOf(call, 'stopLoss'), stopOf(call, 'takeProfit')]
  if (stopLoss === undefined && takeProfit === undefined)
    throw badParameter('stopLoss or takeProfit is required')
  const leg = legOf(call, instrument.symbol)
  const refused = exchange.holdings.protect(account, instrument, { stopLoss, takeProfit }, leg)
  if (refused === 'reduce-only') throw new Failure(10001, 'can not set tp/sl/ts for zero position')
  if (refused !== undefined)
    throw new Failure(10001, 'the price of the stop has been passed: base_price??LastPrice')
  return {}
}

function stopOf(
  { parameters, exchange }: SignedCall,
  name: 'stopLoss' | 'takeProfit',
): AttachedStop | null | undefined {
  const text = parameters.find(name)
  if (text === undefined) return undefined
  if (Number(text) === 0) return null
  return positionStop(name, parameters.decimal(name).toString(), exchange.ledger.lastOrderId)
}

/** A stop of a whole position, in the venue's words. */
export function positionStop(
  name: 'stopLoss' | 'takeProfit',
  price: string,
  lastOrderId: number,
): AttachedStop {
  const stopOrderType = name === 'stopLoss' ? 'StopLoss' : 'TakeProfit'
  return {
    price,
    clientOrderId: `${nameForUnnamed(lastOrderId)}${stopOrderType}`,
    wire: { type: 'Market', timeInForce: 'IOC', stopOrderType, tpslMode: 'Full' },
  }
}

/** The position that a request means by its index, which has to be of the mode that the symbol is in. */
export function legOf({ parameters, account }: SignedCall, symbol: string): Leg | undefined {
  const index = parameters.findInteger('positionIdx') ?? 0
  if (isHedged(account, symbol) === (index === 0) || index > 2)
    throw new Failure(10001, 'position idx not match position mode')
  return index === 0 ? undefined : index === 1 ? 'long' : 'short'
}

function requireLinear(call: SignedCall): void {
  if (ownMarketOf(call) !== 'futures') throw badParameter('category invalid')
}
