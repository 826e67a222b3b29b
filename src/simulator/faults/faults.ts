import { uniform } from '../tape/noise.ts'
import type { RequestSubject, WireRequest } from '../venues/venue.ts'
import { canMeet, type FaultName, type FaultRule, readScript } from './rule.ts'

/** What a struck request came to; a frame is executed when it is sent. */
export type Outcome = 'executed' | 'refused' | 'not-executed' | 'pending'

/** One strike of a rule. */
export interface Strike {
  readonly rule: number // the rule's id
  readonly fault: FaultName
  readonly at: number // wall time
  readonly method: string // 'WS' of a frame
  readonly path: string
  readonly apiKey: string | undefined
  readonly clientOrderId: string | undefined
  outcome: Outcome
  executedAt?: number // wall time
  answered?: string // the venue's answer, where it refused
}

/** A strike to be carried out, with what chance has decided. */
export interface Struck {
  readonly rule: FaultRule
  readonly strike: Strike
  readonly afterMs: number
  /** A number in (0, 1) that belongs to this strike; another for each lane. */
  chance(lane: number): number
}

export interface FaultReport {
  readonly rules: readonly (FaultRule & { id: number; seed: number; matched: number; fired: number })[]
  /** Strikes by fault since the start, of deleted rules too. */
  readonly fired: Readonly<Record<string, number>>
  /** The newest strikes, oldest first. */
  readonly strikes: readonly Strike[]
}

const strikesKept = 50_000

interface Live {
  readonly id: number
  readonly seed: number
  readonly index: number // in its script
  readonly rule: FaultRule
  matched: number
  fired: number
}

/**
 * The fault rules in force. Whether a rule strikes depends on its script's seed, its place in the script and how many
 * requests it has matched: the same script and the same sequence of requests give the same strikes.
 */
export class Faults {
  #live: Live[] = []
  #lastId = 0
  readonly #fired = new Map<FaultName, number>()
  readonly #strikes: Strike[] = []

  get isEmpty(): boolean {
    return this.#live.length === 0
  }

  /** Puts a script's rules behind those in force; answers their ids. Throws when the script makes no sense. */
  add(script: unknown): number[] {
    const { seed, rules } = readScript(script)
    const added = rules.map((rule, index) => {
      this.#lastId += 1
      return { id: this.#lastId, seed, index, rule, matched: 0, fired: 0 }
    })
    this.#live.push(...added)
    return added.map(({ id }) => id)
  }

  /** Takes a rule away, or all. */
  remove(id?: number): void {
    this.#live = id === undefined ? [] : this.#live.filter((live) => live.id !== id)
  }

  /** The strike that meets a request, if one does. */
  draw(
    request: Pick<WireRequest, 'method' | 'path'>,
    subject: RequestSubject & { readonly venue: string },
    apiKey: string | undefined,
    at: number,
  ): Struck | undefined {
    for (const live of this.#live) {
      const { rule, seed, index } = live
      if (!canMeet(rule.fault, subject.kind) || !isMatch(rule, request, subject, apiKey)) continue
      const turn = live.matched
      live.matched += 1
      if (turn < rule.skip || live.fired >= (rule.times ?? Number.POSITIVE_INFINITY)) continue
      const chance = (lane: number) => uniform(seed, lane, index, turn)
      if (chance(0) >= rule.probability) continue
      live.fired += 1
      this.#fired.set(rule.fault, (this.#fired.get(rule.fault) ?? 0) + 1)
      const { method, path } = request
      const { clientOrderId } = subject
      const named = { rule: live.id, fault: rule.fault, at, method, path, apiKey, clientOrderId }
      const strike: Strike = { ...named, outcome: 'pending' }
      this.#strikes.push(strike)
      if (this.#strikes.length > strikesKept) this.#strikes.shift()
      return { rule, strike, chance, afterMs: between(rule.afterMs, chance(1)) }
    }
    return undefined
  }

  report(): FaultReport {
    return {
      rules: this.#live.map(({ id, seed, rule, matched, fired }) => ({ id, seed, ...rule, matched, fired })),
      fired: Object.fromEntries(this.#fired),
      strikes: this.#strikes,
    }
  }
}

function isMatch(
  { match, fault }: FaultRule,
  { method, path }: Pick<WireRequest, 'method' | 'path'>,
  subject: RequestSubject & { readonly venue: string },
  apiKey: string | undefined,
): boolean {
  if (fault === 'stale-read' && method !== 'GET') return false
  const kinds = typeof match.request === 'string' ? [match.request] : match.request
  return (
    (kinds === undefined || kinds.includes(subject.kind)) &&
    (match.path === undefined || isPath(path, match.path)) &&
    (match.method ?? method) === method &&
    (match.apiKey === undefined || match.apiKey === apiKey) &&
    (match.venue ?? subject.venue) === subject.venue &&
    (match.market ?? subject.market) === subject.market &&
    (match.symbol === undefined || match.symbol === subject.symbol) &&
    (match.clientOrderId === undefined || match.clientOrderId === subject.clientOrderId)
  )
}

function isPath(path: string, wanted: string): boolean {
  return wanted.endsWith('*') ? path.startsWith(wanted.slice(0, -1)) : path === wanted
}

function between(bounds: number | readonly [number, number], chance: number): number {
  if (typeof bounds === 'number') return bounds
  const [from, to] = bounds
  return Math.round(from + (to - from) * chance)
}
