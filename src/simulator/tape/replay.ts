import { basename } from 'node:path'
import { aggregate, type Candle, timeframeMs } from './candle.ts'
import { type CandleFile, readCandleFile } from './candle-file.ts'
import type { CandleQuery, PricePoint, Tape } from './tape.ts'

/** A symbol's candles of one timeframe, in time order. */
interface Series {
  readonly stepMs: number
  readonly candles: readonly Candle[]
}

interface Recording {
  readonly base: Series // the shortest timeframe: the tape itself
  readonly longer: readonly Series[] // only history for slow candles, shortest first
  readonly priceDecimals: number
  readonly quantityDecimals: number
}

const pointsPerCandle = 60

/**
 * Recorded candles as a tape. Market time is recorded time: it starts where every symbol has three quarters of its
 * shortest-timeframe candles behind it and ends with the symbol that ends first.
 */
export function openReplay(paths: readonly string[], speed: number): Tape {
  if (paths.length === 0) throw new Error('MARKET_DATA "replay:" names no file')
  if (!(speed >= 1 && speed <= 600)) throw new Error(`REPLAY_SPEED ${speed} is not between 1 and 600`)
  const recordings = recordingsOf(paths.map(readCandleFile))
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

function recordingsOf(files: readonly CandleFile[]): Map<string, Recording> {
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
function joined(files: readonly CandleFile[]): Series {
  const inOrder = [...files].sort((a, b) => (a.candles[0] as Candle).time - (b.candles[0] as Candle).time)
  const candles: Candle[] = []
  for (const [index, file] of inOrder.entries()) {
    const last = candles.at(-1)
    if (last !== undefined && (file.candles[0] as Candle).time <= last.time) {
      throw new Error(`${file.path}: overlaps ${inOrder[index - 1]?.path} (${file.symbol} ${file.timeframe})`)
    }
    for (const candle of file.candles) candles.push(candle)
  }
  return { stepMs: timeframeMs[(files[0] as CandleFile).timeframe], candles }
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

/** Index of the last candle that opened at or before a time; -1 when none has. */
function indexAt(candles: readonly Candle[], marketMs: number): number {
  let [low, high] = [0, candles.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((candles[middle] as Candle).time <= marketMs) low = middle + 1
    else high = middle
  }
  return low - 1
}

function stepOf(candle: Candle, stepMs: number, marketMs: number): number {
  return Math.min(pointsPerCandle - 1, Math.floor(((marketMs - candle.time) / stepMs) * pointsPerCandle))
}

/** The price at one of a candle's 60 steps: open, the extreme it came from, the other one, close, joined by straight lines. */
function pointOf(candle: Candle, step: number, decimals: number): number {
  const { open, high, low, close } = candle
  const [first, second] = close >= open ? [low, high] : [high, low]
  if (step === 20) return first
  if (step === 40) return second
  if (step === 59) return close
  const price =
    step < 20
      ? open + ((first - open) * step) / 20
      : step < 40
        ? first + ((second - first) * (step - 20)) / 20
        : second + ((close - second) * (step - 40)) / 19
  return Number(price.toFixed(decimals))
}

/** The candle as far as it has come at `nowMs`. */
function formed(candle: Candle, stepMs: number, nowMs: number, decimals: number): Candle {
  if (candle.time + stepMs <= nowMs) return candle
  const last = stepOf(candle, stepMs, nowMs)
  let { open: high, open: low } = candle
  for (let step = 0; step <= last; step++) {
    const price = pointOf(candle, step, decimals)
    high = Math.max(high, price)
    low = Math.min(low, price)
  }
  const close = pointOf(candle, last, decimals)
  return { ...candle, high, low, close, volume: (candle.volume * (last + 1)) / pointsPerCandle }
}

function candlesOf(recording: Recording, query: CandleQuery, nowMs: number): Candle[] {
  const bucketMs = timeframeMs[query.timeframe]
  const usable = [recording.base, ...recording.longer].filter(
    ({ stepMs }) => stepMs <= bucketMs && bucketMs % stepMs === 0,
  )
  const latest = Math.floor(Math.min(query.toMs ?? nowMs, nowMs) / bucketMs) * bucketMs
  const step = query.fromMs === undefined ? -bucketMs : bucketMs
  const oldest = Math.min(...usable.map(({ candles }) => (candles[0] as Candle).time))
  const earliest = Math.floor(Math.max(query.fromMs ?? 0, oldest) / bucketMs) * bucketMs
  const first = query.fromMs === undefined ? latest : earliest < query.fromMs ? earliest + bucketMs : earliest
  const found: Candle[] = []
  for (let time = first; time >= earliest && time <= latest && found.length < query.limit; time += step) {
    const candle = bucketAt(usable, time, bucketMs, nowMs, recording.priceDecimals)
    if (candle !== undefined) found.push(candle)
  }
  return step < 0 ? found.reverse() : found
}

/** One candle from the shortest series that knows the whole bucket, else from the one that knows any of it. */
function bucketAt(
  usable: readonly Series[],
  time: number,
  bucketMs: number,
  nowMs: number,
  decimals: number,
): Candle | undefined {
  let partial: Candle | undefined
  for (const [rank, { stepMs, candles }] of usable.entries()) {
    const inside: Candle[] = []
    const start = indexAt(candles, time - 1) + 1
    for (let index = start; index < candles.length; index++) {
      const candle = candles[index] as Candle
      if (candle.time >= time + bucketMs || candle.time > nowMs) break
      // A longer candle that is still forming would tell the future: only the tape itself may be seen unfinished.
      if (rank > 0 && candle.time + stepMs > nowMs) break
      inside.push(rank === 0 ? formed(candle, stepMs, nowMs, decimals) : candle)
    }
    const merged = aggregate(inside, bucketMs)[0]
    if (merged === undefined) continue
    if ((candles[0] as Candle).time <= time) return merged
    partial ??= merged
  }
  return partial
}
