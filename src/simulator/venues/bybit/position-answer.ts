import type { Account } from '../../core/account.ts'
import type { Protects } from '../../core/attached.ts'
import type { Exchange } from '../../core/exchange.ts'
import { liquidationPrice } from '../../core/liquidation-price.ts'
import { leverageOf, positionState } from '../../core/margin.ts'
import type { Leg } from '../../core/position.ts'
import { wireSymbol } from './instruments.ts'

/** The venue's number of a position: of its one, or in hedge mode of its long and its short one. */
export function indexOf(leg: Leg | undefined): 0 | 1 | 2 {
  return leg === undefined ? 0 : leg === 'long' ? 1 : 2
}

/** A position as the list and the stream show it; with nothing held it has no side, except in hedge mode. */
export function positionAnswer(account: Account, exchange: Exchange, symbol: string, leg?: Leg) {
  const marks = exchange.marks(account)
  const state = positionState(account, symbol, marks, leg)
  const { position, instrument, isIsolated } = state
  const { quantity } = position
  const isFlat = quantity.eq(0)
  const isLong = leg === undefined ? quantity.gt(0) : leg === 'long'
  const liquidation = liquidationPrice(account, symbol, instrument.quote, marks, leg)
  const stopOf = (protects: Protects) =>
    [...account.open.values()].find(
      (order) =>
        order.record.protects === protects && order.market === 'futures' && order.isAbout(symbol, leg),
    )?.record.trigger?.price ?? ''
  return {
    positionIdx: indexOf(leg),
    riskId: 1,
    riskLimitValue: String(instrument.capAtMost ?? 0),
    symbol: wireSymbol(symbol),
    side: isFlat && leg === undefined ? '' : isLong ? 'Buy' : 'Sell',
    size: quantity.abs().toString(),
    avgPrice: isFlat ? '0' : state.entry.toDecimalPlaces(10).toString(),
    positionValue: isFlat ? '' : position.cost.abs().toString(),
    tradeMode: isIsolated ? 1 : 0,
    autoAddMargin: 0,
    positionStatus: 'Normal',
    leverage: String(leverageOf(account, symbol)),
    markPrice: state.mark.toString(),
    liqPrice: liquidation?.toDecimalPlaces(instrument.tick.decimalPlaces()).toString() ?? '',
    bustPrice: '',
    positionIM: isFlat ? '' : state.initial.toString(),
    positionMM: isFlat ? '' : state.maintenance.toString(),
    positionBalance: isFlat ? '0' : (isIsolated ? position.margin : state.initial).toString(),
    tpslMode: 'Full',
    takeProfit: stopOf('take-profit'),
    stopLoss: stopOf('stop-loss'),
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
