import type { Mode } from '../domain/market.ts'
import { OrderOutcomeUnknown, OrderRejected, VenueUnavailable } from '../errors.ts'
import { venueErrors, venueSeconds } from '../metrics.ts'
import { questionFailure } from './answers.ts'
import type { CallKind } from './rate-limit.ts'
import type { Attempt, Route } from './route.ts'
import type { MarketCard, VenueCard } from './venue-card.ts'
import { type VenueClass, type VenueClient, withRawAnswers } from './venue-class.ts'

/** Longer than any healthy answer, shorter than the lease of an order that is being sent (5 s). */
const httpTimeoutMs = 4_000
const clockFreshMs = 5 * 60_000
/** A clock is measured again, a few times, while its question takes longer than this. */
const sharpMs = 300
const clockAttempts = 4
const marketsFreshMs = 10 * 60_000

/** What a call does besides asking. */
export interface CallOptions {
  /** What was asked, for messages: 'an order on BTC/USDT'. */
  readonly asked: string
  /** As the venue's limits tell it apart. */
  readonly kind: CallKind
  /** Whether it may take of what is kept for exits; by its kind when it is not said. */
  readonly isUrgent?: boolean
  readonly guard?: Attempt['guard']
  /** Reads a failure; a question's by default. */
  readonly failure?: (failure: Parameters<typeof questionFailure>[0]) => Error
}

/** One venue's market as every account on it shares it: the loaded class, its symbols, the venue's clock. */
export interface Connection {
  readonly card: VenueCard
  readonly market: MarketCard
  readonly mode: Mode
  /** Where paper accounts listen; undefined elsewhere. */
  readonly simulator: string | undefined
  /** Whether the venue refuses what is beyond its limits: a simulator may not. */
  readonly isLimited: boolean
  /** Whether the last call could not reach the venue: its address may have changed. */
  isLost(): boolean
  /** A client that signs with this key; it shares everything else. */
  clientFor(key: { apiKey: string; secret: string; password?: string }): VenueClient
  /** Asks the venue: one HTTP attempt each request, failures in our words. */
  call<T>(client: VenueClient, options: CallOptions, ask: (client: VenueClient) => Promise<T>): Promise<T>
  /** The venue's clock minus ours, in ms. */
  clockOffsetMs(): Promise<number>
  /**
   * The venue's clock as it says it now, epoch ms. Throws VenueUnavailable when it is not where it should be: an answer
   * out of somebody's cache proves nothing, and neither do those that come with it.
   */
  askTime(): Promise<number>
  /** Makes sure that the venue lists the symbol. Throws OrderRejected when it does not. */
  requireSymbol(symbol: string): Promise<void>
  close(): Promise<void>
}

/** Loads a venue's class and symbols once. Throws VenueUnavailable when the venue does not answer. */
export async function openConnection(parts: {
  readonly card: VenueCard
  readonly market: MarketCard
  readonly mode: Mode
  readonly route: Route
  readonly isLimited: boolean
  readonly wallNow: () => number
}): Promise<Connection> {
  const { card, market, route, wallNow } = parts
  // Loaded at the first use: the library is large, and most processes never talk to a venue.
  const { default: ccxt } = await import('ccxt')
  const shared = new (withRawAnswers(ccxt[card.ccxtId] as VenueClass))({
    enableRateLimit: false, // the queues' limiters are cluster-wide
    timeout: httpTimeoutMs,
    enableLastJsonResponse: true, // each call has its own; it shows whether there was an answer at all
    options: {
      ...market.options,
      maxRetriesOnFailure: 0, // one attempt per intent: a client order id is no idempotency key
      fetchCurrencies: false,
      fetchMargins: false,
      fetchOpenOrders: { warnWithoutSymbol: false },
    },
  })
  // Every number as the text the venue sent: doubles lose money.
  shared.number = String as unknown as typeof shared.number
  if (parts.mode === 'testnet' && market.testnet === 'sandbox') shared.setSandboxMode(true)
  if (parts.mode === 'testnet' && market.testnet === 'demo') shared.enableDemoTrading(true)
  // Once for all: an object derived from this one would load them again at every request.
  await Promise.all([shared.loadFetchImplementation(), shared.loadProxyModules()])
  let isLost = false
  let clock: { offsetMs: number; measuredAt: number } | undefined
  let marketsLoadedAt = 0

  async function call<T>(
    client: VenueClient,
    options: Omit<CallOptions, 'kind'> & Partial<Pick<CallOptions, 'kind'>>,
    ask: (client: VenueClient) => Promise<T>,
  ): Promise<T> {
    const series = { exchange: card.exchange, kind: options.kind ?? 'public' }
    const answered = venueSeconds.startTimer(series)
    const attempt: Attempt = { reached: 'unasked', ...(options.guard && { guard: options.guard }) }
    const bodies: unknown[] = []
    const caller: VenueClient = Object.create(client, {
      fetchDispatcher: { value: route.dispatcherFor(attempt), writable: true },
      last_json_response: { get: () => undefined, set: (body: unknown) => bodies.push(body) },
    })
    caller.nonce = () => Math.floor(wallNow() + (clock?.offsetMs ?? 0))
    try {
      const answer = await ask(caller)
      requireWhole(card, bodies)
      isLost = false
      return answer
    } catch (thrown) {
      if (thrown instanceof Error) thrown.message = withoutQueries(thrown.message)
      isLost = attempt.reached === 'connecting'
      const failure = (options.failure ?? questionFailure)({ card, asked: options.asked, thrown, attempt })
      if ('code' in failure && failure.code === 'clock-skew') clock = undefined
      venueErrors.inc({ ...series, code: codeOf(failure) })
      throw failure
    } finally {
      answered()
    }
  }

  async function loadMarkets(): Promise<void> {
    await call(shared, { asked: 'the list of symbols' }, async (client) => {
      const markets = await client.fetchMarkets()
      shared.setMarkets(markets)
    })
    marketsLoadedAt = wallNow()
  }

  /** The shortest of a few round trips: half of one is how far off its clock may be. */
  async function measureClock(): Promise<number> {
    let best: { offsetMs: number; tookMs: number } | undefined
    for (let attempt = 0; attempt < clockAttempts && (best?.tookMs ?? sharpMs) >= sharpMs; attempt += 1) {
      const before = wallNow()
      const server = await call(shared, { asked: 'the time' }, (client) => client.fetchTime())
      const after = wallNow()
      const tookMs = after - before
      const offsetMs = (server ?? after) - (before + after) / 2
      if (tookMs < (best?.tookMs ?? Number.POSITIVE_INFINITY)) best = { offsetMs, tookMs }
    }
    const offsetMs = best?.offsetMs ?? 0
    clock = { offsetMs, measuredAt: wallNow() }
    return offsetMs
  }

  await Promise.all([loadMarkets(), measureClock()])
  return {
    card,
    market,
    mode: parts.mode,
    simulator: route.simulator,
    isLimited: parts.isLimited,
    isLost: () => isLost,
    clientFor: (key) => Object.assign(Object.create(shared) as VenueClient, key),
    call,
    async clockOffsetMs() {
      if (clock && wallNow() - clock.measuredAt < clockFreshMs) return clock.offsetMs
      return measureClock()
    },
    async askTime() {
      const expected = clock?.offsetMs ?? (await measureClock())
      const before = wallNow()
      const server = await call(shared, { asked: 'the time' }, (client) => client.fetchTime())
      const tookMs = wallNow() - before
      const off = (server ?? 0) - (before + tookMs / 2 + expected)
      if (Math.abs(off) <= card.clockToleranceMs + tookMs) return server ?? 0
      clock = undefined
      throw new VenueUnavailable(
        `${card.exchange} says a time that is ${Math.round(off)} ms away from its clock`,
        {
          code: 'clock-skew',
        },
      )
    },
    async requireSymbol(symbol) {
      const isListed = () => shared.markets?.[symbol] !== undefined && shared.markets[symbol].active !== false
      if (!isListed() && wallNow() - marketsLoadedAt > marketsFreshMs) await loadMarkets()
      if (!isListed())
        throw new OrderRejected(`${card.exchange} does not trade ${symbol}`, {
          code: 'other',
          advice: 'choose a symbol that the venue lists',
        })
    },
    close: () => route.close(),
  }
}

function codeOf(failure: Error): string {
  if (failure instanceof OrderOutcomeUnknown) return 'unknown'
  return failure instanceof VenueUnavailable || failure instanceof OrderRejected ? failure.code : 'other'
}

/** An answer without a body, with half of one or one of another shape reads like an empty list: it is none. */
function requireWhole(card: VenueCard, bodies: readonly unknown[]): void {
  for (const body of bodies)
    if (typeof body !== 'object' || body === null || !card.isAnswer(body))
      throw new Error('the answer has no body, or not a whole one')
}

/** Messages of the transport name the whole address; its query holds a signature. */
function withoutQueries(message: string): string {
  return message.replace(/(https?:\/\/[^\s?]+)\?\S*/g, '$1')
}
