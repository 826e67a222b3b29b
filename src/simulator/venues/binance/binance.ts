import type { Exchange } from '../../core/exchange.ts'
import type { Instrument, Market } from '../../core/instrument.ts'
import type { Venue, VenueHandler, WireAnswer, WireRequest } from '../venue.ts'
import { algoEndpoints } from './algo.ts'
import type { Endpoint, InstrumentIndex } from './call.ts'
import { badKey, Failure } from './failure.ts'
import { binanceFee } from './fees.ts'
import { futuresEndpoints } from './futures.ts'
import { binanceInstruments, wireSymbol } from './instruments.ts'
import { keyEndpoints } from './keys.ts'
import { type Api, Limits } from './limits.ts'
import { marketData } from './market-data.ts'
import { Parameters } from './parameters.ts'
import { checkSignature } from './signature.ts'
import { spotEndpoints } from './spot.ts'
import { listenKeyEndpoints } from './streams/listen-key.ts'
import { binanceStreams } from './streams/streams.ts'
import { subjectOf } from './subject.ts'
import { nameless, troubled } from './trouble.ts'
import { walletEndpoints } from './wallet.ts'

const endpoints = new Map<string, Endpoint>(
  Object.entries({
    ...marketData('spot'),
    ...marketData('futures'),
    ...spotEndpoints,
    ...futuresEndpoints,
    ...algoEndpoints,
    ...walletEndpoints,
    ...keyEndpoints,
    ...listenKeyEndpoints,
  }),
)

const handTypes = {
  spot: { market: 'MARKET', limit: 'LIMIT', stop: 'STOP_LOSS' },
  futures: { market: 'MARKET', limit: 'LIMIT', stop: 'STOP_MARKET' },
} as const

const prefixes = [
  '/api/v3/',
  '/fapi/',
  '/sapi/',
  '/dapi/',
  '/ws',
  '/stream',
  '/public/',
  '/market/',
  '/private/',
]

/** Binance spot and USD-M futures, REST and WebSocket, in one-way position mode and cross margin. */
export const binance: Venue = {
  name: 'binance',
  markets: ['spot', 'futures'],
  isUnified: false,
  instruments: binanceInstruments,
  feeOf: binanceFee,
  subjectOf,
  apiKeyOf,
  nameless,
  troubled,
  wordsOf: (market, type) => ({
    wire: { type: handTypes[market][type], timeInForce: 'GTC', workingType: 'CONTRACT_PRICE' },
    clientIdPrefix: 'web_',
    becomesNew: market === 'futures' && type === 'stop',
  }),
  owns: (path) => prefixes.some((prefix) => path.startsWith(prefix)),

  open(exchange, listed, { enforceLimits }) {
    const limits = new Limits(enforceLimits)
    const instruments = indexOf(listed)
    const answer: VenueHandler = (request, view = exchange) => {
      const headers: Record<string, string> = { 'content-type': 'application/json;charset=UTF-8' }
      try {
        const told = answerTo(request, { exchange, view }, instruments, limits, headers)
        return { status: 200, headers, body: JSON.stringify(told) }
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        return failed(error, headers)
      }
    }
    return { answer, streams: binanceStreams(exchange, instruments) }
  },
}

function answerTo(
  request: WireRequest,
  { exchange, view }: { exchange: Exchange; view: Exchange },
  instruments: InstrumentIndex,
  limits: Limits,
  headers: Record<string, string>,
): unknown {
  const endpoint = endpoints.get(`${request.method} ${request.path}`)
  const api: Api = request.path.startsWith('/fapi/') ? 'futures' : 'spot'
  const wallMs = exchange.clock.wallNow()
  const parameters = new Parameters(request.query, request.body)
  const weight =
    typeof endpoint?.weight === 'function' ? endpoint.weight(parameters) : (endpoint?.weight ?? 1)
  const used = limits.spend(api, request.ip, weight, wallMs)
  headers['x-mbx-used-weight-1m'] = headers['x-mbx-used-weight'] = String(used)
  if (endpoint === undefined)
    throw new Failure(-5000, `Path ${request.path}, Method ${request.method} is invalid`, 404)
  if (endpoint.access === 'public') return endpoint.answer({ parameters, exchange, instruments })

  const apiKey = apiKeyOf(request)
  if (apiKey === undefined) throw new Failure(-2014, 'API-key format invalid.', 401)
  const owner = exchange.ledger.accounts.get(apiKey)
  if (owner === undefined || owner.seed.venue !== 'binance' || owner.isRevoked) throw badKey()
  if (endpoint.access === 'signed') checkSignature(request, parameters, owner.seed.secret, wallMs)
  const market = endpoint.market ?? owner.seed.market
  const account = market === 'unified' ? undefined : exchange.ledger.findAccount(apiKey, market)
  if (account === undefined || account.seed.market !== market) throw badKey()
  if (endpoint.isOrder !== true) {
    const seen = view.ledger.accounts.get(account.seed.apiKey)
    return endpoint.answer(
      seen === undefined
        ? { parameters, exchange, instruments, account }
        : { parameters, exchange: view, instruments, account: seen },
    )
  }

  Object.assign(headers, limits.countOrder(api, apiKey, wallMs))
  const open = account.open.size
  const answer = endpoint.answer({
    parameters,
    exchange,
    instruments,
    account,
    receivedAt: request.receivedAt,
  })
  if (account.open.size === open) limits.giveBack(api, apiKey, wallMs)
  return answer
}

function apiKeyOf({ headers }: WireRequest): string | undefined {
  const apiKey = headers['x-mbx-apikey']
  return typeof apiKey === 'string' && apiKey !== '' ? apiKey : undefined
}

function indexOf(instruments: readonly Instrument[]): InstrumentIndex {
  const byMarket = Map.groupBy(instruments, ({ market }) => market)
  const byWire = new Map(instruments.map((each) => [`${each.market} ${wireSymbol(each.symbol)}`, each]))
  return {
    all: (market: Market) => byMarket.get(market) ?? [],
    find: (market, wire) => byWire.get(`${market} ${wire}`),
  }
}

function failed(error: Failure, headers: Record<string, string>): WireAnswer {
  return {
    status: error.status,
    headers: { ...headers, ...error.headers },
    body: JSON.stringify({ code: error.code, msg: error.message }),
  }
}
