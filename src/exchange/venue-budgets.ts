import type { Db } from '#db/client.ts'
import { takeAllowance } from '#db/venue-allowances.ts'
import { venueCapacity, venueWeight } from '../metrics.ts'
import type { CallKind, RateLimit } from './rate-limit.ts'

/** The part of each limit that only exits, stops, cancels and questions about single orders may touch. */
const reserved = 0.25
/** Taken from the shared budget at once, so that not every request asks the database; given up when not used soon. */
const atOnce = 0.02
const pocketLastsMs = 1_000

/** A request that is about to be made. */
export interface Ask {
  /** Exchange, market and mode: what counts together at the venue. */
  readonly place: string
  readonly accountId: string
  readonly kind: CallKind
  /** Whether it protects or closes, or asks what became of an order. */
  readonly isUrgent: boolean
}

/** Which limit has nothing left, and for how long. */
export interface Shortage {
  readonly limit: RateLimit
  readonly forMs: number
}

/** How much of the venues' limits is left, as all workers share it. */
export interface VenueBudgets {
  /** Takes what a request costs of every limit; what is missing when there is not enough. */
  take(limits: readonly RateLimit[], ask: Ask): Promise<Shortage | undefined>
}

/** What this process has taken of a limit and not used yet. */
interface Pocket {
  left: number
  untilMs: number
  /** Those who need more than there is ask one after the other. */
  turn: Promise<unknown>
}

/**
 * Budgets over a database. The last quarter of each limit is for what protects and closes. A database that does not answer
 * holds nothing back: the venue says no by itself.
 */
export function venueBudgets(db: Db): VenueBudgets {
  const pockets = new Map<string, Pocket>()

  async function fill(pocket: Pocket, limit: RateLimit, cost: number, ask: Ask): Promise<number> {
    if (performance.now() > pocket.untilMs) pocket.left = 0
    if (pocket.left >= cost) return 0
    const { name, burst, perSecond } = limit
    const reserve = ask.isUrgent ? 0 : burst * reserved
    const accountId = limit.whose === 'account' ? ask.accountId : undefined
    const wish = { place: ask.place, name, accountId, reserve, burst, perSecond }
    let taken = Math.max(cost, burst * atOnce)
    let waitMs = await takeAllowance(db, { ...wish, cost: taken })
    if (waitMs > 0 && taken > cost) {
      taken = cost
      waitMs = await takeAllowance(db, { ...wish, cost })
    }
    if (waitMs > 0) return waitMs
    pocket.left += taken
    pocket.untilMs = performance.now() + pocketLastsMs
    return 0
  }

  /** Takes the cost of one limit; for how long there is not enough, or 0. */
  async function takeOf(limit: RateLimit, cost: number, ask: Ask): Promise<number> {
    const key = `${ask.place} ${limit.name} ${limit.whose === 'account' ? ask.accountId : ''}`
    const pocket = pockets.get(key) ?? { left: 0, untilMs: 0, turn: Promise.resolve() }
    pockets.set(key, pocket)
    const taking = pocket.turn.then(async () => {
      const waitMs = await fill(pocket, limit, cost, ask)
      if (waitMs === 0) {
        pocket.left -= cost
        const series = { place: ask.place, limit: limit.name }
        venueWeight.inc(series, cost)
        if (limit.whose === 'ip') venueCapacity.set(series, limit.perSecond)
      }
      return waitMs
    })
    pocket.turn = taking.catch(() => {})
    return taking.catch(() => 0)
  }

  return {
    async take(limits, ask) {
      for (const limit of limits) {
        const cost = limit.costs[ask.kind] ?? 0
        const forMs = cost > 0 ? await takeOf(limit, cost, ask) : 0
        if (forMs > 0) return { limit, forMs }
      }
      return undefined
    },
  }
}
