import { backtests } from './backtest.ts'
import type { Contest } from './contest.ts'
import { exitEvaluation } from './exit-evaluation.ts'
import { firstStart } from './first-start.ts'
import { keyMemory } from './key-memory.ts'
import { livePage } from './live-page.ts'
import { queueHop } from './queue-hop.ts'
import { simulatorOrders } from './simulator-orders.ts'
import { monitorSweep } from './sweep.ts'
import { throughput } from './throughput.ts'

/** Every contest, in the order of the goals; `isLong` takes the sizes that need minutes. */
export function contests({ isLong }: { readonly isLong: boolean }): readonly Contest[] {
  const hops = { jobs: 250, pauseMs: 8 }
  return [
    throughput('redis', { jobs: 60_000, concurrency: 32 }),
    throughput('postgres', { jobs: 6_000, concurrency: 32 }),
    queueHop('redis', hops),
    queueHop('postgres', hops),
    monitorSweep({ positions: isLong ? 100_000 : 10_000, sweeps: 7 }),
    exitEvaluation({ positions: 100_000, symbols: 500, sweeps: 60 }, 1_000_000),
    keyMemory({ accounts: [50, 1_000], symbols: 3_000 }),
    backtests(500_000),
    firstStart(),
    simulatorOrders({ orders: 5_000, inFlight: 16 }),
    livePage({ positions: 200, updates: 50, seconds: 10 }),
  ]
}
