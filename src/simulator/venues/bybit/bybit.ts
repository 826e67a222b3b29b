import type { Account } from '../../core/account.ts'
import type { Exchange } from '../../core/exchange.ts'
import type { Instrument, Market } from '../../core/instrument.ts'
import type { Venue, WireRequest } from '../venue.ts'
import { type Endpoint, type InstrumentIndex, isLenient } from './call.ts'
import { executionEndpoints } from './executions.ts'
import { badKey, expiredKey, Failure, forbidden } from './failure.ts'
import { bybitFee } from './fees.ts'
import { fundingHistory } from './funding-history.ts'
import { executionIdOf } from './ids.ts'
import { bybitInstruments, wireSymbol } from './instruments.ts'
import { addressesOf, endOf, keyEndpoints } from './keys.ts'
import { Limits } from './limits.ts'
import { lookUpEndpoints } from './look-up.ts'
import { marketData } from './market-data.ts'
import { orderEndpoints } from './orders.ts'
import { Parameters } from './parameters.ts'
import { positionSettings } from './position-settings.ts'
import { positionEndpoints } from './positions.ts'
import { checkSignature, headerOf } from './signature.ts'
import { bybitStreams } from './streams/streams.ts'
import { subjectOf } from './subject.ts'
import { transactionLogEndpoints } from './transaction-log.ts'
import { bodyOf, failed, nameless, troubled } from './trouble.ts'
import { walletEndpoints } from './wallet.ts'

const endpoints = new Map<string, Endpoint>(
  Object.entries({
    ...marketData,
    ...fundingHistory,
    ...orderEndpoints,
    ...lookUpEndpoints,
    ...executionEndpoints,
    ...positionEndpoints,
    ...positionSettings,
    ...walletEndpoints,
    ...transactionLogEndpoints,
    ...keyEndpoints,
  }),
)

const handTypes = { market: 'Market', limit: 'Limit', stop: 'Market' } as const

/** Bybit v5, spot and linear on one unified account, in one-way position mode and cross margin. */
export const bybit: Venue = {
  name: 'bybit',
  markets: ['spot', 'futures'],
  isUnified: true,
  instruments: bybitInstruments,
  feeOf: bybitFee,
  subjectOf,
  apiKeyOf: (request) => headerOf(request, 'x-bapi-api-key'),
  nameless,
  isRefusal: ({ status, body }) => status !== 200 || !body.startsWith('{"retCode":0,'),
  troubled,
  tradeIdOf: executionIdOf,
  wordsOf: (_market, type) => ({
    wire: {
      type: handTypes[type],
      timeInForce: type === 'limit' ? 'GTC' : 'IOC',
      ...(type === 'stop' && { stopOrderType: 'Stop' }),
    },
    clientIdPrefix: 'web_',
    becomesNew: false,
  }),
  owns: (path) => path.startsWith('/v5/'),

  open(exchange, listed, { enforceLimits }) {
    const gate = {
      exchange,
      limits: new Limits(enforceLimits),
      instruments: indexOf(listed),
      upSince: exchange.clock.wallNow(),
    }
    return {
      streams: bybitStreams(exchange, gate.instruments),
      answer(request, view = exchange) {
        const wallMs = exchange.clock.wallNow()
        const headers: Record<string, string> = { 'content-type': 'application/json; charset=utf-8' }
        try {
          const result = resultOf(request, view, gate, headers)
          return { status: 200, headers, body: bodyOf(0, 'OK', result, wallMs) }
        } catch (error) {
          if (error instanceof Failure) return failed(error, wallMs, headers)
          throw error
        }
      },
    }
  },
}

interface Gate {
  readonly exchange: Exchange
  readonly limits: Limits
  readonly instruments: InstrumentIndex
  readonly upSince: number
}

function resultOf(
  request: WireRequest,
  view: Exchange,
  gate: Gate,
  headers: Record<string, string>,
): unknown {
  const { exchange, limits, instruments, upSince } = gate
  const wallMs = exchange.clock.wallNow()
  limits.countAddress(request.ip, wallMs)
  const name = `${request.method} ${request.path}`
  const endpoint = endpoints.get(name)
  if (endpoint === undefined) throw new Failure(404, 'Not Found', 404)
  if (endpoint.access === 'public') {
    const parameters = Parameters.of(request.method, request.query, request.body)
    return endpoint.answer({ parameters, exchange, instruments, isLenient: false })
  }
  const account = signedBy(request, exchange, wallMs)
  const parameters = Parameters.of(request.method, request.query, request.body)
  const category = parameters.find('category') === 'spot' ? 'spot' : 'linear'
  limits.countUser({ endpoint: name, category, user: account.seed.apiKey }, wallMs, headers)
  if (request.method === 'POST' && account.settings.get('readOnly') === 'true') throw forbidden()
  const call = { parameters, instruments, upSince, isLenient: isLenient(account) }
  if (endpoint.isOrder) return endpoint.answer({ ...call, exchange, account, receivedAt: request.receivedAt })
  const seen = view.ledger.accounts.get(account.seed.apiKey)
  return endpoint.answer(
    seen === undefined ? { ...call, exchange, account } : { ...call, exchange: view, account: seen },
  )
}

/** The account whose key signed a request. Throws what the venue says where the key, the time or the signature is wrong. */
function signedBy(request: WireRequest, exchange: Exchange, wallMs: number): Account {
  const apiKey = headerOf(request, 'x-bapi-api-key')
  if (apiKey === undefined) throw new Failure(401, '', 401)
  const account = exchange.ledger.accounts.get(apiKey)
  if (account === undefined || account.seed.venue !== 'bybit' || account.isRevoked) throw badKey()
  if ((endOf(account) ?? Number.POSITIVE_INFINITY) <= wallMs) throw expiredKey()
  const addresses = addressesOf(account)
  if (!addresses.includes('*') && !addresses.includes(request.ip.replace(/^::ffff:/, '')))
    throw new Failure(10010, "Unmatched IP, please check your API key's bound IP addresses.")
  checkSignature(request, account.seed.secret, wallMs)
  return account
}

function indexOf(instruments: readonly Instrument[]): InstrumentIndex {
  const byMarket = Map.groupBy(instruments, ({ market }) => market)
  const byWire = new Map(instruments.map((each) => [`${each.market} ${wireSymbol(each.symbol)}`, each]))
  return {
    all: (market: Market) => byMarket.get(market) ?? [],
    find: (market, wire) => byWire.get(`${market} ${wire}`),
  }
}
