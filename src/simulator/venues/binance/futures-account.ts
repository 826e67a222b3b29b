import { Decimal } from '../../../domain/decimal.ts'
import { isConditional } from '../../core/account.ts'
import { liquidationPrice } from '../../core/liquidation-price.ts'
import { leverageOf, marginState, positionState } from '../../core/margin.ts'
import { findInstrumentOf, type SignedCall } from './call.ts'
import { wireSymbol } from './instruments.ts'

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
      crossWalletBalance: free.toFixed(8),
      crossUnPnl: of(state.unrealized),
      availableBalance: (isMargin ? available : free).toFixed(8),
      maxWithdrawAmount: (isMargin ? available : free).toFixed(8),
      updateTime: updatedAt,
    }
  })
  const positions = [...account.positions]
    .filter(([, { quantity }]) => !quantity.eq(0))
    .map(([symbol]) => {
      const position = positionState(account, symbol, marks)
      return {
        symbol: wireSymbol(symbol),
        positionSide: 'BOTH',
        positionAmt: position.position.quantity.toString(),
        unrealizedProfit: position.unrealized.toFixed(8),
        isolatedMargin: '0',
        notional: position.notional.toFixed(8),
        isolatedWallet: '0',
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
    totalCrossWalletBalance: state.wallet.toFixed(8),
    totalCrossUnPnl: state.unrealized.toFixed(8),
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
  const withOrders = [...account.open.values()]
    .filter((order) => !isConditional(order))
    .map(({ record }) => record.symbol)
  const held = [...account.positions].filter(([, { quantity }]) => !quantity.eq(0)).map(([symbol]) => symbol)
  const marks = exchange.marks(account)
  const symbols = new Set([...held, ...withOrders].filter((symbol) => (only ?? symbol) === symbol))
  return [...symbols].map((symbol) => {
    const state = positionState(account, symbol, marks)
    return {
      symbol: wireSymbol(symbol),
      positionSide: 'BOTH',
      positionAmt: state.position.quantity.toString(),
      entryPrice: state.entry.toDecimalPlaces(12).toString(),
      breakEvenPrice: state.entry.toDecimalPlaces(12).toString(),
      markPrice: state.mark.toFixed(8),
      unRealizedProfit: state.unrealized.toFixed(8),
      liquidationPrice: (liquidationPrice(account, symbol, 'USDT', marks) ?? new Decimal(0)).toFixed(8),
      isolatedMargin: '0',
      notional: state.notional.toFixed(8),
      marginAsset: state.instrument.quote,
      isolatedWallet: '0',
      initialMargin: state.initial.toFixed(8),
      maintMargin: state.maintenance.toFixed(8),
      positionInitialMargin: state.initial.toFixed(8),
      openOrderInitialMargin: '0',
      leverage: String(leverageOf(account, symbol)),
      marginType: 'cross',
      adl: 0,
      bidNotional: '0',
      askNotional: '0',
      updateTime: state.position.updatedAt,
    }
  })
}
