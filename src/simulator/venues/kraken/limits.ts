import type { Account } from '../../core/account.ts'
import { Counters, type Decay } from './counters.ts'
import { Failure } from './failure.ts'

/** What an account of a tier may do: the counter of calls, the counter of orders per pair, and open orders per pair. */
interface Tier {
  readonly calls: Decay
  readonly orders: Decay
  readonly openOrders: number
}

const tiers: Readonly<Record<string, Tier>> = {
  starter: { calls: { most: 15, perSecond: 0.33 }, orders: { most: 60, perSecond: 1 }, openOrders: 60 },
  intermediate: {
    calls: { most: 20, perSecond: 0.5 },
    orders: { most: 125, perSecond: 2.34 },
    openOrders: 80,
  },
  pro: { calls: { most: 20, perSecond: 1 }, orders: { most: 180, perSecond: 3.75 }, openOrders: 225 },
}

/** What a cancellation costs by the age of its order, in seconds; nothing beyond. */
const cancelCosts: readonly (readonly [belowS: number, cost: number])[] = [
  [5, 8],
  [10, 6],
  [15, 5],
  [45, 4],
  [90, 2],
  [300, 1],
]

const badCallsToLockout = 10
const lockoutMs = 15 * 60_000

/** The venue's limits: calls and orders of an account, and the lockout of who keeps calling with a bad key. */
export class Limits {
  readonly #enforced: boolean
  readonly #calls = new Counters()
  readonly #orders = new Counters()
  readonly #badCalls = new Map<string, number>()
  readonly #lockedUntil = new Map<string, number>()

  constructor(enforced: boolean) {
    this.#enforced = enforced
  }

  /** Throws while a key is locked out from an address. */
  requireNoLockout(ip: string, apiKey: string, wallMs: number): void {
    if (this.#enforced && wallMs < (this.#lockedUntil.get(`${ip} ${apiKey}`) ?? 0))
      throw new Failure('EGeneral:Temporary lockout')
  }

  /** Counts a call with a bad key or signature; ten in a row lock the key out from this address for 15 minutes. */
  noteBadCall(ip: string, apiKey: string, wallMs: number): void {
    const who = `${ip} ${apiKey}`
    const bad = (this.#badCalls.get(who) ?? 0) + 1
    this.#badCalls.set(who, bad % badCallsToLockout)
    if (bad >= badCallsToLockout) this.#lockedUntil.set(who, wallMs + lockoutMs)
  }

  noteGoodCall(ip: string, apiKey: string): void {
    this.#badCalls.delete(`${ip} ${apiKey}`)
  }

  /** Counts a call of an account. */
  call(account: Account, cost: number, wallMs: number): void {
    const raised = this.#calls.raise(account.seed.apiKey, tierOf(account).calls, cost, wallMs)
    if (!raised && this.#enforced) throw new Failure('EAPI:Rate limit exceeded')
  }

  /** Counts a new order on a pair. */
  order(account: Account, symbol: string, wallMs: number): void {
    const { openOrders } = tierOf(account)
    const open = [...account.open.values()].filter(({ record }) => record.symbol === symbol).length
    if (this.#enforced && open >= openOrders) throw new Failure('EOrder:Orders limit exceeded')
    this.#trade(account, symbol, 1, wallMs)
  }

  /** Counts a cancellation: the younger its order, the dearer. */
  cancel(account: Account, order: { symbol: string; createdAt: number }, wallMs: number): void {
    const ageS = (wallMs - order.createdAt) / 1000
    const cost = cancelCosts.find(([belowS]) => ageS < belowS)?.[1] ?? 0
    this.#trade(account, order.symbol, cost, wallMs)
  }

  #trade(account: Account, symbol: string, cost: number, wallMs: number): void {
    const raised = this.#orders.raise(
      `${account.seed.apiKey} ${symbol}`,
      tierOf(account).orders,
      cost,
      wallMs,
    )
    if (!raised && this.#enforced) throw new Failure('EOrder:Rate limit exceeded')
  }
}

/** The account's tier by its setting `tier`: starter, intermediate (the default) or pro. */
function tierOf({ settings }: Account): Tier {
  return tiers[settings.get('tier') ?? 'intermediate'] ?? (tiers.intermediate as Tier)
}
