/** The last values of a stream in order of size: a new one costs a search and a shift, not a sort. NaN is passed over. */
export class SortedWindow {
  readonly #ring: Float64Array
  readonly #sorted: Float64Array
  #next = 0
  #size = 0

  constructor(size: number) {
    this.#ring = new Float64Array(size).fill(Number.NaN)
    this.#sorted = new Float64Array(size)
  }

  /** Takes the next value, and lets the oldest one go once the window is full. */
  next(value: number): void {
    const oldest = this.#ring[this.#next] as number
    this.#ring[this.#next] = value
    this.#next = (this.#next + 1) % this.#ring.length
    const sorted = this.#sorted
    if (!Number.isNaN(oldest)) {
      const place = this.#placeOf(oldest)
      sorted.copyWithin(place, place + 1, this.#size)
      this.#size--
    }
    if (Number.isNaN(value)) return
    const place = this.#placeOf(value)
    sorted.copyWithin(place + 1, place, this.#size)
    sorted[place] = value
    this.#size++
  }

  /** The values, smallest first; good until the next one comes. */
  get values(): Float64Array {
    return this.#sorted.subarray(0, this.#size)
  }

  /** Where the first value that is not smaller stands. */
  #placeOf(value: number): number {
    let low = 0
    let high = this.#size
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#sorted[middle] as number) < value) low = middle + 1
      else high = middle
    }
    return low
  }
}
