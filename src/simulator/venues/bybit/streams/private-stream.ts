import type { Account } from '../../../core/account.ts'
import type { Event } from '../../../core/event.ts'
import type { Exchange } from '../../../core/exchange.ts'
import type { StreamSocket } from '../../venue.ts'
import type { InstrumentIndex } from '../call.ts'
import { isSignedBy } from '../signature.ts'
import { type Operation, readOperation, reply } from './operation.ts'
import { newsOf } from './private-news.ts'

const topicPattern = /^(order|execution|position)(\.(spot|linear))?$|^wallet$/

/** A connection that asks who the client is before it says anything. */
export interface PrivateConnection {
  readonly exchange: Exchange
  readonly instruments: InstrumentIndex
  readonly socket: StreamSocket
  readonly id: string
}

/** Serves a connection until it ends, or the key that opened it is taken away. */
export function servePrivate({ exchange, instruments, socket, id }: PrivateConnection): void {
  const topics = new Set<string>()
  let account: Account | undefined
  let told = 0

  const answer = (operation: Operation): string => {
    const { op, args, requestId } = operation
    const done = (words = '') => reply(id, { op, requestId }, { isDone: true, words })
    const refused = (words: string) => reply(id, { op, requestId }, { isDone: false, words })
    switch (op) {
      case 'ping': {
        const now = String(exchange.clock.wallNow())
        return JSON.stringify({ req_id: requestId ?? '', op: 'pong', args: [now], conn_id: id })
      }
      case 'auth': {
        const [apiKey = '', expires = '', signature = ''] = args
        const found = signedIn(exchange, { apiKey, expires, signature })
        if (typeof found === 'string') return refused(found)
        account = found
        return done()
      }
      case 'subscribe': {
        if (account === undefined) return refused('Request not authorized')
        const unknown = args.find((name) => !topicPattern.test(name))
        if (unknown !== undefined) return refused(`error:handler not found,topic:${unknown}`)
        for (const name of args) topics.add(name)
        return done()
      }
      case 'unsubscribe':
        for (const name of args) topics.delete(name)
        return done()
      default:
        return refused('error:invalid op')
    }
  }

  const stop = exchange.watch((events) => {
    const { apiKey } = account?.seed ?? {}
    const own = apiKey === undefined ? [] : events.filter((event) => ownerOf(event) === apiKey)
    if (account === undefined || own.length === 0) return
    if (own.some((event) => event.kind === 'key' && event.isRevoked)) {
      socket.close(1000)
      return
    }
    for (const { topic, category, data, about } of newsOf(exchange, instruments, account, own)) {
      const names = [topic, `${topic}.${category}`].filter((name) => topics.has(name))
      for (const name of names) {
        told += 1
        const creationTime = exchange.clock.wallNow()
        socket.send(JSON.stringify({ id: `${id}_${told}`, topic: name, creationTime, data }), about)
      }
    }
  })
  socket.onClose(stop)
  socket.onMessage((text) => {
    const operation = readOperation(text)
    socket.send(
      operation === undefined
        ? reply(id, { op: '', requestId: undefined }, { isDone: false, words: 'error:request format' })
        : answer(operation),
    )
  })
}

/** The account whose key signed the connection, or why it is not opened. */
function signedIn(
  exchange: Exchange,
  { apiKey, expires, signature }: { apiKey: string; expires: string; signature: string },
): Account | string {
  const account = exchange.ledger.accounts.get(apiKey)
  if (account === undefined || account.seed.venue !== 'bybit' || account.isRevoked)
    return 'API key is invalid.'
  if (!/^\d{1,15}$/.test(expires) || Number(expires) <= exchange.clock.wallNow())
    return 'Params Error: expires is in the past'
  if (!isSignedBy(account.seed.secret, `GET/realtime${expires}`, signature)) return 'error sign!'
  return account
}

function ownerOf(event: Event): string | undefined {
  if (event.kind === 'order') return event.order.apiKey
  return 'apiKey' in event ? event.apiKey : undefined
}
