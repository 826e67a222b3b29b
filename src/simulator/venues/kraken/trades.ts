import { type Call, instrumentOf } from './call.ts'
import { pairOf } from './pair.ts'
import { priceText, secondsOf } from './price-text.ts'

const nanosecondsFrom = 1e15 // `since` is in seconds below, in nanoseconds from here on

/** The tape's last prices as trades of the smallest order each; `last` is where to ask on, in nanoseconds. */
export function recentTrades(call: Call) {
  const { parameters, exchange } = call
  const instrument = instrumentOf(call)
  const count = Math.min(parameters.findInteger('count') ?? 1000, 1000)
  const now = exchange.clock.marketNow()
  const sent = Number(parameters.find('since') ?? 0)
  const since = sent >= nanosecondsFrom ? sent / 1e6 : sent * 1000
  const from = since > 0 ? since : now - count * 1000
  let before = 0
  const trades = [...exchange.tape.pointsBetween(instrument.symbol, from, now)].map(({ time, price }) => {
    const side = price < before ? 's' : 'b'
    before = price
    const volume = instrument.minQuantity.toFixed(8)
    return [priceText(instrument, price), volume, secondsOf(time), side, 'm', '', Math.floor(time / 1000)]
  })
  const shown = since > 0 ? trades.slice(0, count) : trades.slice(-count)
  const lastMs = shown.length > 0 ? Number(shown.at(-1)?.[2]) * 1000 : now
  return { [pairOf(instrument.symbol).id]: shown, last: String(BigInt(Math.floor(lastMs)) * 1_000_000n) }
}
