/** Rows of candles as columns: opening time in UTC epoch milliseconds, prices in quote, volume in base. */
export interface CandleBlock {
  readonly length: number
  readonly time: Float64Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
}

/** Rows of one block: what is read ahead of the one being used is a few of them, however long the file is. */
export const rowsPerBlock = 16_384

/** An empty block whose columns take `capacity` rows. */
export function newBlock(capacity: number = rowsPerBlock): CandleBlock & { length: number } {
  return {
    length: 0,
    time: new Float64Array(capacity),
    open: new Float64Array(capacity),
    high: new Float64Array(capacity),
    low: new Float64Array(capacity),
    close: new Float64Array(capacity),
    volume: new Float64Array(capacity),
  }
}
