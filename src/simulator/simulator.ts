import type { AddressInfo } from 'node:net'
import type { ClockAnchor } from '../clock.ts'
import { type MarketClock, runningClock } from './clock.ts'
import { control } from './control.ts'
import type { Event } from './core/event.ts'
import { Exchange } from './core/exchange.ts'
import type { FeeOf } from './core/fee.ts'
import { type Journal, noJournal, openJournal } from './core/journal.ts'
import { type FindInstrument, Ledger } from './core/ledger.ts'
import { Past } from './core/past.ts'
import { disturbed } from './faults/disturbed.ts'
import { disturbedSocket } from './faults/disturbed-socket.ts'
import { type FaultReport, Faults } from './faults/faults.ts'
import type { FaultScript } from './faults/rule.ts'
import type { Act } from './hands/act.ts'
import { type ActResult, Hands } from './hands/hands.ts'
import { type LedgerReport, reportOf } from './report.ts'
import { type AccountWish, type Rules, seedsOf } from './seeds.ts'
import { listen } from './server.ts'
import { takeSockets } from './sockets.ts'
import type { Tape } from './tape/tape.ts'
import { venues as built } from './venues/index.ts'
import type { Venue, VenueStreams, WireRequest } from './venues/venue.ts'

export interface SimulatorOptions {
  readonly tape: Tape
  readonly venues?: readonly string[] // names; all that are built
  readonly port?: number // 0, the default, takes a free one
  readonly host?: string // 127.0.0.1
  /** The folder the journal lives in; without it everything is forgotten at the end. */
  readonly home?: string
  /** A clock of the caller's own, such as `manualClock`; default: the tape's time at the tape's speed. */
  readonly clock?: MarketClock
  readonly wallNow?: () => number // Date.now; of the default clock
  readonly enforceLimits?: boolean // the venue's request and order limits; on by default
  readonly rules?: Rules // of accounts that say nothing; each venue's own when left out
  readonly faults?: FaultScript // in force from the start
  readonly onError?: (error: unknown) => void
}

export interface Simulator {
  readonly url: string
  /** Stops listening; the journal is complete at any moment, so nothing is lost. */
  stop(): Promise<void>
  ledger(apiKey?: string): LedgerReport
  /** Creates an account; one that has this API key already stays as it is. Throws when it makes no sense. */
  addAccount(wish: AccountWish): void
  /** Ends every WebSocket, or those of one venue, without a farewell; answers how many. */
  cutStreams(venue?: string): number
  clock(): ClockAnchor & { readonly ended: boolean }
  /** The fault rules in force and what they have done; `POST /__sim/faults` and the rest do the same. */
  readonly faults: {
    /** Puts rules behind those in force; answers their ids. Throws when the script makes no sense. */
    add(script: FaultScript): number[]
    remove(id?: number): void
    report(): FaultReport
  }
  /** Does what a user does in the venue's own app. Throws when that makes no sense or the venue refuses it. */
  hand(act: Act): ActResult
  /** Lets resting orders meet the prices up to now, without waiting for the timer. */
  settle(): void
}

const settleEveryMs = 150
const rememberEveryMs = 1000
const lagStepMs = 100 // stale answers come in these steps, each from a ledger of its own

/**
 * Starts an exchange simulator on a tape. Throws when the journal cannot be read, when it holds orders in symbols the
 * tape does not have, when the fault script makes no sense, or when the port is taken.
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { tape, wallNow = Date.now } = options
  const venues = named(options.venues)
  const listings = new Map(venues.map((venue) => [venue, venue.instruments(tape)]))
  const instruments = [...listings.values()].flat()
  const byKey = new Map(instruments.map((each) => [`${each.venue} ${each.market} ${each.symbol}`, each]))
  const find: FindInstrument = (venue, market, symbol) => byKey.get(`${venue} ${market} ${symbol}`)
  const ledger = new Ledger(find)
  const past = new Past(find)
  const faults = new Faults()
  if (options.faults !== undefined) faults.add(options.faults)
  const restore = (event: Event) => {
    ledger.apply(event)
    past.note(event, 0)
  }
  const kept = options.home === undefined ? noJournal : openJournal(options.home, restore)
  if (ledger.tape !== tape.identity) {
    const event = { kind: 'tape', identity: tape.identity } as const
    restore(event)
    kept.append([event])
  }
  const journal: Journal = {
    ...kept,
    append(events) {
      kept.append(events)
      for (const event of events) past.note(event, clock.wallNow())
    },
  }
  const clock =
    options.clock ??
    runningClock(
      {
        marketMs: tape.source === 'synthetic' ? wallNow() : (ledger.marketMs ?? tape.startsAt),
        speed: tape.speed,
        endsAt: tape.endsAt,
      },
      wallNow,
    )
  const feeOf = feesOf(venues)
  const exchange = new Exchange({ ledger, clock, tape, journal, feeOf })
  const hands = new Hands(exchange, venues, instruments)
  const seenAs = asOf(past, { clock, tape, exchange, feeOf })
  const counters = [...listings].map(([venue, own]) => {
    const { answer: handler, streams } = venue.open(exchange, own, {
      enforceLimits: options.enforceLimits ?? true,
    })
    const subjectOf = (request: WireRequest) => venue.subjectOf(request, own)
    const connect: VenueStreams['connect'] = (request, socket) => {
      const wires = { faults, venue: venue.name, path: request.path, wallNow: clock.wallNow }
      streams?.connect(request, disturbedSocket(socket, wires))
    }
    return {
      venue,
      streams,
      connect,
      requests: disturbed({ faults, venue, handler, exchange, subjectOf, asOf: seenAs }),
    }
  })
  const counterOf = (path: string) => counters.find(({ venue }) => venue.owns(path))
  const cutStreams = (venue: string | undefined) => sockets.cut(venue)
  const isLimited = options.enforceLimits ?? true
  const answerControl = control({
    exchange,
    faults,
    hands,
    venues,
    cutStreams,
    instruments,
    isLimited,
    rules: options.rules,
  })
  const notFound = {
    status: 404,
    headers: { 'content-type': 'application/json' },
    body: '{"error":"not found"}',
  }

  const server = await listen(
    { host: options.host ?? '127.0.0.1', port: options.port ?? 0 },
    (request) => {
      if (request.path.startsWith('/__sim/')) return answerControl(request)
      return counterOf(request.path)?.requests.handle(request) ?? notFound
    },
    options.onError ?? (() => {}),
  )
  const sockets = takeSockets(
    server,
    (path) => {
      const counter = counterOf(path)
      return counter?.streams && { name: counter.venue.name, connect: counter.connect }
    },
    options.onError ?? (() => {}),
  )
  const timers = [
    setInterval(() => exchange.advance(), settleEveryMs),
    setInterval(() => exchange.rememberClock(), rememberEveryMs),
  ]
  const { address, port } = server.address() as AddressInfo
  return {
    url: `http://${address.includes(':') ? `[${address}]` : address}:${port}`,
    async stop() {
      for (const timer of timers) clearInterval(timer)
      for (const { requests, streams } of counters) {
        requests.stop()
        streams?.stop()
      }
      sockets.cut()
      exchange.rememberClock()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
      journal.close()
    },
    ledger: (apiKey) => reportOf(ledger, apiKey),
    addAccount: (wish) => {
      for (const seed of seedsOf(wish, venues, options.rules)) exchange.addAccount(seed)
    },
    cutStreams,
    clock: () => ({ ...clock.anchor(), ended: clock.hasEnded() }),
    faults: {
      add: (script) => faults.add(script),
      remove: (id) => faults.remove(id),
      report: () => faults.report(),
    },
    hand: (act) => hands.do(act),
    settle: () => exchange.advance(),
  }
}

/** The venues of these names; throws when one is not built. */
function named(names: readonly string[] | undefined): readonly Venue[] {
  if (names === undefined) return built
  return names.map((name) => {
    const venue = built.find((each) => each.name === name)
    if (venue === undefined)
      throw new Error(`no venue "${name}"; these are built: ${built.map((each) => each.name).join(', ')}`)
    return venue
  })
}

/** What an execution costs is its venue's own affair. */
function feesOf(venues: readonly Venue[]): FeeOf {
  const byName = new Map(venues.map(({ name, feeOf }) => [name, feeOf]))
  return (execution, priceOf) => {
    const feeOf = byName.get(execution.account.seed.venue)
    if (feeOf === undefined) throw new Error(`the ledger has an account at ${execution.account.seed.venue}`)
    return feeOf(execution, priceOf)
  }
}

/** Gives the exchange as it was so many milliseconds ago: to be read only. */
function asOf(
  past: Past,
  { clock, tape, exchange, feeOf }: { clock: MarketClock; tape: Tape; exchange: Exchange; feeOf: FeeOf },
): (agoMs: number) => Exchange {
  const byLag = new Map<number, { readonly view: Exchange; upTo(wallMs: number): void }>()
  return (agoMs) => {
    exchange.advance()
    const lagMs = Math.ceil(agoMs / lagStepMs) * lagStepMs
    let found = byLag.get(lagMs)
    if (found === undefined) {
      const { ledger, upTo } = past.follower()
      const view = new Exchange({ ledger, clock, tape, journal: noJournal, feeOf })
      found = { view, upTo }
      byLag.set(lagMs, found)
    }
    found.upTo(clock.wallNow() - lagMs)
    return found.view
  }
}
