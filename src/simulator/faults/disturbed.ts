import type { Exchange } from '../core/exchange.ts'
import type { Whim } from '../core/whim.ts'
import type { Disturbance } from '../server.ts'
import type { RequestSubject, Venue, VenueHandler, WireAnswer, WireRequest } from '../venues/venue.ts'
import type { Faults, Struck } from './faults.ts'
import { emptied, reordered, repeated, truncated, webPage } from './spoiled.ts'

export interface Disturbed {
  handle(request: WireRequest): WireAnswer | Disturbance
  /** What was still to be executed never will be, and its strike says so. */
  stop(): void
}

/** A venue's handler that the fault rules disturb. `asOf` gives the exchange as it was so many milliseconds ago. */
export function disturbed(parts: {
  readonly faults: Faults
  readonly venue: Venue
  readonly handler: VenueHandler
  readonly exchange: Exchange
  readonly subjectOf: (request: WireRequest) => RequestSubject
  readonly asOf: (agoMs: number) => Exchange
}): Disturbed {
  const { faults, venue, handler, exchange, subjectOf, asOf } = parts
  const { wallNow } = exchange.clock
  const isRefusal = venue.isRefusal ?? (({ status }) => status >= 400)
  const timers = new Map<NodeJS.Timeout, Struck>()

  /** Executes a struck request, and notes what became of it. */
  const execute = ({ strike }: Struck, request: WireRequest, view?: Exchange): WireAnswer => {
    const answer = handler(request, view)
    strike.outcome = isRefusal(answer) ? 'refused' : 'executed'
    strike.executedAt = wallNow()
    if (strike.outcome === 'refused') strike.answered = answer.body
    return answer
  }
  const skip = ({ strike }: Struck) => {
    strike.outcome = 'not-executed'
  }
  const cut = ({ rule }: Struck, end: 'cut' | 'reset' = 'cut'): Disturbance => ({
    afterMs: rule.cutAfterMs,
    end,
  })
  const later = (struck: Struck, request: WireRequest) => {
    const receivedAt = wallNow()
    const timer = setTimeout(() => {
      timers.delete(timer)
      execute(struck, { ...request, receivedAt })
    }, struck.afterMs)
    timers.set(timer, struck)
  }

  const strike = (struck: Struck, request: WireRequest): WireAnswer | Disturbance => {
    const { rule } = struck
    const run = (whim: Whim) => exchange.under(whim, () => execute(struck, request))
    switch (rule.fault) {
      case 'stream-repeated':
      case 'stream-reordered':
      case 'stream-stopped':
      case 'stream-cut':
        throw new Error(`${rule.fault} is a fault of frames, not of requests`)
      case 'drop-before':
        skip(struck)
        return cut(struck)
      case 'drop-after-accept':
        execute(struck, request)
        return cut(struck)
      case 'late-accept':
        later(struck, request)
        return cut(struck)
      case 'reset':
        if (rule.executed) execute(struck, request)
        else skip(struck)
        return cut(struck, 'reset')
      case '5xx-executed':
      case '-1006-executed':
      case '-1007-executed':
        execute(struck, request)
        return venue.troubled(troubleOf(struck, wallNow()))
      case '5xx-not-executed':
      case '-1006-not-executed':
      case '-1007-not-executed':
      case '429':
      case '418':
        skip(struck)
        return venue.troubled(troubleOf(struck, wallNow()))
      case 'fills-repeated':
        return repeated(execute(struck, request), struck)
      case 'fills-reordered':
        return reordered(execute(struck, request), struck)
      case 'stale-read':
        return execute(struck, request, asOf(struck.afterMs))
      case 'cancel-lost':
        return run({ losesCancels: true })
      case 'partial-fill':
        return run({ portion: { share: rule.share, rest: rule.rest } })
      case 'empty-book':
        return run({ emptyBook: true })
      case 'stop-asleep':
        return run({ neverFires: true })
      case 'order-without-id':
        return venue.nameless(execute(struck, request))
      case 'truncated-body':
        return truncated(execute(struck, request))
      case 'empty-body':
        return emptied(execute(struck, request))
      case 'html-body':
        return webPage(execute(struck, request))
      case 'slow':
        return { afterMs: struck.afterMs, end: execute(struck, request) }
    }
  }

  return {
    handle(request) {
      if (faults.isEmpty) return handler(request)
      const struck = faults.draw(
        request,
        { ...subjectOf(request), venue: venue.name },
        venue.apiKeyOf(request),
        wallNow(),
      )
      return struck === undefined ? handler(request) : strike(struck, request)
    },
    stop() {
      for (const [timer, struck] of timers) {
        clearTimeout(timer)
        skip(struck)
      }
      timers.clear()
    },
  }
}

function troubleOf({ rule }: Struck, wallMs: number): Parameters<Venue['troubled']>[0] {
  const { retryAfterS } = rule
  if (rule.fault === '429') return { kind: 'too-many-requests', retryAfterS }
  if (rule.fault === '418') return { kind: 'banned', retryAfterS, untilMs: wallMs + retryAfterS * 1000 }
  if (rule.fault.startsWith('-1006')) return { kind: 'unexpected-response' }
  if (rule.fault.startsWith('-1007')) return { kind: 'timeout' }
  return { kind: 'server-error', status: rule.status }
}
