/**
 * A value that is fetched again when it is older than `freshMs` of wall time. Those who ask while it is being fetched
 * wait for the same answer; a failed fetch fails them all, and what was known before is not given for new.
 */
export class Fresh<T> {
  readonly #freshMs: number
  readonly #fetch: (known: T | undefined) => Promise<T>
  #known: { readonly value: T; readonly at: number } | undefined
  #fetching: Promise<T> | undefined

  constructor(freshMs: number, fetch: (known: T | undefined) => Promise<T>) {
    this.#freshMs = freshMs
    this.#fetch = fetch
  }

  /** The value; `isOver` tells of one that is fresh by age but old by its content. */
  get(isOver: (value: T) => boolean = () => false): Promise<T> {
    const known = this.#known
    const isFresh = known !== undefined && performance.now() - known.at < this.#freshMs
    if (isFresh && !isOver(known.value)) return Promise.resolve(known.value)
    this.#fetching ??= this.#renew().finally(() => {
      this.#fetching = undefined
    })
    return this.#fetching
  }

  /** How long ago what is known was asked for, in ms; undefined before the first answer. */
  ageMs(): number | undefined {
    return this.#known && performance.now() - this.#known.at
  }

  async #renew(): Promise<T> {
    const at = performance.now() // age counts from the asking: the answer is at least this old
    const value = await this.#fetch(this.#known?.value)
    this.#known = { value, at }
    return value
  }
}
