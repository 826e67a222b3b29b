import { maxSignalAgeMs, type Signal, type SignalAction } from '../domain/signal.ts'

/** What is said about a symbol. Confidence 0–1, prices in quote. */
export interface Said {
  readonly source: string
  readonly symbol: string
  readonly action: SignalAction
  readonly confidence: number
  readonly reasoning?: string
  readonly stopLoss?: number
  readonly takeProfit?: number
}

/** A signal in the book, with what became of it. */
export interface LiveSignal extends Signal {
  action: SignalAction
  confidence: number
  reasoning: string
  expiresAtMs: number
  /** Whether the account has entered on it: then it is not decided again. */
  isEntered: boolean
  /** What the last decision on it came to, so that a repeat is told once; and when that was. */
  lastOutcome: string | undefined
  decidedAtMs: number
}

/**
 * The live signals, as the database keeps them for the cluster: one per (source, symbol). A repeat with the same action
 * renews it and keeps its birth; another action, HOLD, its expiry or 6 h end it, and the next is a new one. Where a source
 * speaks at each close, what it said at the close before lives until it speaks again, and a repeat at that very moment still
 * renews it.
 */
export class SignalBook {
  readonly #live = new Map<string, LiveSignal>()
  #count = 0

  /** Takes what a source says at `nowMs`. Returns the signal when it is a new one; a HOLD is none. */
  say(said: Said, nowMs: number, lifeMs: number): LiveSignal | undefined {
    const key = `${said.source} ${said.symbol}`
    const before = this.#live.get(key)
    const isRepeat =
      before !== undefined &&
      before.action === said.action &&
      nowMs <= before.expiresAtMs &&
      nowMs - before.createdAtMs < maxSignalAgeMs
    if (isRepeat) {
      before.confidence = said.confidence
      before.reasoning = said.reasoning ?? ''
      before.expiresAtMs = Math.min(nowMs + lifeMs, before.createdAtMs + maxSignalAgeMs)
      return undefined
    }
    this.#live.delete(key)
    return said.action === 'HOLD' ? undefined : this.#add(key, said, nowMs, lifeMs)
  }

  /** Takes a signal that is one of its own, whatever was said before: a row of a file. */
  sayAnew(said: Said, nowMs: number, lifeMs: number): LiveSignal | undefined {
    this.#live.delete(`${said.source} ${said.symbol}`)
    return this.say(said, nowMs, lifeMs)
  }

  /** Whether anything lives. */
  get isEmpty(): boolean {
    return this.#live.size === 0
  }

  /** The live ones, oldest first; what has ended is forgotten. */
  liveAt(nowMs: number): LiveSignal[] {
    const live: LiveSignal[] = []
    for (const [key, signal] of this.#live)
      if (signal.expiresAtMs <= nowMs) this.#live.delete(key)
      else live.push(signal)
    return live
  }

  #add(key: string, said: Said, nowMs: number, lifeMs: number): LiveSignal {
    const signal: LiveSignal = {
      ...said,
      id: String(++this.#count),
      reasoning: said.reasoning ?? '',
      userId: null,
      createdAtMs: nowMs,
      expiresAtMs: nowMs + Math.min(lifeMs, maxSignalAgeMs),
      isEntered: false,
      lastOutcome: undefined,
      decidedAtMs: Number.NEGATIVE_INFINITY,
    }
    this.#live.set(key, signal)
    return signal
  }
}
