import type { JobContext } from '#jobs/context.ts'
import monitorPositions from '#jobs/monitor-positions.ts'
import { readConfig } from '#src/config.ts'
import { openFeeds } from '#src/exchange/feeds.ts'
import { placeOrder } from '#src/orders/place.ts'
import type { OrderResult } from '#src/orders/result.ts'
import { placeOrder as placeOrderJob } from '#src/queue/contracts.ts'
import type { Enqueue } from '#src/queue/enqueue.ts'
import { liveStrategies } from '#src/signals/strategies/live.ts'
import { noAlertDesk } from './alert-desk.ts'
import { type Floor, secretKey } from './floor.ts'
import { workOff } from './hand-work.ts'

/**
 * Lets the monitor look at every position of a floor once, at the prices of now, and everything go its way that follows
 * from it. Returns what became of the orders that it asked for.
 */
export async function watchOnce(floor: Floor): Promise<OrderResult[]> {
  const { desk, database, simulator } = floor
  const results: OrderResult[] = []
  const asked = new Set<string>()
  const enqueue: Enqueue = async (contract, data) => {
    if (contract.name === placeOrderJob.name) asked.add((data as { orderId: string }).orderId)
  }
  const marketNow = () => desk.clock.marketNow()
  const context: JobContext = {
    ...desk,
    config: {
      ...readConfig({ MONITOR_SHARDS: String(desk.config.monitorShards) }),
      databaseUrl: database.url,
      queueUrl: database.url,
      simulatorUrl: simulator.url,
      secretKey,
    },
    enqueue,
    alertDesk: noAlertDesk,
    strategies: liveStrategies(undefined),
    setupFilter: () => ({ weights: undefined }),
    // A feed of its own: it keeps no price of a moment ago.
    feedOf: openFeeds({ simulatorUrl: async () => simulator.url, marketNow, speed: 1 }),
  }
  const { signal } = new AbortController()
  for (let shard = 0; shard < desk.config.monitorShards; shard += 1)
    await monitorPositions.run({ shard }, context, { signal, isRetry: false })
  for (const orderId of asked) results.push(await placeOrder(desk, orderId, { isRetry: false }))
  const living = await database.query<{ id: string }>(
    `select distinct position_id as id from orders where state in ('planned', 'open', 'partially_filled')`,
  )
  for (const { id } of living) await workOff(desk, id)
  return results
}
