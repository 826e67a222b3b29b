import { lateShards, type ShardPlan } from '#db/monitor-shards.ts'
import { takeWakes } from '#db/order-wakes.ts'
import { takeTurn } from '#db/turn.ts'
import { cancelOrder } from '#src/orders/cancel.ts'
import { placeOrder } from '#src/orders/place.ts'
import { resolveOrder } from '#src/orders/resolve.ts'
import { attend } from './attend.ts'
import type { JobContext } from './context.ts'
import monitorPositions from './monitor-positions.ts'

/** Advisory locks of the monitor's shards; the number says MONI. */
const shardLocks = 0x4d4f4e49
const quietMs = 4_000
const shardsAtOnce = 2

/** How the monitor's shards are swept, by the schedule of its job. */
export async function shardPlan(context: JobContext): Promise<ShardPlan> {
  const items = (await monitorPositions.schedule?.(context)) ?? []
  return { shards: items.length, everyMs: items[0]?.everyMs ?? 0 }
}

/** Sweeps the shards that nobody has swept in time, each by one worker of the cluster at a time. */
export async function sweepLateShards(context: JobContext, signal: AbortSignal): Promise<void> {
  const { shards, everyMs } = await shardPlan(context)
  // Timers of several workers do not tick together: what was swept a moment ago is not swept again.
  const late = await lateShards(context.db, { shards, everyMs: everyMs * 0.7 })
  for (let from = 0; from < late.length && !signal.aborted; from += shardsAtOnce)
    await Promise.all(
      late.slice(from, from + shardsAtOnce).map((shard) =>
        context.db.transaction().execute(async (lock) => {
          if (await takeTurn(lock, shardLocks, shard))
            await monitorPositions.run({ shard }, context, { signal, isRetry: false })
        }),
      ),
    )
}

/**
 * Takes the next order of an exchange that may not wait for the queue: an exit or a stop that is planned, one that is to
 * be taken back, or one that was sent and whose end is not known. Returns what is to be done with it, or undefined when there is none.
 */
export async function nextWithoutQueue(
  context: JobContext,
  exchange: string,
): Promise<(() => Promise<unknown>) | undefined> {
  const [order] = await takeWakes(context.db, { quietMs, limit: 1, exchange })
  if (!order) return undefined
  const look = () => {
    if (order.state === 'planned') return placeOrder(context, order.id, { isRetry: false })
    return order.wantsCancel ? cancelOrder(context, order.id) : resolveOrder(context, order.id)
  }
  return () => attend(order.id, context, look)
}
