import type { AddressInfo } from 'node:net'
import type { ClockAnchor } from '../clock.ts'
import { type MarketClock, runningClock } from './clock.ts'
import { control, readSeed } from './control.ts'
import type { AccountSeed } from './core/account.ts'
import { Exchange } from './core/exchange.ts'
import { noJournal, openJournal } from './core/journal.ts'
import { Ledger } from './core/ledger.ts'
import { type LedgerReport, reportOf } from './report.ts'
import { listen } from './server.ts'
import type { Tape } from './tape/tape.ts'
import { binance } from './venues/binance/binance.ts'

export interface SimulatorOptions {
  readonly tape: Tape
  readonly port?: number // 0, the default, takes a free one
  readonly host?: string // 127.0.0.1
  /** The folder the journal lives in; without it everything is forgotten at the end. */
  readonly home?: string
  /** A clock of the caller's own, such as `manualClock`; default: the tape's time at the tape's speed. */
  readonly clock?: MarketClock
  readonly wallNow?: () => number // Date.now; of the default clock
  readonly enforceLimits?: boolean // the venue's request and order limits; on by default
  readonly onError?: (error: unknown) => void
}

export interface Simulator {
  readonly url: string
  /** Stops listening; the journal is complete at any moment, so nothing is lost. */
  stop(): Promise<void>
  ledger(apiKey?: string): LedgerReport
  /** Creates an account; one that has this API key already stays as it is. */
  addAccount(seed: AccountSeed): void
  clock(): ClockAnchor & { readonly ended: boolean }
  /** Lets resting orders meet the prices up to now, without waiting for the timer. */
  settle(): void
}

const settleEveryMs = 150
const rememberEveryMs = 1000

/**
 * Starts an exchange simulator on a tape. Throws when the journal cannot be read, when it holds orders in symbols the
 * tape does not have, or when the port is taken.
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { tape, wallNow = Date.now } = options
  const instruments = binance.instruments(tape)
  const ledger = new Ledger((venue, market, symbol) => byKey.get(`${venue} ${market} ${symbol}`))
  const byKey = new Map(instruments.map((each) => [`${each.venue} ${each.market} ${each.symbol}`, each]))
  const journal =
    options.home === undefined ? noJournal : openJournal(options.home, (event) => ledger.apply(event))
  if (ledger.tape !== tape.identity) {
    const event = { kind: 'tape', identity: tape.identity } as const
    ledger.apply(event)
    journal.append([event])
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
  const exchange = new Exchange({ ledger, clock, tape, journal, feeOf: binance.feeOf })
  const answerControl = control(exchange)
  const answerBinance = binance.open(exchange, instruments, { enforceLimits: options.enforceLimits ?? true })
  const notFound = {
    status: 404,
    headers: { 'content-type': 'application/json' },
    body: '{"error":"not found"}',
  }

  const server = await listen(
    { host: options.host ?? '127.0.0.1', port: options.port ?? 0 },
    (request) => {
      if (request.path.startsWith('/__sim/')) return answerControl(request)
      return binance.owns(request.path) ? answerBinance(request) : notFound
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
      exchange.rememberClock()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
      journal.close()
    },
    ledger: (apiKey) => reportOf(ledger, apiKey),
    addAccount: (seed) => void exchange.addAccount(readSeed(seed)),
    clock: () => ({ ...clock.anchor(), ended: clock.hasEnded() }),
    settle: () => exchange.advance(),
  }
}
