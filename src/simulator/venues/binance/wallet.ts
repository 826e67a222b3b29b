import type { Instrument } from '../../core/instrument.ts'
import { leverageOf } from '../../core/margin.ts'
import { type Endpoint, findInstrumentOf, instrumentOf, type SignedCall } from './call.ts'
import { Failure } from './failure.ts'
import { bnbSwitch, feeRates } from './fees.ts'
import { futuresAccount, futuresBalances, positionRisk } from './futures-account.ts'
import { wireSymbol } from './instruments.ts'

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

const incomeTypes = {
  deposit: 'TRANSFER',
  withdrawal: 'TRANSFER',
  airdrop: 'WELCOME_BONUS',
  dust: 'COIN_SWAP_DEPOSIT',
  funding: 'FUNDING_FEE',
  insurance: 'INSURANCE_CLEAR',
} as const

/** What moved without an execution; executions tell their own income. */
function income({ account, parameters }: SignedCall) {
  const from = parameters.findInteger('startTime') ?? 0
  const limit = Math.min(parameters.findInteger('limit') ?? 100, 1_000)
  return account.transfers
    .map(({ asset, amount, reason, at }, index) => ({
      symbol: '',
      incomeType: incomeTypes[reason],
      income: amount,
      asset,
      time: at,
      info: '',
      tranId: index + 1,
      tradeId: '',
    }))
    .filter(({ time }) => time >= from)
    .slice(0, limit)
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
