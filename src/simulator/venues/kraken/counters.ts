/** A counter that rises with each call and falls with time. */
export interface Decay {
  readonly most: number
  readonly perSecond: number
}

/** Counters by key, each as it stood when it was last touched. */
export class Counters {
  readonly #held = new Map<string, { value: number; at: number }>()

  /** Where a counter stands now. */
  #at(key: string, { perSecond }: Decay, wallMs: number): number {
    const held = this.#held.get(key)
    if (held === undefined) return 0
    return Math.max(0, held.value - (Math.max(0, wallMs - held.at) / 1000) * perSecond)
  }

  /** Raises a counter; false, and nothing is raised, when it would come above its most. */
  raise(key: string, decay: Decay, amount: number, wallMs: number): boolean {
    const value = this.#at(key, decay, wallMs) + amount
    if (value > decay.most) return false
    this.#held.set(key, { value, at: wallMs })
    return true
  }
}
