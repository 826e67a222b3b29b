import type { Instrument, Market } from '../../core/instrument.ts'
import { type Call, instrumentOf } from './call.ts'
import { priceText } from './price-text.ts'

/** The tape's last prices as trades of one lot step each. */
export function recentTrades(call: Call, market: Market) {
  const instrument = instrumentOf(call, market)
  const now = call.exchange.clock.marketNow()
  const limit = Math.min(call.parameters.findInteger('limit') ?? 500, 1000)
  return printsOf(call, instrument, now - limit * 1000, now)
    .slice(-limit)
    .map(({ id, price, time, isFalling }) => ({
      id,
      price: priceText(instrument, price),
      qty: instrument.step.toString(),
      quoteQty: (price * instrument.step.toNumber()).toFixed(8),
      time,
      isBuyerMaker: isFalling,
      isBestMatch: true,
    }))
}

/** The same, from a time on or up to one. */
export function aggregateTrades(call: Call, market: Market) {
  const instrument = instrumentOf(call, market)
  const { parameters, exchange } = call
  const now = exchange.clock.marketNow()
  const limit = Math.min(parameters.findInteger('limit') ?? 500, 1000)
  const to = Math.min(parameters.findInteger('endTime') ?? now, now)
  const from = parameters.findInteger('startTime')
  const prints = printsOf(call, instrument, (from ?? to - limit * 1000) - 1, to)
  return (from === undefined ? prints.slice(-limit) : prints.slice(0, limit)).map(
    ({ id, price, time, isFalling }) => ({
      a: id,
      p: priceText(instrument, price),
      q: instrument.step.toString(),
      f: id,
      l: id,
      T: time,
      m: isFalling,
      M: true,
    }),
  )
}

/** A price of the tape as a trade of one lot step. */
export interface Print {
  readonly id: number
  readonly price: number
  readonly time: number
  readonly isFalling: boolean // the seller took
}

/** The prints after one market time up to another. */
export function printsOf(
  { exchange }: Pick<Call, 'exchange'>,
  instrument: Instrument,
  fromMs: number,
  toMs: number,
): Print[] {
  let before = 0
  return [...exchange.tape.pointsBetween(instrument.symbol, fromMs, toMs)].map(({ time, price }) => {
    const isFalling = price < before
    before = price
    return { id: Math.floor(time / 1000), price, time, isFalling }
  })
}
