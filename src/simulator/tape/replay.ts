import { basename } from 'node:path'
import { timeframeMs } from '../../candles/timeframe.ts'
import type { Candle } from './candle.ts'
import { indexAt, pointOf, pointsPerCandle, stepOf } from './candle-path.ts'
import { type RecordedFile, readRecording } from './recorded-file.ts'
import { candlesOf, type Recording, type Series } from './recording.ts'
import type { PricePoint, Tape } from './tape.ts'

/**
 * Recorded candles as a tape. Market time is recorded time: it starts where every symbol has three quarters of its
 * shortest-timeframe candles behind it and ends with the symbol that ends first.
 */
export function openReplay(paths: readonly string[], speed: number): Tape {
  if (paths.length === 0) throw new Error('MARKET_DATA "replay:" names no file')
  if (!(speed >= 1 && speed <= 600)) throw new Error(`REPLAY_SPEED ${speed} is not between 1 and 600`)
  const recordings = recordingsOf(paths.map(readRecording))
  const { startsAt, endsAt } = spanOf(recordings)

  function recordingOrThrow(symbol: string): Recording {
    const recording = recordings.get(symbol)
    if (recording === undefined) throw new Error(`the replay has no ${symbol}`)
    return recording
  }

  return {
    source: 'replay',
    identity: `replay ${paths.map((path) => basename(path)).join(' ')}`,
    listings: [...recordings].map(([symbol, { priceDecimals, quantityDecimals }]) => {
      const [base = '', quote = ''] = symbol.split('/')
      return { symbol, base, quote, priceDecimals, quantityDecimals }
    }),
    startsAt,
    endsAt,
    speed,

    priceAt(symbol, marketMs) {
      const { base, priceDecimals } = recordingOrThrow(symbol)
      const index = indexAt(base.candles, marketMs)
      if (index < 0) return (base.candles[0] as Candle).open
      const candle = base.candles[index] as Candle
      return pointOf(candle, stepOf(candle, base.stepMs, marketMs), priceDecimals)
    },

    *pointsBetween(symbol, afterMs, untilMs): Generator<PricePoint> {
      const { base, priceDecimals } = recordingOrThrow(symbol)
      const gap = base.stepMs / pointsPerCandle
      for (let index = Math.max(0, indexAt(base.candles, afterMs)); index < base.candles.length; index++) {
        const candle = base.candles[index] as Candle
        if (candle.time > untilMs) return
        for (let step = 0; step < pointsPerCandle; step++) {
          const time = candle.time + step * gap
          if (time > untilMs) return
          if (time > afterMs) yield { time, price: pointOf(candle, step, priceDecimals) }
        }
      }
    },

    candles(symbol, query, nowMs) {
      return candlesOf(recordingOrThrow(symbol), query, Math.min(nowMs, endsAt))
    },
  }
}

function recordingsOf(files: readonly RecordedFile[]): Map<string, Recording> {
  const recordings = new Map<string, Recording>()
  for (const symbol of new Set(files.map((file) => file.symbol))) {
    const own = files.filter((file) => file.symbol === symbol)
    const steps = [...new Set(own.map((file) => timeframeMs[file.timeframe]))].sort((a, b) => a - b)
    const series = steps.map((stepMs) => joined(own.filter((file) => timeframeMs[file.timeframe] === stepMs)))
    recordings.set(symbol, {
      base: series[0] as Series,
      longer: series.slice(1),
      priceDecimals: Math.max(...own.map((file) => file.priceDecimals)),
      quantityDecimals: Math.min(8, Math.max(...own.map((file) => file.quantityDecimals))),
    })
  }
  return recordings
}

/** Files of one symbol and timeframe, one after the other. */
function joined(files: readonly RecordedFile[]): Series {
  const inOrder = [...files].sort((a, b) => (a.candles[0] as Candle).time - (b.candles[0] as Candle).time)
  const candles: Candle[] = []
  for (const [index, file] of inOrder.entries()) {
    const last = candles.at(-1)
    if (last !== undefined && (file.candles[0] as Candle).time <= last.time) {
      throw new Error(`${file.path}: overlaps ${inOrder[index - 1]?.path} (${file.symbol} ${file.timeframe})`)
    }
    for (const candle of file.candles) candles.push(candle)
  }
  return { stepMs: timeframeMs[(files[0] as RecordedFile).timeframe], candles }
}

function spanOf(recordings: ReadonlyMap<string, Recording>): { startsAt: number; endsAt: number } {
  let [startsAt, endsAt] = [0, Number.POSITIVE_INFINITY]
  let [latestStarter, firstToEnd] = ['', '']
  for (const [symbol, { base }] of recordings) {
    const start = (base.candles[Math.floor(base.candles.length * 0.75)] as Candle).time
    const end = (base.candles.at(-1) as Candle).time + base.stepMs
    if (start > startsAt) [startsAt, latestStarter] = [start, symbol]
    if (end < endsAt) [endsAt, firstToEnd] = [end, symbol]
  }
  if (startsAt >= endsAt) {
    const when = (ms: number) => new Date(ms).toISOString()
    throw new Error(
      `the replay has no common time: ${firstToEnd} ends ${when(endsAt)}, three quarters of ${latestStarter} end ${when(startsAt)}`,
    )
  }
  return { startsAt, endsAt: endsAt - 1 }
}
