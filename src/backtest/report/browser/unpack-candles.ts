import type { PackedCandles } from '../price-page.ts'

/** A candle as the chart library takes it: the second it opened, prices in quote. */
interface Candle {
  readonly time: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
}

/**
 * Runs in the page: candles from their packed form, prices in whole numbers of 1 ÷ unit. Its text goes into the page, so it may use
 * nothing but itself.
 */
export function unpackCandles({ from, interval, moves }: PackedCandles, unit: number): Candle[] {
  const candles: Candle[] = []
  let time = from
  let before = 0
  for (let i = 0; i < moves.length; i += 5) {
    const [steps, gap, up, down, move] = moves.slice(i, i + 5) as [number, number, number, number, number]
    time += steps * interval
    const open = before + gap
    const close = open + move
    before = close
    candles.push({
      time,
      open: open / unit,
      high: (Math.max(open, close) + up) / unit,
      low: (Math.min(open, close) - down) / unit,
      close: close / unit,
    })
  }
  return candles
}
