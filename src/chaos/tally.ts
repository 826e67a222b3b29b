/** Counts what happened, by what it was. */
export class Tally {
  readonly #counts = new Map<string, Map<string, number>>()

  add(about: string, what: string): void {
    const counts = this.#counts.get(about) ?? new Map<string, number>()
    this.#counts.set(about, counts)
    counts.set(what, (counts.get(what) ?? 0) + 1)
  }

  of(about: string, what: string): number {
    return this.#counts.get(about)?.get(what) ?? 0
  }

  table(about: string): readonly { readonly what: string; readonly count: number }[] {
    return [...(this.#counts.get(about) ?? [])].map(([what, count]) => ({ what, count }))
  }
}
