import { connect } from '#db/client.ts'
import { type SweepMarket, sweep } from '../monitor/sweep.ts'
import { nowMs } from './child.ts'
import { type Contest, inTurn } from './contest.ts'
import type { Measure } from './row.ts'
import { quantile } from './statistics.ts'
import { openFlatPositions } from './sweep-floor.ts'
import { openedAtMs, pricesOf, seedPositions } from './sweep-positions.ts'

/** How many positions are open, and how many sweeps each side makes in a round. */
export interface SweepSize {
  readonly positions: number
  readonly sweeps: number
}

const usualFloor: Readonly<Record<number, readonly [number, number]>> = {
  10000: [16, 27],
  100000: [129, 181],
}

/** One sweep over every open position, none of them in RAM, beside reading, judging and writing bare rows. */
export function monitorSweep({ positions, sweeps }: SweepSize): Contest {
  const id = `6-sweep-${positions}`
  const usual = usualFloor[positions]
  const measure: Measure = {
    id,
    metric: `monitor sweep of ${positions.toLocaleString('en')} open positions, cold, p50, ms`,
    goal: { of: 'ratio', bound: 'at most', value: 1.75 },
    ...(usual && { usualFloor: usual }),
  }
  return {
    goal: '6',
    title: 'monitor sweep',
    measures: [measure],
    async open(ground, closing) {
      const { url } = await ground.postgres()
      await seedPositions(url, positions)
      const db = closing.adopt(connect(url, 'bullpen_worker', { max: 2 }), (each) => each.destroy())
      const flat = await openFlatPositions(url, positions, closing)
      let step = 0
      const side = async (once: (prices: ReadonlyMap<string, number>) => Promise<unknown>) => {
        const times: number[] = []
        for (let i = 0; i < sweeps; i++) {
          const prices = pricesOf(step++)
          const beganMs = nowMs()
          await once(prices)
          times.push(nowMs() - beganMs)
        }
        return { [id]: quantile(times, 0.5) }
      }
      return inTurn(
        () => side(flat.sweep),
        () => side((prices) => sweepOurs(db, prices, positions)),
      )
    },
  }
}

async function sweepOurs(
  db: ReturnType<typeof connect>,
  prices: ReadonlyMap<string, number>,
  positions: number,
): Promise<void> {
  const market: SweepMarket = {
    prices: async () => prices,
    reading: () => Promise.reject(new Error('every position has been re-evaluated at the last close')),
    candles: () => Promise.reject(new Error('no position asks SmartExit')),
  }
  const { evaluated, due, unread } = await sweep(db, 0, market, openedAtMs + 60_000)
  if (evaluated !== positions || due.length > 0 || unread > 0)
    throw new Error(`a sweep evaluated ${evaluated} of ${positions}, ${due.length} due, ${unread} unread`)
}
