import { z } from 'zod'
import type { AccountSeed } from './core/account.ts'
import type { Exchange } from './core/exchange.ts'
import type { Faults } from './faults/faults.ts'
import type { Hands } from './hands/hands.ts'
import { reportOf } from './report.ts'
import type { WireAnswer, WireRequest } from './venues/venue.ts'

const amount = z.string().regex(/^\d{1,20}(\.\d{1,18})?$/)

const seedSchema = z.strictObject({
  venue: z.literal('binance'),
  market: z.enum(['spot', 'futures']),
  apiKey: z.string().min(8).max(128),
  secret: z.string().min(8).max(128),
  balances: z.record(z.string().regex(/^[A-Z0-9]{2,12}$/), amount),
  settings: z.record(z.string(), z.string()).optional(),
})

/** Checks what an account is to be created from; throws an error of one line that names the field. */
export function readSeed(input: unknown): AccountSeed {
  const read = seedSchema.safeParse(input)
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new Error(`${issue?.path.join('.')}: ${issue?.message}`)
}

/** The simulator's own endpoints, under /__sim/: for this machine only. */
export function control({
  exchange,
  faults,
  hands,
}: {
  exchange: Exchange
  faults: Faults
  hands: Hands
}): (request: WireRequest) => WireAnswer {
  return (request) => {
    if (!isLoopback(request.ip)) return json(403, { error: 'the control endpoints answer this machine only' })
    // A browser page on this machine must not be able to steer the simulator.
    if (request.headers.origin !== undefined) return json(403, { error: 'not for browsers' })
    exchange.advance()
    const { clock, ledger } = exchange
    switch (`${request.method} ${request.path}`) {
      case 'GET /__sim/health':
        return json(200, { ok: true, tape: exchange.tape.source, ended: clock.hasEnded() })
      case 'GET /__sim/clock':
        return json(200, { ...clock.anchor(), ended: clock.hasEnded() })
      case 'GET /__sim/ledger':
        return json(200, reportOf(ledger, new URLSearchParams(request.query).get('apiKey') ?? undefined))
      case 'POST /__sim/accounts':
        return done(request.body, (input) => {
          const { seed } = exchange.addAccount(readSeed(input))
          return { venue: seed.venue, market: seed.market, apiKey: seed.apiKey }
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
