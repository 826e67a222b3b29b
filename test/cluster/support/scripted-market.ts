import { normal, uniform } from '#src/simulator/tape/noise.ts'
import { candleLines, newFolder, writeCandles } from '../../simulator/support/csv.ts'

const minute = 60_000
const hour = 60 * minute
const historyHours = 40 * 24
/** Hours before the run that are recorded by the minute: SmartExit reads fifty candles of 5 m. */
const minutesBefore = 6 * 60 + 30
/** Beyond every index of the walks, so that the noise of a run is its own. */
const firstOfRun = 1_000_000

/** A coin's prices during a run: straight lines between points, each a minute of the run and a ratio of the first price. */
export interface Script {
  readonly base: string
  readonly price: number
  /** Of its prices, as the venue's tick has them. */
  readonly decimals: number
  /** Standard deviation of an hour's return before the run. */
  readonly hourly: number
  readonly points: readonly (readonly [minute: number, ratio: number])[]
}

/** Candle files of one market: what is replayed and what is longer and older. */
export interface MarketFiles {
  readonly folder: string
  readonly minutes: readonly string[]
  /** The same as candles of 5 m. */
  readonly fives: readonly string[]
  readonly hours: readonly string[]
}

/**
 * Writes a market that follows its scripts from `startMs` (half past an hour) on, for so many minutes, with hours of forty
 * days and minutes of six and a half hours before it. Two points of a script at the same minute are a gap. The same scripts
 * give the same files.
 */
export function writeMarket(scripts: readonly Script[], startMs: number, minutes: number): MarketFiles {
  const folder = newFolder()
  const fromMs = startMs - minutesBefore * minute
  const files = scripts.map((script) => {
    const lane = laneOf(script)
    const before = walk(script, lane, minutesBefore, script.hourly / Math.sqrt(60))
    const during = play(script, lane, minutes)
    const first = before[0]?.[0] ?? script.price
    const older = walk({ ...script, price: first }, lane + 1, historyHours, script.hourly)
    const write = (timeframe: string, rows: Row[], rowsFromMs: number, stepMs: number) =>
      writeCandles(
        folder,
        `binance-${script.base}USDT-${timeframe}-run.csv`,
        candleLines(rowsFromMs, stepMs, rows),
      )
    return {
      fives: write('5m', fivesOf([...before, ...during]), fromMs, 5 * minute),
      minutes: write('1m', [...before, ...during], fromMs, minute),
      hours: write('1h', older, fromMs - historyHours * hour, hour),
    }
  })
  return {
    folder,
    minutes: files.map((file) => file.minutes),
    fives: files.map((file) => file.fives),
    hours: files.map((file) => file.hours),
  }
}

/** Each coin has noise of its own, whatever the others are. */
function laneOf({ base }: Script): number {
  return Number.parseInt(base, 36) * 2
}

type Row = [open: number, high: number, low: number, close: number, volume: number]

function fivesOf(rows: readonly Row[]): Row[] {
  return Array.from({ length: Math.ceil(rows.length / 5) }, (_, i) => {
    const five = rows.slice(5 * i, 5 * i + 5)
    const volume = five.reduce((sum, one) => sum + one[4], 0)
    const [first, last] = [five[0] as Row, five.at(-1) as Row]
    const high = Math.max(...five.map((one) => one[1]))
    const low = Math.min(...five.map((one) => one[2]))
    return [first[0], high, low, last[3], Number(volume.toFixed(2))]
  })
}

/** A random walk that ends at the script's price. */
function walk({ price, decimals }: Script, lane: number, count: number, deviation: number): Row[] {
  const path = [0]
  for (let i = 0; i < count; i++) path.push((path[i] as number) + deviation * normal(11, lane, 0, i))
  const last = path.at(-1) as number
  return Array.from({ length: count }, (_, i) => {
    const open = price * Math.exp((path[i] as number) - last)
    const close = price * Math.exp((path[i + 1] as number) - last)
    return row({ open, close, wick: deviation / 2, decimals, lane, index: i })
  })
}

/** What the script says, with a little noise on each close. */
function play({ price, decimals, points }: Script, lane: number, minutes: number): Row[] {
  let last = price
  return Array.from({ length: minutes }, (_, i) => {
    const isGap = points.some(([at], k) => at === i && points[k + 1]?.[0] === i)
    const open = isGap ? price * ratioAt(points, i) : last
    last = price * ratioAt(points, i + 1, true) * (1 + 0.00015 * normal(12, lane, 1, i))
    return row({ open, close: last, wick: 0.0002, decimals, lane, index: firstOfRun + i })
  })
}

/** At a gap the ratio after it, or the one before it. */
function ratioAt(points: Script['points'], at: number, isBeforeGap = false): number {
  const all = [[0, 1] as const, ...points]
  const next = all.findIndex(([m]) => (isBeforeGap ? m >= at : m > at))
  const [fromMinute, from] = all[(next === -1 ? all.length : next) - 1] ?? [0, 1]
  const [toMinute, to] = all[next] ?? [fromMinute, from]
  return toMinute === fromMinute ? from : from + ((to - from) * (at - fromMinute)) / (toMinute - fromMinute)
}

function row(part: {
  readonly open: number
  readonly close: number
  readonly wick: number
  readonly decimals: number
  readonly lane: number
  readonly index: number
}): Row {
  const { open, close, wick, decimals, lane, index } = part
  const high = Math.max(open, close) * (1 + wick * uniform(13, lane, 2, index))
  const low = Math.min(open, close) * (1 - wick * uniform(13, lane, 3, index))
  const round = (value: number) => Number(value.toFixed(decimals))
  const volume = Number((50 + 50 * uniform(13, lane, 4, index)).toFixed(2))
  return [round(open), round(high), round(low), round(close), volume]
}
