import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type Candle, isTimeframe, type Timeframe, timeframeMs } from './candle.ts'

/** A file of recorded candles, read and checked. */
export interface CandleFile {
  readonly path: string
  readonly symbol: string
  readonly timeframe: Timeframe
  readonly candles: readonly Candle[]
  readonly priceDecimals: number
  readonly quantityDecimals: number
}

const header = 'time_ms,open,high,low,close,volume'
const namePattern = /^[a-z]+-([A-Z0-9]+)-(\d+[mhd])-[^/]*\.csv(\.gz)?$/
const quotes = ['USDT', 'USDC', 'FDUSD', 'BUSD', 'USD', 'EUR', 'BTC', 'ETH', 'BNB']

/**
 * Reads `<venue>-<SYMBOL>-<timeframe>-<from>[_<to>].csv[.gz]` with the columns time_ms,open,high,low,close,volume.
 * Throws an Error of one line that names the file, the line and what is wrong with it.
 */
export function readCandleFile(path: string): CandleFile {
  const name = basename(path)
  const match = namePattern.exec(name)
  if (match === null) {
    throw new Error(`${path}: the name is not <venue>-<SYMBOL>-<timeframe>-<from>[_<to>].csv or .csv.gz`)
  }
  const [, market = '', timeframe = ''] = match
  const quote = quotes.find((candidate) => market.endsWith(candidate) && market !== candidate)
  if (quote === undefined) throw new Error(`${path}: no known quote currency ends the symbol ${market}`)
  if (!isTimeframe(timeframe)) {
    throw new Error(`${path}: ${timeframe} is not one of ${Object.keys(timeframeMs).join(', ')}`)
  }
  const lines = textOf(path).split(/\r?\n/)
  if (lines[0]?.trim() !== header) throw new Error(`${path}: line 1 is not "${header}"`)
  const candles: Candle[] = []
  let [priceDecimals, quantityDecimals] = [0, 0]
  for (let index = 1; index < lines.length; index++) {
    const line = lines[index] as string
    if (line === '') continue
    const columns = line.split(',')
    const candle = candleOf(columns, `${path}: line ${index + 1}`, timeframeMs[timeframe])
    const before = candles.at(-1)
    if (before !== undefined && candle.time <= before.time) {
      throw new Error(`${path}: line ${index + 1}: time ${candle.time} does not come after ${before.time}`)
    }
    candles.push(candle)
    for (const column of columns.slice(1, 5)) priceDecimals = Math.max(priceDecimals, decimalsOf(column))
    quantityDecimals = Math.max(quantityDecimals, decimalsOf(columns[5] as string))
  }
  if (candles.length === 0) throw new Error(`${path}: no candles`)
  const symbol = `${market.slice(0, -quote.length)}/${quote}`
  return { path, symbol, timeframe, candles, priceDecimals, quantityDecimals }
}

function textOf(path: string): string {
  try {
    const bytes = readFileSync(path)
    return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  } catch (cause) {
    throw new Error(`${path}: cannot be read (${(cause as Error).message})`, { cause })
  }
}

function candleOf(columns: readonly string[], where: string, stepMs: number): Candle {
  if (columns.length !== 6) throw new Error(`${where}: ${columns.length} columns instead of 6`)
  const [time, open, high, low, close, volume] = columns.map((column) => {
    const number = Number(column)
    if (column.trim() === '' || !Number.isFinite(number))
      throw new Error(`${where}: "${column}" is not a number`)
    return number
  }) as [number, number, number, number, number, number]
  if (time % stepMs !== 0) throw new Error(`${where}: time ${time} is not aligned to the timeframe`)
  if (low <= 0 || high < Math.max(open, close) || low > Math.min(open, close) || volume < 0) {
    throw new Error(`${where}: ${columns.slice(1).join(',')} is not a possible candle`)
  }
  return { time, open, high, low, close, volume }
}

/** Digits after the point in a number's text, exponents included. */
function decimalsOf(text: string): number {
  const [digits = '', exponent = '0'] = text.toLowerCase().split('e')
  return Math.max(0, (digits.split('.')[1] ?? '').length - Number(exponent))
}
