import type { Account } from '../../core/account.ts'
import type { Exchange } from '../../core/exchange.ts'
import { liquidationPrice } from '../../core/liquidation-price.ts'
import { leverageOf, positionState } from '../../core/margin.ts'
import {
  type Endpoint,
  findInstrumentOf,
  instrumentOf,
  ownMarketOf,
  pageSizeOf,
  type SignedCall,
} from './call.ts'
import { badParameter, Failure } from './failure.ts'
import { wireSymbol } from './instruments.ts'
import { requireOneOf } from './orders.ts'

/** Linear positions, one a symbol, and how they are set. */
export const positionEndpoints: Record<string, Endpoint> = {
  'GET /v5/position/list': { access: 'signed', answer: positions },
  'POST /v5/position/set-leverage': { access: 'signed', isOrder: true, answer: setLeverage },
  'POST /v5/position/switch-mode': { access: 'signed', isOrder: true, answer: switchMode },
}

function positions(call: SignedCall) {
  const { account, exchange, parameters } = call
  const market = ownMarketOf(call)
  const category = parameters.text('category')
  if (market === undefined) return { category, list: [], nextPageCursor: '' }
  if (market === 'spot') throw badParameter('category invalid')
  requireOneOf(call, ['symbol', 'baseCoin', 'settleCoin'])
  const size = pageSizeOf(call, { usual: 20, most: 200 })
  exchange.advance()
  const one = findInstrumentOf(call, 'futures')?.symbol
  const held = [...account.positions].filter(([, { quantity }]) => !quantity.eq(0)).map(([symbol]) => symbol)
  // A symbol that is named is shown although nothing is held.
  const shown = (one === undefined ? held : [one]).slice(0, size)
  return {
    category,
    list: shown.map((symbol) => positionAnswer(account, exchange, symbol)),
    nextPageCursor: '',
  }
}

/** A position as the list and the stream show it; with nothing held it has no side. */
export function positionAnswer(account: Account, exchange: Exchange, symbol: string) {
  const marks = exchange.marks(account)
  const state = positionState(account, symbol, marks)
  const { position, instrument } = state
  const { quantity } = position
  const isFlat = quantity.eq(0)
  const liquidation = liquidationPrice(account, symbol, instrument.quote, marks)
  const leverage = String(leverageOf(account, symbol))
  return {
    positionIdx: 0,
    riskId: 1,
    riskLimitValue: '2000000',
    symbol: wireSymbol(symbol),
    side: isFlat ? '' : quantity.gt(0) ? 'Buy' : 'Sell',
    size: quantity.abs().toString(),
    avgPrice: isFlat ? '0' : state.entry.toDecimalPlaces(10).toString(),
    positionValue: isFlat ? '' : position.cost.abs().toString(),
    tradeMode: 0,
    autoAddMargin: 0,
    positionStatus: 'Normal',
    leverage,
    markPrice: state.mark.toString(),
    liqPrice: liquidation?.toDecimalPlaces(instrument.tick.decimalPlaces()).toString() ?? '',
    bustPrice: '',
    positionIM: isFlat ? '' : state.initial.toString(),
    positionMM: isFlat ? '' : state.maintenance.toString(),
    positionBalance: isFlat ? '0' : state.initial.toString(),
    tpslMode: 'Full',
    takeProfit: '',
    stopLoss: '',
    trailingStop: '0',
    unrealisedPnl: isFlat ? '' : state.unrealized.toString(),
    curRealisedPnl: position.realized.toString(),
    cumRealisedPnl: position.realized.toString(),
    sessionAvgPrice: '',
    adlRankIndicator: isFlat ? 0 : 2,
    isReduceOnly: false,
    mmrSysUpdatedTime: '',
    leverageSysUpdatedTime: '',
    createdTime: String(account.createdAt),
    updatedTime: String(position.updatedAt),
    seq: isFlat ? -1 : 1,
  }
}

function setLeverage(call: SignedCall) {
  const { parameters, exchange, account } = call
  requireLinear(call)
  const { symbol, maxLeverage } = instrumentOf(call, 'futures')
  const [buy, sell] = [parameters.decimal('buyLeverage'), parameters.decimal('sellLeverage')]
  if (!buy.eq(sell)) throw badParameter('buy leverage must equal sell leverage in one-way mode')
  if (buy.lt(1)) throw badParameter('buyLeverage invalid')
  if (buy.gt(maxLeverage)) throw new Failure(110013, 'cannot set leverage gt maxLeverage by risk limit')
  if (buy.eq(leverageOf(account, symbol))) throw new Failure(110043, 'leverage not modified')
  exchange.setLeverage(account, symbol, buy.toNumber())
  return {}
}

/** The account holds one position a symbol, and is not moved from that. */
function switchMode(call: SignedCall) {
  requireLinear(call)
  if (call.parameters.find('symbol') !== undefined) instrumentOf(call, 'futures')
  else requireOneOf(call, ['symbol', 'coin'])
  if (call.parameters.oneOf('mode', ['0', '3']) === '0')
    throw new Failure(110025, 'Position mode is not modified')
  throw new Failure(110029, 'Hedge mode is not supported for this symbol.')
}

function requireLinear(call: SignedCall): void {
  if (ownMarketOf(call) !== 'futures') throw badParameter('category invalid')
}
