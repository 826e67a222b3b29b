import { Failure } from './failure.ts'

/** A published limit: so many in each stretch of wall time. */
interface Limit {
  readonly everyMs: number
  readonly most: number
}

/** The APIs count apart: spot and its wallet API, and USD-M futures. */
export type Api = 'spot' | 'futures'

const weightLimits: Readonly<Record<Api, Limit>> = {
  spot: { everyMs: 60_000, most: 6000 },
  futures: { everyMs: 60_000, most: 2400 },
}

/** Limits on orders per account, with the names of their headers. */
export const orderLimits: Readonly<Record<Api, readonly (Limit & { readonly header: string })[]>> = {
  spot: [
    { everyMs: 10_000, most: 100, header: 'x-mbx-order-count-10s' },
    { everyMs: 86_400_000, most: 200_000, header: 'x-mbx-order-count-1d' },
  ],
  futures: [
    { everyMs: 10_000, most: 300, header: 'x-mbx-order-count-10s' },
    { everyMs: 60_000, most: 1200, header: 'x-mbx-order-count-1m' },
  ],
}

const pushes = 50 // requests against a spent weight limit before the address is banned
const banMs = 120_000

/** Counters in windows aligned to the wall clock. */
class Windows {
  readonly #counts = new Map<string, { window: number; count: number }>()

  add(key: string, limit: Limit, amount: number, wallMs: number): number {
    const window = Math.floor(wallMs / limit.everyMs)
    const held = this.#counts.get(key)
    if (held?.window === window) {
      held.count = Math.max(0, held.count + amount)
      return held.count
    }
    this.#counts.set(key, { window, count: Math.max(0, amount) })
    return Math.max(0, amount)
  }
}

/** Counts request weight per address and unfilled orders per account, and refuses beyond the venue's limits. */
export class Limits {
  readonly #enforced: boolean
  readonly #windows = new Windows()
  readonly #pushes = new Map<string, number>()
  readonly #bans = new Map<string, number>()

  constructor(enforced: boolean) {
    this.#enforced = enforced
  }

  /** Spends weight; throws 429, and 418 when an address goes on regardless. Answers what has been used this minute. */
  spend(api: Api, ip: string, weight: number, wallMs: number): number {
    const limit = weightLimits[api]
    const bannedUntil = this.#bans.get(ip) ?? 0
    if (wallMs < bannedUntil) throw banned(bannedUntil, wallMs)
    const used = this.#windows.add(`${api} ${ip}`, limit, weight, wallMs)
    if (!this.#enforced || used <= limit.most) {
      this.#pushes.delete(ip)
      return used
    }
    const pushed = (this.#pushes.get(ip) ?? 0) + 1
    this.#pushes.set(ip, pushed)
    if (pushed > pushes) {
      this.#bans.set(ip, wallMs + banMs)
      this.#pushes.delete(ip)
      throw banned(wallMs + banMs, wallMs)
    }
    throw new Failure(
      -1003,
      `Too much request weight used; current limit is ${limit.most} request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.`,
      429,
      { 'retry-after': secondsUntil((Math.floor(wallMs / limit.everyMs) + 1) * limit.everyMs, wallMs) },
    )
  }

  /** Counts an order of an account; throws 429 beyond a limit. Answers the headers. */
  countOrder(api: Api, apiKey: string, wallMs: number): Record<string, string> {
    const headers: Record<string, string> = {}
    for (const limit of orderLimits[api]) {
      const key = `${api} ${limit.header} ${apiKey}`
      const count = this.#windows.add(key, limit, 1, wallMs)
      if (this.#enforced && count > limit.most) {
        this.#windows.add(key, limit, -1, wallMs)
        throw new Failure(
          -1015,
          `Too many new orders; current limit is ${limit.most} orders per ${limit.everyMs / 1000} SECOND.`,
          429,
          { 'retry-after': secondsUntil((Math.floor(wallMs / limit.everyMs) + 1) * limit.everyMs, wallMs) },
        )
      }
      headers[limit.header] = String(count)
    }
    return headers
  }

  /** An order that was filled at once does not count against its account. */
  giveBack(api: Api, apiKey: string, wallMs: number): void {
    for (const limit of orderLimits[api])
      this.#windows.add(`${api} ${limit.header} ${apiKey}`, limit, -1, wallMs)
  }
}

function banned(untilMs: number, wallMs: number): Failure {
  return new Failure(-1003, `Way too much request weight used; IP banned until ${untilMs}.`, 418, {
    'retry-after': secondsUntil(untilMs, wallMs),
  })
}

function secondsUntil(untilMs: number, wallMs: number): string {
  return String(Math.max(1, Math.ceil((untilMs - wallMs) / 1000)))
}
