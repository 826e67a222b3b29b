import type { Exchange } from '../../../core/exchange.ts'
import type { Instrument } from '../../../core/instrument.ts'
import { type Subscription, stamp } from './message.ts'

const snapshotMs = 50_000 // of the tape, a trade each second

/** The channel `trade`: every price of the tape as a trade of the smallest order. */
export function tradeChannel(exchange: Exchange, instrument: Instrument): Subscription {
  const about = { market: instrument.market, symbol: instrument.symbol }
  let seenUntil = exchange.clock.marketNow() - snapshotMs
  let before = 0
  const told = () => {
    const now = exchange.clock.marketNow()
    const rows = [...exchange.tape.pointsBetween(instrument.symbol, seenUntil, now)].map(
      ({ time, price }) => {
        const side = price < before ? 'sell' : 'buy'
        before = price
        return {
          symbol: instrument.symbol,
          side,
          price,
          qty: instrument.minQuantity.toNumber(),
          ord_type: 'market',
          trade_id: Math.floor(time / 1000),
          timestamp: stamp(time),
        }
      },
    )
    seenUntil = now
    return rows.length === 0 ? [] : [{ rows, about }]
  }
  return { channel: 'trade', snapshot: told, next: told, stop: () => {} }
}
