import type { Exchange } from '../../../core/exchange.ts'
import type { Market } from '../../../core/instrument.ts'
import type { StreamSocket } from '../../venue.ts'
import type { InstrumentIndex } from '../call.ts'
import { type Operation, readOperation, reply } from './operation.ts'
import { type Topic, topicOf } from './topic-look.ts'

const pulseMs = 100
const mostArgs = { spot: 10, futures: 2_000 } as const // topics in one frame

/** A connection to the public topics of one market. */
export interface PublicConnection {
  readonly exchange: Exchange
  readonly instruments: InstrumentIndex
  readonly market: Market
  readonly socket: StreamSocket
  readonly id: string
}

/** Serves a connection until it ends. */
export function servePublic({ exchange, instruments, market, socket, id }: PublicConnection): void {
  const topics = new Map<string, Topic>()

  const tell = (topic: Topic) => {
    const about = { market, symbol: topic.instrument.symbol }
    for (const { type, data } of topic.next()) {
      const ts = exchange.clock.marketNow()
      socket.send(JSON.stringify({ topic: topic.name, type, data, cs: Math.floor(ts / 1000), ts }), about)
    }
  }

  const answer = (operation: Operation): string => {
    const { op, args, requestId } = operation
    const refused = (words: string) => reply(id, { op, requestId }, { isDone: false, words })
    switch (op) {
      case 'ping':
        return reply(id, { op, requestId }, { isDone: true, words: 'pong' })
      case 'subscribe': {
        if (args.length > mostArgs[market]) return refused(`args size >${mostArgs[market]}`)
        const wanted = args.map((name) => topicOf(name, market, exchange, instruments))
        const unknown = wanted.indexOf(undefined)
        if (unknown >= 0) return refused(`error:handler not found,topic:${args[unknown]}`)
        for (const topic of wanted) if (topic && !topics.has(topic.name)) topics.set(topic.name, topic)
        return reply(id, { op, requestId }, { isDone: true, words: 'subscribe' })
      }
      case 'unsubscribe':
        for (const name of args) topics.delete(name)
        return reply(id, { op, requestId }, { isDone: true, words: '' })
      default:
        return refused('error:invalid op')
    }
  }

  const timer = setInterval(() => {
    for (const topic of topics.values()) tell(topic)
  }, pulseMs)
  socket.onClose(() => clearInterval(timer))
  socket.onMessage((text) => {
    const operation = readOperation(text)
    socket.send(
      operation === undefined
        ? reply(id, { op: '', requestId: undefined }, { isDone: false, words: 'error:request format' })
        : answer(operation),
    )
  })
}
