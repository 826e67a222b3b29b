import { type Endpoint, findInstrumentOf, type SignedCall } from './call.ts'
import { bnbSwitch, feeRates } from './fees.ts'
import { wireSymbol } from './instruments.ts'

const signed = (answer: (call: SignedCall) => unknown): Endpoint => ({ access: 'signed', weight: 1, answer })

/** The wallet API: what a key may do, fees, and the lists a client reads when it loads the markets. */
export const keyEndpoints: Record<string, Endpoint> = {
  'GET /sapi/v1/account/apiRestrictions': signed(({ account, exchange }) => ({
    ipRestrict: false,
    createTime: account.createdAt,
    enableReading: true,
    enableWithdrawals: account.settings.get('enableWithdrawals') === 'true',
    enableInternalTransfer: false,
    enableMargin: false,
    enableFutures: exchange.ledger.findAccount(account.seed.apiKey, 'futures')?.seed.market === 'futures',
    permitsUniversalTransfer: false,
    enableVanillaOptions: false,
    enablePortfolioMarginTrading: false,
    enableSpotAndMarginTrading: account.seed.market === 'spot',
  })),
  'GET /sapi/v1/asset/tradeFee': signed((call) => {
    const one = findInstrumentOf(call, 'spot')
    return (one === undefined ? call.instruments.all('spot') : [one]).map(({ symbol }) => ({
      symbol: wireSymbol(symbol),
      makerCommission: feeRates.spot.maker,
      takerCommission: feeRates.spot.taker,
    }))
  }),
  'GET /sapi/v1/bnbBurn': signed(burning),
  'POST /sapi/v1/bnbBurn': signed((call) => {
    call.exchange.set(call.account, bnbSwitch.spot, String(call.parameters.flag('spotBNBBurn')))
    return burning(call)
  }),
  'GET /sapi/v1/capital/config/getall': signed(({ instruments }) => {
    const assets = new Set(instruments.all('spot').flatMap(({ base, quote }) => [base, quote]))
    return [...assets].map((coin) => ({
      coin,
      name: coin,
      depositAllEnable: false,
      withdrawAllEnable: false,
      networkList: [],
    }))
  }),
  'GET /sapi/v1/margin/allPairs': signed(() => []),
  'GET /sapi/v1/margin/isolated/allPairs': signed(() => []),
  'GET /dapi/v1/exchangeInfo': {
    access: 'public',
    weight: 1,
    answer: ({ exchange }) => ({ timezone: 'UTC', serverTime: exchange.clock.wallNow(), symbols: [] }),
  },
}

function burning({ account }: SignedCall) {
  return { spotBNBBurn: account.settings.get(bnbSwitch.spot) === 'true', interestBNBBurn: false }
}
