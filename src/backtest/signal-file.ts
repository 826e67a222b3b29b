import { readFileSync } from 'node:fs'
import { symbolOf } from '../candles/candle-name.ts'
import { messageOf, UserError } from '../errors.ts'
import type { FileSignal } from './signal-origin.ts'

const required = ['time_ms', 'symbol', 'action', 'confidence'] as const
const optional = ['stop_loss', 'take_profit'] as const

/**
 * Reads a signal file: a header, then `time_ms,symbol,action,confidence,stop_loss,take_profit`, in any order of columns, in
 * time order. The symbol is BTC/USDT or BTCUSDT; the two prices may be empty or missing. A row belongs to the candle in which
 * its time lies, and is acted on at the open of the next. Throws a UserError of one line that names the row and the rule.
 */
export function readSignals(path: string, symbols: readonly string[]): FileSignal[] {
  const lines = textOf(path).split(/\r?\n/)
  const places = placesOf(path, lines[0] ?? '')
  const signals: FileSignal[] = []
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === '') continue
    const where = `${path}: line ${index + 1}`
    const columns = line.split(',').map((column) => column.trim())
    const signal = signalOf(where, (name) => columns[places.get(name) ?? -1] ?? '')
    if (!symbols.includes(signal.symbol))
      throw new UserError(`${where}: there are no candles of ${signal.symbol}, only of ${symbols.join(', ')}`)
    const last = signals.at(-1)
    if (last !== undefined && signal.timeMs < last.timeMs)
      throw new UserError(`${where}: time ${signal.timeMs} comes before ${last.timeMs}, the row before it`)
    signals.push(signal)
  }
  if (signals.length === 0) throw new UserError(`${path}: no signals`)
  return signals
}

function placesOf(path: string, header: string): Map<string, number> {
  const names = header.split(',').map((name) => name.trim())
  const known: readonly string[] = [...required, ...optional]
  const unknown = names.find((name) => !known.includes(name))
  const missing = required.find((name) => !names.includes(name))
  if (unknown !== undefined || missing !== undefined)
    throw new UserError(
      `${path}: line 1 ${missing === undefined ? `has "${unknown}"` : `lacks ${missing}`}; the columns are ${known.join(',')}`,
    )
  return new Map(names.map((name, place) => [name, place]))
}

function signalOf(where: string, column: (name: string) => string): FileSignal {
  const refuse = (name: string, rule: string): never => {
    throw new UserError(`${where}: ${name} "${column(name)}" is not ${rule}`)
  }
  const numberOf = (name: string) => (column(name) === '' ? Number.NaN : Number(column(name)))
  const timeMs = numberOf('time_ms')
  if (!Number.isSafeInteger(timeMs) || timeMs < 0) refuse('time_ms', 'a time in milliseconds since 1970')
  const market = column('symbol').toUpperCase()
  if (!/^[A-Z0-9]+(\/[A-Z0-9]+)?$/.test(market)) refuse('symbol', 'a pair such as BTC/USDT')
  const action = column('action').toUpperCase()
  if (action !== 'BUY' && action !== 'SELL' && action !== 'HOLD') refuse('action', 'BUY, SELL or HOLD')
  const confidence = numberOf('confidence')
  if (!(confidence >= 0 && confidence <= 1)) refuse('confidence', 'between 0 and 1')
  const [stopLoss, takeProfit] = optional.map((name) => {
    const price = numberOf(name)
    if (column(name) !== '' && !(price > 0 && Number.isFinite(price))) refuse(name, 'a price above 0')
    return price
  }) as [number, number]
  return {
    timeMs,
    symbol: symbolOf(market, where),
    action: action as FileSignal['action'],
    confidence,
    ...(Number.isNaN(stopLoss) ? {} : { stopLoss }),
    ...(Number.isNaN(takeProfit) ? {} : { takeProfit }),
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UserError(`${path}: cannot be read (${messageOf(error)})`, { cause: error })
  }
}
