import { Decimal } from '#src/domain/decimal.ts'
import { isConditional } from '../../core/account.ts'
import type { Instrument } from '../../core/instrument.ts'
import { leverageOf, marginState, positionState } from '../../core/margin.ts'
import { type Endpoint, findInstrumentOf, instrumentOf, type SignedCall } from './call.ts'
import { Failure } from './failure.ts'
import { bnbSwitch, feeRates } from './fees.ts'
import { wireSymbol } from './instruments.ts'

const signed = (weight: number, answer: (call: SignedCall) => unknown): Endpoint => ({
  access: 'signed',
  market: 'futures',
  weight,
  answer,
})

/** The futures account: what it has, what it holds, and its switches. */
export const walletEndpoints: Record<string, Endpoint> = {
  'GET /fapi/v3/account': signed(5, accountOf),
  'GET /fapi/v2/account': signed(5, accountOf),
  'GET /fapi/v3/balance': signed(5, balances),
  'GET /fapi/v2/balance': signed(5, balances),
  'GET /fapi/v3/positionRisk': signed(5, positionRisk),
  'GET /fapi/v2/positionRisk': signed(5, positionRisk),
  'GET /fapi/v1/leverageBracket': signed(1, (call) => perInstrument(call, brackets)),
  'GET /fapi/v1/symbolConfig': signed(5, (call) =>
    perInstrument(call, ({ symbol, maxLeverage }) => ({
      symbol: wireSymbol(symbol),
      marginType: 'CROSSED',
      isAutoAddMargin: false,
      leverage: leverageOf(call.account, symbol),
      maxNotionalValue: String(10_000_000 / maxLeverage),
    })),
  ),
  'GET /fapi/v1/accountConfig': signed(5, accountConfig),
  'GET /fapi/v1/commissionRate': signed(20, (call) => ({
    symbol: wireSymbol(instrumentOf(call, 'futures').symbol),
    makerCommissionRate: feeRates.futures.maker,
    takerCommissionRate: feeRates.futures.taker,
  })),
  'POST /fapi/v1/leverage': signed(1, setLeverage),
  'POST /fapi/v1/marginType': signed(1, setMarginType),
  'GET /fapi/v1/positionSide/dual': signed(30, () => ({ dualSidePosition: false })),
  'POST /fapi/v1/positionSide/dual': signed(1, setPositionMode),
  'GET /fapi/v1/multiAssetsMargin': signed(30, () => ({ multiAssetsMargin: false })),
  'GET /fapi/v1/feeBurn': signed(30, ({ account }) => ({
    feeBurn: account.settings.get(bnbSwitch.futures) === 'true',
  })),
  'POST /fapi/v1/feeBurn': signed(1, (call) => {
    call.exchange.set(call.account, bnbSwitch.futures, String(call.parameters.flag('feeBurn')))
    return { code: 200, msg: 'success' }
  }),
}

function accountOf({ account, exchange }: SignedCall) {
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

function balances(call: SignedCall) {
  return accountOf(call).assets.map((asset) => ({
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

/** Positions and symbols with open orders. */
function positionRisk(call: SignedCall) {
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
      liquidationPrice: '0',
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

function perInstrument<T>(call: SignedCall, answer: (instrument: Instrument) => T): T[] {
  const one = findInstrumentOf(call, 'futures')
  return (one === undefined ? call.instruments.all('futures') : [one]).map(answer)
}

function brackets({ symbol, maxLeverage, maintenance }: Instrument) {
  const bracket = {
    bracket: 1,
    initialLeverage: maxLeverage,
    notionalCap: 50_000_000,
    notionalFloor: 0,
    maintMarginRatio: maintenance,
    cum: 0,
  }
  return { symbol: wireSymbol(symbol), brackets: [bracket] }
}

function accountConfig({ account }: SignedCall) {
  return {
    feeTier: 0,
    canTrade: true,
    canDeposit: true,
    canWithdraw: true,
    dualSidePosition: false,
    updateTime: account.createdAt,
    multiAssetsMargin: false,
    tradeGroupId: -1,
  }
}

function setLeverage(call: SignedCall) {
  const { symbol, maxLeverage } = instrumentOf(call, 'futures')
  const leverage = call.parameters.findInteger('leverage') ?? 0
  if (leverage < 1 || leverage > maxLeverage) throw new Failure(-4028, `Leverage ${leverage} is not valid`)
  call.exchange.setLeverage(call.account, symbol, leverage)
  return { leverage, maxNotionalValue: '50000000', symbol: wireSymbol(symbol) }
}

function setMarginType(call: SignedCall) {
  instrumentOf(call, 'futures')
  const wanted = call.parameters.oneOf(
    'marginType',
    ['CROSSED', 'ISOLATED'],
    new Failure(-4063, 'Invalid margin type.'),
  )
  if (wanted === 'CROSSED') throw new Failure(-4046, 'No need to change margin type.')
  throw new Failure(-4168, 'Unable to adjust to isolated-margin mode under the Multi-Assets mode.')
}

function setPositionMode({ parameters }: SignedCall) {
  if (!parameters.flag('dualSidePosition')) throw new Failure(-4059, 'No need to change position side.')
  throw new Failure(-4084, 'Method is not allowed currently. Upcoming soon.')
}
