import { readCandleFile } from '../../candles/candle-file.ts'
import { candleName } from '../../candles/candle-name.ts'
import { decimalsOf } from '../../candles/decimals.ts'
import { type Timeframe, timeframeMs } from '../../candles/timeframe.ts'
import type { Candle } from './candle.ts'

/** A file of recorded candles, read and checked, with the decimals its numbers have. */
export interface RecordedFile {
  readonly path: string
  readonly symbol: string
  readonly timeframe: Timeframe
  readonly candles: readonly Candle[]
  readonly priceDecimals: number
  readonly quantityDecimals: number
}

/** Reads the file that its name describes. Throws an Error of one line that names the file, the line and what is wrong. */
export function readRecording(text: string): RecordedFile {
  const { path, symbol, timeframe } = candleName(text)
  if (timeframe === undefined) throw new Error(`${text}: a tape needs the timeframe in the file's name`)
  const candles: Candle[] = []
  let [priceDecimals, quantityDecimals] = [0, 0]
  for (const block of readCandleFile(path, { stepMs: timeframeMs[timeframe], grid: 'utc' })) {
    const { length, time, open, high, low, close, volume } = block
    for (const prices of [open, high, low, close]) priceDecimals = decimalsOf(prices, length, priceDecimals)
    quantityDecimals = decimalsOf(volume, length, quantityDecimals)
    for (let i = 0; i < length; i++)
      candles.push({
        time: time[i] as number,
        open: open[i] as number,
        high: high[i] as number,
        low: low[i] as number,
        close: close[i] as number,
        volume: volume[i] as number,
      })
  }
  return { path, symbol, timeframe, candles, priceDecimals, quantityDecimals }
}
