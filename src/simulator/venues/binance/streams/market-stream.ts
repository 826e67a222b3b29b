import type { Exchange } from '../../../core/exchange.ts'
import type { Market } from '../../../core/instrument.ts'
import type { FrameSubject, StreamSocket } from '../../venue.ts'
import type { InstrumentIndex } from '../call.ts'
import { lookAt, type MarketLook } from './market-look.ts'
import { marketStreamOf } from './stream-name.ts'

const pulseMs = 50

/** What a connection of one market may ask: streams at once, and frames in a second before it is ended. */
const bounds = {
  spot: { streams: 1_024, framesPerS: 5 },
  futures: { streams: 1_024, framesPerS: 10 },
} as const

/** A connection to the public streams: those named in its address, and those it subscribes to. */
export interface MarketConnection {
  readonly exchange: Exchange
  readonly instruments: InstrumentIndex
  readonly market: Market
  readonly socket: StreamSocket
  readonly names: readonly string[] // asked for by the address
  readonly isCombined: boolean // each payload comes with its stream's name
}

interface Subscription extends MarketLook {
  readonly about: FrameSubject
  sinceMs: number // waited since the last look
}

/** Serves a connection until it ends. */
export function serveMarket(connection: MarketConnection): void {
  const { exchange, instruments, market, socket } = connection
  const subscriptions = new Map<string, Subscription>()
  const requests = frameCounter(bounds[market].framesPerS, exchange.clock.wallNow)
  let isCombined = connection.isCombined

  const subscribe = (name: string): boolean => {
    const stream = marketStreamOf(name, market, instruments)
    if (stream === undefined) return false
    const about = 'symbol' in stream.of ? { market, symbol: stream.of.symbol } : { market }
    if (!subscriptions.has(name)) subscriptions.set(name, { ...lookAt(stream, exchange), about, sinceMs: 0 })
    return true
  }
  const pulse = () => {
    for (const [name, subscription] of subscriptions) {
      subscription.sinceMs += pulseMs
      if (subscription.sinceMs < subscription.everyMs) continue
      subscription.sinceMs = 0
      for (const data of subscription.next())
        socket.send(JSON.stringify(isCombined ? { stream: name, data } : data), subscription.about)
    }
  }

  const answer = (frame: Frame): unknown => {
    const { id, method, params } = frame
    switch (method) {
      case 'SUBSCRIBE': {
        if (subscriptions.size + params.length > bounds[market].streams) {
          socket.close(1008)
          return undefined
        }
        const unknown = params.filter((name) => !subscribe(String(name)))
        return unknown.length === 0 ? { result: null, id } : invalid(id, 'Invalid request: invalid stream')
      }
      case 'UNSUBSCRIBE':
        for (const name of params) subscriptions.delete(String(name))
        return { result: null, id }
      case 'LIST_SUBSCRIPTIONS':
        return { result: [...subscriptions.keys()], id }
      case 'SET_PROPERTY':
        if (params[0] !== 'combined' || typeof params[1] !== 'boolean')
          return invalid(id, 'Invalid request: unknown property')
        isCombined = params[1]
        return { result: null, id }
      case 'GET_PROPERTY':
        return params[0] === 'combined'
          ? { result: isCombined, id }
          : invalid(id, 'Invalid request: unknown property')
      default:
        return invalid(id, `Invalid request: unknown variant ${method}`)
    }
  }

  for (const name of connection.names) subscribe(name)
  const timer = setInterval(pulse, pulseMs)
  socket.onClose(() => clearInterval(timer))
  socket.onMessage((text) => {
    if (!requests.mayPass()) {
      socket.close(1008)
      return
    }
    const frame = readFrame(text)
    const reply = frame === undefined ? invalid(null, 'Invalid JSON: expected value') : answer(frame)
    if (reply !== undefined) socket.send(JSON.stringify(reply))
  })
}

interface Frame {
  readonly id: unknown
  readonly method: unknown
  readonly params: readonly unknown[]
}

function readFrame(text: string): Frame | undefined {
  try {
    const { id = null, method, params } = JSON.parse(text)
    return { id, method, params: Array.isArray(params) ? params : [] }
  } catch {
    return undefined
  }
}

function invalid(id: unknown, msg: string) {
  return { error: { code: 2, msg }, id }
}

/** Counts the frames of one second of wall time. */
function frameCounter(most: number, wallNow: () => number): { mayPass(): boolean } {
  let second = 0
  let count = 0
  return {
    mayPass() {
      const now = Math.floor(wallNow() / 1_000)
      if (now !== second) [second, count] = [now, 0]
      count += 1
      return count <= most
    },
  }
}
