import type { Exchange } from '../../../core/exchange.ts'
import type { StreamSocket } from '../../venue.ts'
import type { PairIndex } from '../instruments.ts'
import { timeframeOfMinutes } from '../ohlc.ts'
import type { Tokens } from '../tokens.ts'
import { bookChannel } from './book-channel.ts'
import { type Frame, readFrame } from './frame.ts'
import { type News, type Subscription, stamp } from './message.ts'
import { ohlcChannel } from './ohlc-channel.ts'
import { balancesChannel, executionsChannel } from './private-channels.ts'
import { tickerChannel } from './ticker-channel.ts'
import { tradeChannel } from './trade-channel.ts'

const pulseMs = 50
const heartbeatPulses = 20
const depths = [10, 25, 100, 500, 1000]

/** One connection and what it may look at. */
export interface StreamConnection {
  readonly exchange: Exchange
  readonly pairs: PairIndex
  readonly tokens: Tokens
  readonly socket: StreamSocket
  readonly connectionId: number
}

/** Serves a connection until it ends: what it subscribes to, a heartbeat a second, and an answer to each frame. */
export function serve({ exchange, pairs, tokens, socket, connectionId }: StreamConnection): void {
  const held = new Map<string, Subscription>()
  const sequences = new Map<string, number>() // private channels count their messages
  let pulses = 0

  const tell = (type: 'snapshot' | 'update', { channel }: Subscription, { rows, about }: News) => {
    const sequence = (sequences.get(channel) ?? 0) + 1
    if (about.apiKey !== undefined) sequences.set(channel, sequence)
    const counted = about.apiKey === undefined ? {} : { sequence }
    socket.send(JSON.stringify({ channel, type, data: rows, ...counted }), about)
  }

  /** The subscription that a frame asks for, of one symbol or of an account; else what is wrong with it. */
  const wished = ({ params }: Frame, symbol: string | undefined): Subscription | string => {
    const instrument = symbol === undefined ? undefined : pairs.all.find((each) => each.symbol === symbol)
    switch (params.channel) {
      case 'executions':
      case 'balances': {
        const apiKey = tokens.ownerOf(params.token ?? '', exchange.clock.wallNow())
        const account = apiKey === undefined ? undefined : exchange.ledger.accounts.get(apiKey)
        if (account === undefined || account.isRevoked) return 'ESession:Invalid session'
        return params.channel === 'balances'
          ? balancesChannel(exchange, account)
          : executionsChannel(exchange, account, { orders: params.snap_orders, trades: params.snap_trades })
      }
      case 'ticker':
      case 'trade':
      case 'ohlc':
      case 'book':
        break
      default:
        return 'EGeneral:Invalid arguments:Channel not found'
    }
    if (instrument === undefined) return `Currency pair not supported ${symbol ?? ''}`.trim()
    if (params.channel === 'ticker') return tickerChannel(exchange, instrument)
    if (params.channel === 'trade') return tradeChannel(exchange, instrument)
    if (params.channel === 'book')
      return depths.includes(params.depth)
        ? bookChannel(exchange, instrument, params.depth)
        : 'Subscription depth not supported'
    const timeframe = timeframeOfMinutes(params.interval)
    return timeframe === undefined
      ? 'Subscription ohlc interval not supported'
      : ohlcChannel(exchange, instrument, timeframe)
  }

  const keyOf = ({ params }: Frame, symbol: string | undefined) =>
    [params.channel, symbol, params.channel === 'ohlc' ? params.interval : ''].join(' ')

  const subscribe = (frame: Frame, symbol: string | undefined): string | undefined => {
    const key = keyOf(frame, symbol)
    if (held.has(key)) return 'Already subscribed'
    const subscription = wished(frame, symbol)
    if (typeof subscription === 'string') return subscription
    held.set(key, subscription)
    return undefined
  }

  const unsubscribe = (frame: Frame, symbol: string | undefined): string | undefined => {
    const key = keyOf(frame, symbol)
    held.get(key)?.stop()
    return held.delete(key) ? undefined : 'Subscription not found'
  }

  const answer = (frame: Frame) => {
    const { method, params, req_id } = frame
    const now = stamp(exchange.clock.wallNow())
    const reply = (fields: object) =>
      socket.send(JSON.stringify({ method, ...fields, time_in: now, time_out: now, req_id }))
    if (method === 'ping') {
      socket.send(JSON.stringify({ method: 'pong', time_in: now, time_out: now, req_id }))
      return
    }
    if (method !== 'subscribe' && method !== 'unsubscribe') {
      reply({ error: 'EGeneral:Unknown method', success: false })
      return
    }
    for (const symbol of params.symbol ?? [undefined]) {
      const error = (method === 'subscribe' ? subscribe : unsubscribe)(frame, symbol)
      const named = { channel: params.channel, ...(symbol !== undefined && { symbol }) }
      if (error !== undefined) {
        reply({ error, success: false, ...(symbol !== undefined && { symbol }) })
        continue
      }
      const interval = params.channel === 'ohlc' ? { interval: params.interval } : {}
      reply({ result: { ...named, ...interval, snapshot: params.snapshot }, success: true })
      const subscription = held.get(keyOf(frame, symbol))
      if (subscription === undefined) continue
      const snapshot = subscription.snapshot()
      if (params.snapshot) for (const news of snapshot) tell('snapshot', subscription, news)
    }
  }

  const pulse = () => {
    for (const subscription of held.values())
      for (const news of subscription.next()) tell('update', subscription, news)
    pulses += 1
    if (pulses % heartbeatPulses === 0 && held.size > 0) socket.send('{"channel":"heartbeat"}')
  }

  const timer = setInterval(pulse, pulseMs)
  socket.onClose(() => {
    clearInterval(timer)
    for (const subscription of held.values()) subscription.stop()
    held.clear()
  })
  socket.onMessage((text) => {
    const frame = readFrame(text)
    if (frame === undefined) socket.send(JSON.stringify({ error: 'Malformed request', success: false }))
    else answer(frame)
  })
  const status = { system: 'online', version: '2.0.0', api_version: 'v2', connection_id: connectionId }
  socket.send(JSON.stringify({ channel: 'status', type: 'update', data: [status] }))
}
