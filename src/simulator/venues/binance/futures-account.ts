import { Decimal } from '../../../domain/decimal.ts'
import { type Account, isConditional } from '../../core/account.ts'
import { liquidationPrice } from '../../core/liquidation-price.ts'
import { leverageOf, marginState, type PositionState, positionState } from '../../core/margin.ts'
import { type Leg, positionKey } from '../../core/position.ts'
import { findInstrumentOf, type SignedCall } from './call.ts'
import { wireSymbol } from './instruments.ts'
import { isHedged, positionSideOf } from './legs.ts'

/** GET /fapi/v3/account */
export function futuresAccount({ account, exchange }: SignedCall) {
  exchange.advance()
  const marks = exchange.marks(account)
  const state = marginState(account, 'USDT', marks)
  const margin = state.wallet.plus(state.unrealized)
  const initial = state.positionMargin.plus(state.orderMargin)
  const available = Decimal.max(0, state.available)
  const assets = [...account.balances].map(([asset, { free, updatedAt }]) => {
    const isMargin = asset === 'USDT'
    const of = (value: Decimal) => (isMargin ? value : new Decimal(0)).toFixed(8)
    return {
      asset,
      walletBalance: free.toFixed(8),
      unrealizedProfit: of(state.unrealized),
      marginBalance: (isMargin ? margin : free).toFixed(8),
      maintMargin: of(state.maintenance),
      initialMargin: of(initial),
      positionInitialMargin: of(state.positionMargin),
      openOrderInitialMargin: of(state.orderMargin),
      crossWalletBalance: (isMargin ? state.cross.wallet : free).toFixed(8),
      crossUnPnl: of(state.cross.unrealized),
      availableBalance: (isMargin ? available : free).toFixed(8),
      maxWithdrawAmount: (isMargin ? available : free).toFixed(8),
      updateTime: updatedAt,
    }
  })
  const positions = account.openPositions().map(({ symbol, leg, margin: own }) => {
    const position = positionState(account, symbol, marks, leg)
    return {
      symbol: wireSymbol(symbol),
      positionSide: positionSideOf(leg),
      positionAmt: position.position.quantity.toString(),
      unrealizedProfit: position.unrealized.toFixed(8),
      isolatedMargin: isolatedMargin(position),
      notional: position.notional.toFixed(8),
      isolatedWallet: own.toString(),
      initialMargin: position.initial.toFixed(8),
      maintMargin: position.maintenance.toFixed(8),
      updateTime: position.position.updatedAt,
    }
  })
  return {
    totalInitialMargin: initial.toFixed(8),
    totalMaintMargin: state.maintenance.toFixed(8),
    totalWalletBalance: state.wallet.toFixed(8),
    totalUnrealizedProfit: state.unrealized.toFixed(8),
    totalMarginBalance: margin.toFixed(8),
    totalPositionInitialMargin: state.positionMargin.toFixed(8),
    totalOpenOrderInitialMargin: state.orderMargin.toFixed(8),
    totalCrossWalletBalance: state.cross.wallet.toFixed(8),
    totalCrossUnPnl: state.cross.unrealized.toFixed(8),
    availableBalance: available.toFixed(8),
    maxWithdrawAmount: available.toFixed(8),
    assets,
    positions,
  }
}

/** GET /fapi/v3/balance */
export function futuresBalances(call: SignedCall) {
  return futuresAccount(call).assets.map((asset) => ({
    accountAlias: 'SgsR',
    asset: asset.asset,
    balance: asset.walletBalance,
    crossWalletBalance: asset.crossWalletBalance,
    crossUnPnl: asset.crossUnPnl,
    availableBalance: asset.availableBalance,
    maxWithdrawAmount: asset.maxWithdrawAmount,
    marginAvailable: asset.asset === 'USDT',
    updateTime: asset.updateTime,
  }))
}

/** GET /fapi/v3/positionRisk: positions, and symbols with open orders. */
export function positionRisk(call: SignedCall) {
  const { account, exchange } = call
  exchange.advance()
  const only = findInstrumentOf(call, 'futures')?.symbol
  const marks = exchange.marks(account)
  return riskOf(account, only).map(({ symbol, leg }) => {
    const state = positionState(account, symbol, marks, leg)
    return {
      symbol: wireSymbol(symbol),
      positionSide: positionSideOf(leg),
      positionAmt: state.position.quantity.toString(),
      entryPrice: state.entry.toDecimalPlaces(12).toString(),
      breakEvenPrice: state.entry.toDecimalPlaces(12).toString(),
      markPrice: state.mark.toFixed(8),
      unRealizedProfit: state.unrealized.toFixed(8),
      liquidationPrice: (liquidationPrice(account, symbol, 'USDT', marks, leg) ?? new Decimal(0)).toFixed(8),
      isolatedMargin: isolatedMargin(state),
      notional: state.notional.toFixed(8),
      marginAsset: state.instrument.quote,
      isolatedWallet: state.position.margin.toString(),
      initialMargin: state.initial.toFixed(8),
      maintMargin: state.maintenance.toFixed(8),
      positionInitialMargin: state.initial.toFixed(8),
      openOrderInitialMargin: '0',
      leverage: String(leverageOf(account, symbol)),
      marginType: state.isIsolated ? 'isolated' : 'cross',
      adl: 0,
      bidNotional: '0',
      askNotional: '0',
      updateTime: state.position.updatedAt,
    }
  })
}

/** What is held, and what orders that wait may come to: in hedge mode both legs of their symbols. */
function riskOf(account: Account, only: string | undefined): { symbol: string; leg: Leg | undefined }[] {
  const legs = isHedged(account) ? (['long', 'short'] as const) : [undefined]
  const waiting = [...account.open.values()]
    .filter((order) => order.market === 'futures' && !isConditional(order))
    .flatMap(({ record: { symbol } }) => legs.map((leg) => ({ symbol, leg })))
  const all = [...account.openPositions(), ...waiting].filter(({ symbol }) => (only ?? symbol) === symbol)
  return [...new Map(all.map(({ symbol, leg }) => [positionKey(symbol, leg), { symbol, leg }])).values()]
}

/** What is set aside for an isolated position and what it has gained; 0 in cross margin. */
function isolatedMargin({ isIsolated, position, unrealized }: PositionState): string {
  return isIsolated ? position.margin.plus(unrealized).toFixed(8) : '0'
}
