import { Failure } from './failure.ts'

const addressMost = 600
const addressEveryMs = 5_000
const banMs = 600_000
const secondMs = 1_000

/** So many a second of one user, per endpoint; where spot has a limit of its own it is given. */
const perSecond: Readonly<Record<string, { readonly linear: number; readonly spot: number }>> = {
  'POST /v5/order/create': { linear: 10, spot: 20 },
  'POST /v5/order/amend': { linear: 10, spot: 20 },
  'POST /v5/order/cancel': { linear: 10, spot: 20 },
  'POST /v5/order/cancel-all': { linear: 10, spot: 20 },
  'POST /v5/position/set-leverage': { linear: 10, spot: 10 },
  'GET /v5/account/fee-rate': { linear: 10, spot: 5 },
  'GET /v5/user/query-api': { linear: 10, spot: 10 },
  'GET /v5/asset/coin/query-info': { linear: 5, spot: 5 },
}
const readsPerSecond = 50

/** Requests in a window that rolls with the clock, by whom they are counted for. */
class Windows {
  readonly #times = new Map<string, number[]>()

  /** The times of the requests of the window that ends now, this one included. */
  add(key: string, everyMs: number, wallMs: number): readonly number[] {
    const times = (this.#times.get(key) ?? []).filter((time) => time > wallMs - everyMs)
    times.push(wallMs)
    this.#times.set(key, times)
    return times
  }

  drop(key: string): void {
    this.#times.get(key)?.pop()
  }
}

/** Counts requests per address, and per user and endpoint; refuses beyond the venue's limits. */
export class Limits {
  readonly #enforced: boolean
  readonly #windows = new Windows()
  readonly #bans = new Map<string, number>()

  constructor(enforced: boolean) {
    this.#enforced = enforced
  }

  /** Counts a request of an address; throws HTTP 403 beyond 600 in 5 s, and then for ten minutes. */
  countAddress(ip: string, wallMs: number): void {
    if (!this.#enforced) return
    const isBanned = wallMs < (this.#bans.get(ip) ?? 0)
    if (!isBanned && this.#windows.add(ip, addressEveryMs, wallMs).length <= addressMost) return
    if (!isBanned) this.#bans.set(ip, wallMs + banMs)
    throw new Failure(403, 'access too frequent', 403)
  }

  /** Counts a request of a user at an endpoint; writes the headers, and throws 10006 beyond the limit. */
  countUser(
    request: { readonly endpoint: string; readonly category: 'spot' | 'linear'; readonly user: string },
    wallMs: number,
    headers: Record<string, string>,
  ): void {
    const { endpoint, category, user } = request
    const most = perSecond[endpoint]?.[category] ?? readsPerSecond
    const key = `${user} ${category} ${endpoint}`
    const times = this.#windows.add(key, secondMs, wallMs)
    const isBeyond = this.#enforced && times.length > most
    if (isBeyond) this.#windows.drop(key)
    headers['x-bapi-limit'] = String(most)
    headers['x-bapi-limit-status'] = String(Math.max(0, most - times.length))
    headers['x-bapi-limit-reset-timestamp'] = String(isBeyond ? (times[0] ?? wallMs) + secondMs : wallMs)
    if (isBeyond) throw new Failure(10006, 'Too many visits!')
  }
}
