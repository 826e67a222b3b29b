import { basename } from 'node:path'
import { UserError } from '../errors.ts'
import { isTimeframe, type Timeframe, timeframeMs } from './timeframe.ts'

/** What a candle file is called: its symbol as BTC/USDT, and its timeframe where the name says it. */
export interface CandleName {
  readonly path: string
  readonly symbol: string
  readonly timeframe?: Timeframe
}

const namePattern = /^(?:[a-z][a-z0-9]*-)?([A-Z0-9]+)-(\d+[mhd])(?:[-_.][^/]*)?\.csv(\.gz)?$/
const fundingPattern = /^(?:[a-z][a-z0-9]*-)?([A-Z0-9]+)-funding(?:[-_.][^/]*)?\.csv$/
const givenPattern = /^([A-Z0-9]+(?:\/[A-Z0-9]+)?)=(.+)$/
const quotes = ['USDT', 'USDC', 'FDUSD', 'BUSD', 'USD', 'EUR', 'BTC', 'ETH', 'BNB']

/**
 * Reads `[<venue>-]<SYMBOL>-<timeframe>[-<from>_<to>].csv[.gz]`, or `SYMBOL=FILE` with the symbol as BTC/USDT or BTCUSDT;
 * then the spacing of the rows is the timeframe. Throws a UserError of one line.
 */
export function candleName(text: string): CandleName {
  const given = givenPattern.exec(text)
  if (given !== null) {
    const [, symbol = '', path = ''] = given
    return { path, symbol: symbolOf(symbol, text) }
  }
  const match = namePattern.exec(basename(text))
  if (match === null)
    throw new UserError(
      `${text}: the name is not <venue>-<SYMBOL>-<timeframe>-<from>[_<to>].csv or .csv.gz (SYMBOL=FILE names the symbol itself)`,
    )
  const [, market = '', timeframe = ''] = match
  const symbol = symbolOf(market, text)
  if (!isTimeframe(timeframe))
    throw new UserError(`${text}: ${timeframe} is not one of ${Object.keys(timeframeMs).join(', ')}`)
  return { path: text, symbol, timeframe }
}

/** Reads `[<venue>-]<SYMBOL>-funding[-<from>_<to>].csv`, or `SYMBOL=FILE`. Throws a UserError of one line. */
export function fundingName(text: string): CandleName {
  const [, symbol, path] = givenPattern.exec(text) ?? []
  if (symbol !== undefined && path !== undefined) return { path, symbol: symbolOf(symbol, text) }
  const [, market] = fundingPattern.exec(basename(text)) ?? []
  if (market === undefined)
    throw new UserError(
      `${text}: the name is not <venue>-<SYMBOL>-funding-<from>_<to>.csv (SYMBOL=FILE names the symbol itself)`,
    )
  return { path: text, symbol: symbolOf(market, text) }
}

/** BTC/USDT of BTCUSDT or of itself. Throws a UserError that begins with `where` when no known quote ends it. */
export function symbolOf(market: string, where: string): string {
  if (market.includes('/')) return market
  const quote = quotes.find((candidate) => market.endsWith(candidate) && market !== candidate)
  if (quote === undefined) throw new UserError(`${where}: no known quote currency ends the symbol ${market}`)
  return `${market.slice(0, -quote.length)}/${quote}`
}
