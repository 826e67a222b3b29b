import type { Account } from '../../../core/account.ts'
import type { Exchange } from '../../../core/exchange.ts'
import type { FrameSubject, StreamSocket } from '../../venue.ts'
import { badKey, Failure, missing } from '../failure.ts'
import { Parameters } from '../parameters.ts'
import { checkSignature } from '../signature.ts'
import { watchAccount } from './user-stream.ts'

type Values = Readonly<Record<string, unknown>>

/**
 * Serves a connection to spot's WebSocket API: the time, and the private streams of the accounts that subscribe by
 * their signature. Orders are placed over HTTP.
 */
export function serveRequests(exchange: Exchange, socket: StreamSocket): void {
  const subscriptions = new Map<number, { readonly apiKey: string; stop(): void }>()
  let lastId = -1
  const end = (id: number) => {
    subscriptions.get(id)?.stop()
    subscriptions.delete(id)
  }

  const subscribe = (params: Values): unknown => {
    const account = signedAccount(exchange, params)
    const { apiKey } = account.seed
    if ([...subscriptions.values()].some((one) => one.apiKey === apiKey))
      throw new Failure(-2035, 'Subscription already active on this session.')
    lastId += 1
    const subscriptionId = lastId
    const tell = (event: object, about?: FrameSubject) =>
      socket.send(JSON.stringify({ subscriptionId, event }), about)
    const stop = watchAccount(exchange, account, 'spot', {
      tell,
      onRevoked() {
        tell({ e: 'eventStreamTerminated', E: exchange.clock.wallNow() })
        end(subscriptionId)
      },
    })
    subscriptions.set(subscriptionId, { apiKey, stop })
    return { subscriptionId }
  }
  const unsubscribe = ({ subscriptionId }: Values): unknown => {
    const ids = subscriptionId === undefined ? [...subscriptions.keys()] : [Number(subscriptionId)]
    for (const id of ids) end(id)
    return {}
  }
  const answer = (method: unknown, params: Values): unknown => {
    switch (method) {
      case 'ping':
        return {}
      case 'time':
        return { serverTime: exchange.clock.wallNow() }
      case 'userDataStream.subscribe.signature':
        return subscribe(params)
      case 'userDataStream.unsubscribe':
        return unsubscribe(params)
      case 'session.subscriptions':
        return [...subscriptions.keys()].map((subscriptionId) => ({ subscriptionId }))
      default:
        throw new Failure(-1020, 'This operation is not supported.')
    }
  }

  socket.onClose(() => {
    for (const id of [...subscriptions.keys()]) end(id)
  })
  socket.onMessage((text) => {
    const { id, method, params } = readRequest(text)
    try {
      socket.send(JSON.stringify({ id, status: 200, result: answer(method, params), rateLimits: [] }))
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      const { status, code, message: msg } = error
      socket.send(JSON.stringify({ id, status, error: { code, msg }, rateLimits: [] }))
    }
  })
}

/** The account whose secret signed the request: over its parameters, sorted by name, without the signature. */
function signedAccount(exchange: Exchange, params: Values): Account {
  const { signature, ...signed } = params
  if (typeof signed.apiKey !== 'string') throw missing('apiKey')
  const owner = exchange.ledger.accounts.get(signed.apiKey)
  if (owner === undefined || owner.seed.venue !== 'binance' || owner.isRevoked) throw badKey()
  const query = Object.entries(signed)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
  const parameters = new Parameters(`${query}&signature=${signature ?? ''}`, '')
  checkSignature({ query, body: '' }, parameters, owner.seed.secret, exchange.clock.wallNow())
  if (owner.seed.market !== 'spot') throw badKey()
  return owner
}

function readRequest(text: string): { id: unknown; method: unknown; params: Values } {
  try {
    const { id = null, method, params } = JSON.parse(text)
    return { id, method, params: typeof params === 'object' && params !== null ? params : {} }
  } catch {
    return { id: null, method: undefined, params: {} }
  }
}
