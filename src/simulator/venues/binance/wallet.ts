import type { Instrument } from '../../core/instrument.ts'
import { leverageOf, positionCap } from '../../core/margin.ts'
import { type Endpoint, findInstrumentOf, instrumentOf, type SignedCall } from './call.ts'
import { Failure } from './failure.ts'
import { bnbSwitch, feeRates } from './fees.ts'
import { futuresAccount, futuresBalances, positionRisk } from './futures-account.ts'
import { income } from './income.ts'
import { wireSymbol } from './instruments.ts'
import { movePositionMargin, setMarginType } from './isolated.ts'
import { isHedged, setPositionMode } from './legs.ts'

const signed = (weight: number, answer: (call: SignedCall) => unknown): Endpoint => ({
  access: 'signed',
  market: 'futures',
  weight,
  answer,
})

/** The futures account: what it has, what it holds, and its switches. */
export const walletEndpoints: Record<string, Endpoint> = {
  'GET /fapi/v3/account': signed(5, futuresAccount),
  'GET /fapi/v2/account': signed(5, futuresAccount),
  'GET /fapi/v3/balance': signed(5, futuresBalances),
  'GET /fapi/v2/balance': signed(5, futuresBalances),
  'GET /fapi/v1/income': signed(30, income),
  'GET /fapi/v3/positionRisk': signed(5, positionRisk),
  'GET /fapi/v2/positionRisk': signed(5, positionRisk),
  'GET /fapi/v1/leverageBracket': signed(1, (call) => perInstrument(call, brackets)),
  'GET /fapi/v1/symbolConfig': signed(5, (call) =>
    perInstrument(call, (instrument) => ({
      symbol: wireSymbol(instrument.symbol),
      marginType: call.account.marginMode(instrument.symbol) === 'isolated' ? 'ISOLATED' : 'CROSSED',
      isAutoAddMargin: false,
      leverage: leverageOf(call.account, instrument.symbol),
      maxNotionalValue: positionCap(instrument, leverageOf(call.account, instrument.symbol)).toString(),
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
  'POST /fapi/v1/positionMargin': signed(1, movePositionMargin),
  'GET /fapi/v1/positionSide/dual': signed(30, ({ account }) => ({ dualSidePosition: isHedged(account) })),
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

function perInstrument<T>(call: SignedCall, answer: (instrument: Instrument) => T): T[] {
  const one = findInstrumentOf(call, 'futures')
  return (one === undefined ? call.instruments.all('futures') : [one]).map(answer)
}

/** Brackets by the leverage they allow: each ends where the next lower leverage begins to be needed. */
function brackets(instrument: Instrument) {
  const { symbol, maxLeverage, maintenance } = instrument
  const steps = [
    maxLeverage,
    ...[100, 75, 50, 25, 20, 10, 5, 4, 3, 2, 1].filter((each) => each < maxLeverage),
  ]
  let floor = 0
  const brackets = steps.map((leverage, index) => {
    const cap = positionCap(instrument, leverage).toNumber()
    const bracket = {
      bracket: index + 1,
      initialLeverage: leverage,
      notionalCap: cap,
      notionalFloor: floor,
      maintMarginRatio: maintenance,
      cum: 0,
    }
    floor = cap
    return bracket
  })
  return { symbol: wireSymbol(symbol), brackets }
}

function accountConfig({ account }: SignedCall) {
  return {
    feeTier: 0,
    canTrade: true,
    canDeposit: true,
    canWithdraw: true,
    dualSidePosition: isHedged(account),
    updateTime: account.createdAt,
    multiAssetsMargin: false,
    tradeGroupId: -1,
  }
}

function setLeverage(call: SignedCall) {
  const { account, exchange } = call
  const instrument = instrumentOf(call, 'futures')
  const { symbol, maxLeverage } = instrument
  const leverage = call.parameters.findInteger('leverage') ?? 0
  if (leverage < 1 || leverage > maxLeverage) throw new Failure(-4028, `Leverage ${leverage} is not valid`)
  const isLess = leverage < leverageOf(account, symbol)
  if (isLess && account.marginMode(symbol) === 'isolated' && account.openPositions(symbol).length > 0) {
    throw new Failure(
      -4161,
      'Leverage reduction is not supported in Isolated Margin Mode with open positions.',
    )
  }
  exchange.setLeverage(account, symbol, leverage)
  return {
    leverage,
    maxNotionalValue: positionCap(instrument, leverage).toString(),
    symbol: wireSymbol(symbol),
  }
}
