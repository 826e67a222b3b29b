import type { Account } from './core/account.ts'
import type { Exchange } from './core/exchange.ts'
import type { Instrument } from './core/instrument.ts'
import type { Faults } from './faults/faults.ts'
import { settleFunding } from './funding-request.ts'
import type { Hands } from './hands/hands.ts'
import { reportOf } from './report.ts'
import { type Rules, seedsOf } from './seeds.ts'
import type { Venue, WireAnswer, WireRequest } from './venues/venue.ts'

/** The simulator's own endpoints, under /__sim/: for this machine only. */
export function control({
  exchange,
  faults,
  hands,
  venues,
  cutStreams,
  instruments,
  isLimited,
  rules,
}: {
  exchange: Exchange
  faults: Faults
  hands: Hands
  venues: readonly Venue[]
  cutStreams: (venue: string | undefined) => number
  instruments: readonly Instrument[]
  isLimited: boolean // whether the venues' request limits are enforced
  rules: Rules | undefined // of new accounts that say nothing
}): (request: WireRequest) => WireAnswer {
  return (request) => {
    if (!isLoopback(request.ip)) return json(403, { error: 'the control endpoints answer this machine only' })
    // A browser page on this machine must not be able to steer the simulator.
    if (request.headers.origin !== undefined) return json(403, { error: 'not for browsers' })
    exchange.advance()
    const { clock, ledger } = exchange
    switch (`${request.method} ${request.path}`) {
      case 'GET /__sim/health':
        return json(200, { ok: true, tape: exchange.tape.source, ended: clock.hasEnded(), isLimited })
      case 'GET /__sim/clock':
        return json(200, { ...clock.anchor(), ended: clock.hasEnded() })
      case 'GET /__sim/ledger':
        return json(200, reportOf(ledger, new URLSearchParams(request.query).get('apiKey') ?? undefined))
      case 'POST /__sim/accounts':
        return done(request.body, (input) => {
          const accounts = seedsOf(input, venues, rules).map((seed) => exchange.addAccount(seed))
          const { venue, apiKey } = (accounts[0] as Account).seed
          return { venue, market: accounts.map(({ seed }) => seed.market).join('+'), apiKey }
        })
      case 'GET /__sim/faults':
        return json(200, faults.report())
      case 'POST /__sim/faults':
        return done(request.body, (input) => ({ ids: faults.add(input) }))
      case 'DELETE /__sim/faults': {
        const id = new URLSearchParams(request.query).get('id')
        faults.remove(id === null ? undefined : Number(id))
        return json(200, faults.report())
      }
      case 'POST /__sim/funding':
        return done(request.body, (input) => settleFunding(exchange, instruments, input))
      case 'DELETE /__sim/streams':
        return json(200, { cut: cutStreams(new URLSearchParams(request.query).get('venue') ?? undefined) })
      case 'POST /__sim/hands':
        return done(request.body, (input) => hands.do(input))
      default:
        return json(404, { error: `no ${request.method} ${request.path}` })
    }
  }
}

/** Does what a body asks for; an error says why it was not done. */
function done(body: string, act: (input: unknown) => unknown): WireAnswer {
  try {
    return json(200, act(JSON.parse(body)))
  } catch (error) {
    return json(400, { error: (error as Error).message })
  }
}

function isLoopback(ip: string): boolean {
  return ip === '::1' || /^(::ffff:)?127\./.test(ip)
}

function json(status: number, answer: unknown): WireAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) }
}
