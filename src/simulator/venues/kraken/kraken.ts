import type { Exchange } from '../../core/exchange.ts'
import type { Venue, WireRequest } from '../venue.ts'
import { balanceEndpoints } from './balances.ts'
import type { PrivateEndpoint } from './call.ts'
import { Failure } from './failure.ts'
import { krakenFee } from './fees.ts'
import { historyEndpoints } from './history.ts'
import { krakenInstruments, PairIndex } from './instruments.ts'
import { ledgerEndpoints } from './ledger-entries.ts'
import { Limits } from './limits.ts'
import { Nonces } from './nonces.ts'
import { orderEndpoints } from './orders.ts'
import { Parameters } from './parameters.ts'
import { requirePermission } from './permissions.ts'
import { publicEndpoints } from './public.ts'
import { checkSignature } from './signature.ts'
import { krakenStreams } from './streams/streams.ts'
import { subjectOf } from './subject.ts'
import { Tokens } from './tokens.ts'
import { appPrefix } from './told.ts'
import { failed, json, nameless, troubled } from './trouble.ts'
import { txidOf } from './txid.ts'

const privateEndpoints: Readonly<Record<string, PrivateEndpoint>> = {
  ...orderEndpoints,
  ...historyEndpoints,
  ...ledgerEndpoints,
  ...balanceEndpoints,
}

const handTypes = { market: 'market', limit: 'limit', stop: 'stop-loss' } as const

/** Kraken spot. Every REST answer comes with HTTP 200; errors are texts in it. */
export const kraken: Venue = {
  name: 'kraken',
  markets: ['spot'],
  isUnified: false,
  instruments: krakenInstruments,
  feeOf: krakenFee,
  subjectOf,
  apiKeyOf,
  isRefusal: ({ body }) => body.startsWith('{"error":["'),
  nameless,
  troubled,
  tradeIdOf: (_, fillId) => txidOf('T', fillId),
  wordsOf: (_, type) => ({
    wire: { ordertype: handTypes[type], oflags: 'fciq' },
    clientIdPrefix: appPrefix,
    becomesNew: false,
  }),
  owns: (path) => path.startsWith('/0/') || path === '/v2',

  open(exchange, listed, { enforceLimits }) {
    const pairs = new PairIndex(listed)
    const tokens = new Tokens()
    const gate = new Gate(exchange, { pairs, tokens, enforceLimits })
    return {
      streams: krakenStreams({ exchange, pairs, tokens }),
      answer(request, view = exchange) {
        try {
          const body = JSON.stringify({ error: [], result: gate.answerTo(request, view) })
          return { status: 200, headers: json, body }
        } catch (error) {
          if (!(error instanceof Failure)) throw error
          return failed(error.message)
        }
      },
    }
  },
}

/** What every request passes, and what the venue remembers of who has passed. */
class Gate {
  readonly #exchange: Exchange
  readonly #pairs: PairIndex
  readonly #limits: Limits
  readonly #nonces = new Nonces()
  readonly #tokens: Tokens

  constructor(
    exchange: Exchange,
    parts: { readonly pairs: PairIndex; readonly tokens: Tokens; readonly enforceLimits: boolean },
  ) {
    const { pairs, tokens, enforceLimits } = parts
    this.#exchange = exchange
    this.#pairs = pairs
    this.#tokens = tokens
    this.#limits = new Limits(enforceLimits)
  }

  answerTo(request: WireRequest, view: Exchange): unknown {
    const [, , access, method = ''] = request.path.split('/')
    const parameters = new Parameters(request.query, request.body)
    const pairs = this.#pairs
    if (access === 'public') {
      const answer = Object.hasOwn(publicEndpoints, method) ? publicEndpoints[method] : undefined
      if (answer === undefined) throw new Failure('EGeneral:Unknown method')
      return answer({ parameters, exchange: this.#exchange, pairs })
    }
    const isKnown = access === 'private' && Object.hasOwn(privateEndpoints, method)
    const endpoint = isKnown && request.method === 'POST' ? privateEndpoints[method] : undefined
    if (endpoint === undefined) throw new Failure('EGeneral:Unknown method')
    const account = this.#enter(request, parameters)
    if (endpoint.anyOf !== undefined) requirePermission(account, endpoint.anyOf)
    const { receivedAt } = request
    if (receivedAt === undefined) this.#limits.call(account, endpoint.cost, this.#exchange.clock.wallNow())
    const seen = endpoint.isWrite === true ? undefined : view.ledger.accounts.get(account.seed.apiKey)
    return endpoint.answer({
      parameters,
      pairs,
      limits: this.#limits,
      tokens: this.#tokens,
      receivedAt,
      ...(seen === undefined ? { exchange: this.#exchange, account } : { exchange: view, account: seen }),
    })
  }

  /** The account whose key signed the request. One that is only executed late had its number taken when it came. */
  #enter(request: WireRequest, parameters: Parameters) {
    const wallMs = this.#exchange.clock.wallNow()
    const apiKey = apiKeyOf(request) ?? ''
    this.#limits.requireNoLockout(request.ip, apiKey, wallMs)
    try {
      const account = this.#exchange.ledger.accounts.get(apiKey)
      if (account === undefined || account.seed.venue !== 'kraken' || account.isRevoked)
        throw new Failure('EAPI:Invalid key')
      const nonce = parameters.find('nonce') ?? ''
      const { path, body, headers } = request
      checkSignature({ path, body, sign: headers['api-sign'] }, nonce, account.seed.secret)
      this.#limits.noteGoodCall(request.ip, apiKey)
      if (request.receivedAt === undefined) this.#nonces.take(apiKey, nonce)
      return account
    } catch (error) {
      const isBad = error instanceof Failure && error.message !== 'EAPI:Invalid nonce'
      if (isBad) this.#limits.noteBadCall(request.ip, apiKey, wallMs)
      throw error
    }
  }
}

function apiKeyOf({ headers }: WireRequest): string | undefined {
  const apiKey = headers['api-key']
  return typeof apiKey === 'string' && apiKey !== '' ? apiKey : undefined
}
