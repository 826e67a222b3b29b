import { z } from 'zod'
import type { AccountSeed } from './core/account.ts'
import type { Exchange } from './core/exchange.ts'
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
export function control(exchange: Exchange): (request: WireRequest) => WireAnswer {
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
        return created(exchange, request.body)
      default:
        return json(404, { error: `no ${request.method} ${request.path}` })
    }
  }
}

function created(exchange: Exchange, body: string): WireAnswer {
  try {
    const { seed } = exchange.addAccount(readSeed(JSON.parse(body)))
    return json(200, { venue: seed.venue, market: seed.market, apiKey: seed.apiKey })
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
