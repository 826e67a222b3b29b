import { Decimal } from '../../../domain/decimal.ts'
import type { Account } from '../../core/account.ts'
import type { Exchange } from '../../core/exchange.ts'
import { marginState } from '../../core/margin.ts'
import {
  type Endpoint,
  findInstrumentOf,
  type InstrumentIndex,
  marketsOf,
  type SignedCall,
  tradedMarketOf,
} from './call.ts'
import { badParameter, Failure } from './failure.ts'
import { feeRates } from './fees.ts'
import { wireSymbol } from './instruments.ts'

const settlement = 'USDT'
const zero = new Decimal(0)

/** The unified account: one wallet for spot and linear, in cross margin. */
export const walletEndpoints: Record<string, Endpoint> = {
  'GET /v5/account/info': {
    access: 'signed',
    answer: ({ account }) => ({
      marginMode: account.marginMode('*') === 'cross' ? 'REGULAR_MARGIN' : 'ISOLATED_MARGIN',
      updatedTime: String(account.createdAt),
      unifiedMarginStatus: 6,
      dcpStatus: 'OFF',
      timeWindow: 10,
      smpGroup: 0,
      isMasterTrader: false,
      spotHedgingStatus: 'OFF',
    }),
  },
  'GET /v5/account/wallet-balance': { access: 'signed', answer: walletBalance },
  'POST /v5/account/set-margin-mode': { access: 'signed', isOrder: true, answer: setMarginMode },
  'GET /v5/account/fee-rate': { access: 'signed', answer: feeRate },
}

function walletBalance(call: SignedCall) {
  const { parameters, account, exchange } = call
  if (parameters.text('accountType') !== 'UNIFIED') throw badParameter('accountType only support UNIFIED.')
  exchange.advance()
  const asked = parameters.find('coin')?.split(',')
  const wallet = walletOf(account, exchange, call.instruments)
  return { list: [{ ...wallet, coin: wallet.coin.filter(({ coin }) => asked?.includes(coin) ?? true) }] }
}

/** The account as /v5/account/wallet-balance and the stream show it; totals are in USD, at last prices. */
export function walletOf(account: Account, exchange: Exchange, instruments: InstrumentIndex) {
  const margin = marginState(account, settlement, exchange.marks(account))
  const initial = margin.positionMargin.plus(margin.orderMargin)
  const coins = [...account.balances].map(([coin, { free, locked }]) => {
    const isSettlement = coin === settlement
    const wallet = free.plus(locked)
    const equity = isSettlement ? wallet.plus(margin.unrealized) : wallet
    const of = (value: Decimal) => (isSettlement ? value : zero).toString()
    return {
      coin,
      equity: equity.toString(),
      usdValue: equity
        .times(priceOf(coin, exchange, instruments))
        .toDecimalPlaces(8)
        .toString(),
      walletBalance: wallet.toString(),
      locked: locked.toString(),
      spotHedgingQty: '0',
      borrowAmount: '0',
      accruedInterest: '0',
      availableToBorrow: '',
      availableToWithdraw: '',
      totalOrderIM: of(margin.orderMargin),
      totalPositionIM: of(margin.positionMargin),
      totalPositionMM: of(margin.maintenance),
      unrealisedPnl: of(margin.unrealized),
      cumRealisedPnl: of(realizedOf(account)),
      bonus: '0',
      marginCollateral: isSettlement,
      collateralSwitch: isSettlement,
    }
  })
  const total = coins.reduce((sum, { usdValue }) => sum.plus(usdValue), zero)
  const equity = margin.wallet.plus(margin.unrealized)
  const ratio = (value: Decimal) => (equity.gt(0) ? value.div(equity).toDecimalPlaces(4) : zero).toString()
  const hasMargin = marketsOf(account).includes('futures')
  return {
    accountType: 'UNIFIED',
    totalEquity: total.toString(),
    totalWalletBalance: total.minus(margin.unrealized).toString(),
    totalMarginBalance: (hasMargin ? equity : zero).toString(),
    totalAvailableBalance: Decimal.max(0, hasMargin ? margin.available : zero).toString(),
    totalPerpUPL: margin.unrealized.toString(),
    totalInitialMargin: initial.toString(),
    totalMaintenanceMargin: margin.maintenance.toString(),
    accountIMRate: ratio(initial),
    accountMMRate: ratio(margin.maintenance),
    accountLTV: '0',
    coin: coins,
  }
}

function realizedOf(account: Account): Decimal {
  return [...account.positions.values()].reduce((sum, { realized }) => sum.plus(realized), zero)
}

/** The last price of a coin in USD; 0 for one that has none on this tape. */
function priceOf(coin: string, exchange: Exchange, instruments: InstrumentIndex): number {
  if (coin === settlement) return 1
  const instrument = instruments.find('spot', `${coin}${settlement}`)
  return instrument === undefined ? 0 : exchange.lastPrice(instrument)
}

/** The mode is of the whole account, and moves while nothing is held or ordered there. */
function setMarginMode({ parameters, account, exchange }: SignedCall) {
  const modes = ['REGULAR_MARGIN', 'ISOLATED_MARGIN', 'PORTFOLIO_MARGIN'] as const
  const mode = parameters.oneOf('setMarginMode', modes)
  const wanted = mode === 'ISOLATED_MARGIN' ? 'isolated' : 'cross'
  const isBusy =
    account.openPositions().length > 0 ||
    [...account.open.values()].some(({ market }) => market === 'futures')
  const isMoved = account.marginMode('*') !== wanted
  if (mode === 'PORTFOLIO_MARGIN' || (isMoved && isBusy)) throw new Failure(3400045, 'Set margin mode failed')
  if (isMoved) exchange.holdings.setMarginMode(account, '*', wanted)
  return { reasons: [] }
}

function feeRate(call: SignedCall) {
  const market = tradedMarketOf(call)
  const one = findInstrumentOf(call, market)
  const { maker, taker } = feeRates[market]
  return {
    list: (one === undefined ? call.instruments.all(market) : [one]).map(({ symbol }) => ({
      symbol: wireSymbol(symbol),
      makerFeeRate: maker,
      takerFeeRate: taker,
    })),
  }
}
