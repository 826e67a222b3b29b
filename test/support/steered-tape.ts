import { setTimeout as sleep } from 'node:timers/promises'
import type { OrderDesk } from '#src/orders/order-desk.ts'
import { syntheticTape } from '#src/simulator/tape/synthetic.ts'
import type { Tape } from '#src/simulator/tape/tape.ts'

/** A tape on which the test says what things cost; what it does not name goes its own way. */
export interface SteeredTape extends Tape {
  /** From now on, by the tape's symbol ('ETH/USDT', on futures too). */
  steer(symbol: string, price: number): void
}

/** A synthetic tape whose prices a test can set. */
export function steeredTape(): SteeredTape {
  const tape = syntheticTape(7, Date.now())
  const steered = new Map<string, number>()
  return Object.assign(Object.create(tape) as Tape, {
    priceAt: (symbol: string, marketMs: number) => steered.get(symbol) ?? tape.priceAt(symbol, marketMs),
    *pointsBetween(symbol: string, afterMs: number, untilMs: number) {
      const price = steered.get(symbol)
      if (price === undefined) yield* tape.pointsBetween(symbol, afterMs, untilMs)
      else yield { time: untilMs, price }
    },
    steer: (symbol: string, price: number) => void steered.set(symbol, price),
  })
}

/** Steers a pair's price, and waits until those who keep prices for a second have seen it. */
export async function steerSeen(
  tape: SteeredTape,
  desk: OrderDesk,
  symbol: string,
  price: number,
): Promise<void> {
  tape.steer(symbol, price)
  for (const market of ['spot', 'futures'] as const) {
    const feed = desk.feedOf({ exchange: 'binance', market, mode: 'paper' })
    const name = market === 'spot' ? symbol : `${symbol}:USDT`
    while ((await feed.prices()).get(name) !== price) await sleep(50)
  }
}
