import type { Exchange } from '../core/exchange.ts'
import type { FeeOf } from '../core/fee.ts'
import type { Instrument, Market } from '../core/instrument.ts'
import type { Tape } from '../tape/tape.ts'

/** A request as it came in, undecoded. */
export interface WireRequest {
  readonly method: string
  readonly path: string
  readonly query: string // without '?'
  readonly body: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly ip: string
  readonly receivedAt?: number // wall time it came in, where it is executed later
}

export interface WireAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What a request is about: an order placed, a cancellation, orders or fills read, the rest of an account, or nobody's; or a frame of a stream. */
export type RequestKind = 'order' | 'cancel' | 'query' | 'fills' | 'account' | 'public' | 'stream'

/** A request as far as the venue alone can read it. */
export interface RequestSubject {
  readonly kind: RequestKind
  readonly market: Market
  readonly symbol: string | undefined // 'BTC/USDT'
  readonly clientOrderId: string | undefined
}

/** What is wrong with the venue, as it says so itself. */
export type Trouble =
  | { readonly kind: 'server-error'; readonly status: number }
  | { readonly kind: 'unexpected-response' } // execution status unknown
  | { readonly kind: 'timeout' } // execution status unknown
  | { readonly kind: 'too-many-requests'; readonly retryAfterS: number }
  | { readonly kind: 'banned'; readonly retryAfterS: number; readonly untilMs: number }

/** The venue's own words for an order of its app, and whether a stop of it becomes another order. */
export interface HandWords {
  readonly wire: Readonly<Record<string, string>>
  readonly clientIdPrefix: string
  readonly becomesNew: boolean
}

/** Answers a request; what it reads of an account comes from `view` where that is given and knows the account. */
export type VenueHandler = (request: WireRequest, view?: Exchange) => WireAnswer

/** What opens a WebSocket. */
export type StreamRequest = Pick<WireRequest, 'path' | 'query' | 'headers' | 'ip'>

/** Whose news a frame carries. */
export interface FrameSubject {
  readonly market: Market
  readonly apiKey?: string // of a private stream
  readonly symbol?: string // 'BTC/USDT'
  readonly clientOrderId?: string
}

/** One connection of a WebSocket, in text frames. Pings of the client are answered before the venue hears of them. */
export interface StreamSocket {
  /**
   * Sends a frame; one to a connection that has ended goes nowhere. Frames that say what they are about can be met by a
   * fault; answers to the client's own frames say nothing.
   */
  send(text: string, about?: FrameSubject): void
  close(code?: number): void
  /** Ends it without a farewell. */
  cut(): void
  onMessage(listener: (text: string) => void): void
  /** Asks the client for a sign of life, which it gives by itself. */
  ping(): void
  onPong(listener: () => void): void
  onClose(listener: () => void): void
}

/** The WebSocket side of a venue. */
export interface VenueStreams {
  /** Takes a connection whose path the venue owns; what it may not be, it closes. */
  connect(request: StreamRequest, socket: StreamSocket): void
  /** Ends its timers and what it watches; the connections end by themselves. */
  stop(): void
}

/** A venue that answers for an exchange. */
export interface OpenVenue {
  readonly answer: VenueHandler
  readonly streams?: VenueStreams
}

export interface VenueOptions {
  /** Off lets any number of requests through. */
  readonly enforceLimits: boolean
}

/** One venue of the simulator: its markets, its fees, and its wire protocol. */
export interface Venue {
  readonly name: string
  readonly markets: readonly [Market, ...Market[]]
  /** Whether an account that names no market trades all of them from one wallet; otherwise each market has a wallet of its own. */
  readonly isUnified: boolean
  instruments(tape: Tape): readonly Instrument[]
  readonly feeOf: FeeOf
  /** Whether a path belongs to this venue's API, of requests or of streams. */
  owns(path: string): boolean
  subjectOf(request: WireRequest, instruments: readonly Instrument[]): RequestSubject
  apiKeyOf(request: WireRequest): string | undefined
  /** An answer without the ids by which the client could tell whose it is. */
  nameless(answer: WireAnswer): WireAnswer
  /** Whether an answer says that nothing was done; by its HTTP status where this is left out. */
  isRefusal?(answer: WireAnswer): boolean
  /** An error answer that says the outcome is unknown, or that the client asks too much. */
  troubled(trouble: Trouble): WireAnswer
  /** How the venue names an execution; by its number where this is left out. */
  tradeIdOf?(market: Market, fillId: number): string
  /** How an order placed in the venue's own app is written down. */
  wordsOf(market: Market, type: 'market' | 'limit' | 'stop'): HandWords
  /** Starts answering for an exchange; the instruments are this venue's own. */
  open(exchange: Exchange, instruments: readonly Instrument[], options: VenueOptions): OpenVenue
}
