import type { Db } from '#db/client.ts'
import {
  type Figure,
  haltsInForce,
  livingOrders,
  missedTicks,
  openAlarms,
  openPositions,
  recentAlerts,
  unprotected,
} from '#db/cluster-figures.ts'
import { pausesInForce } from '#db/venue-budgets.ts'
import { readGauge } from '#src/metrics.ts'
import type { Queues } from '#src/queue/queues.ts'

/**
 * Measures the whole cluster at each question: what waits in the queues, positions, orders, protection, alerts, halts,
 * pauses. The maintenance workers tell it, so that no other process asks the database for it; where several do, any one's
 * word is everyone's.
 */
export function tellCluster(db: Db, queues: Queues): void {
  gaugeOf(
    'bullpen_open_positions',
    'Positions that live, by exchange and market',
    ['exchange', 'market'],
    () => openPositions(db),
  )
  gaugeOf('bullpen_orders', 'Orders that have not ended, by exchange and state', ['exchange', 'state'], () =>
    livingOrders(db),
  )
  gaugeOf(
    'bullpen_unprotected_positions',
    'Positions that nothing protects, by kind of gap',
    ['kind'],
    async () =>
      (await unprotected(db)).map(({ kind, positions }) => ({ labels: { kind }, value: positions })),
  )
  gaugeOf(
    'bullpen_unprotected_seconds',
    'For how long the longest gap that is open has stood, by kind',
    ['kind'],
    async () =>
      (await unprotected(db)).map(({ kind, longestSeconds }) => ({
        labels: { kind },
        value: longestSeconds,
      })),
  )
  gaugeOf(
    'bullpen_alerts',
    'Alerts of the last hour, repeats counted, by kind and severity',
    ['kind', 'severity'],
    () => recentAlerts(db),
  )
  gaugeOf('bullpen_open_alarms', 'Critical alerts that nobody has acknowledged', [], async () => [
    { labels: {}, value: await openAlarms(db) },
  ])
  gaugeOf(
    'bullpen_missed_ticks',
    'Ticks of the monitor that did not come, by shard, since it exists',
    ['shard'],
    () => missedTicks(db),
  )
  gaugeOf('bullpen_halts', 'Halts in force, by scope and mode', ['scope', 'mode'], () => haltsInForce(db))
  gaugeOf(
    'bullpen_venue_pause_seconds',
    'For how long a venue takes no requests still, by place',
    ['place'],
    async () =>
      (await pausesInForce(db))
        .filter(({ accountId }) => accountId === undefined)
        .map(({ place, forMs }) => ({ labels: { place }, value: forMs / 1_000 })),
  )
  gaugeOf('bullpen_queue_jobs', 'Jobs, by queue and state', ['queue', 'state'], async () =>
    (await Promise.all(queues.all().map(countJobs))).flat(),
  )
  gaugeOf(
    'bullpen_queue_oldest_seconds',
    'How long the oldest job that waits has waited, by queue',
    ['queue'],
    () =>
      Promise.all(
        queues.all().map(async (queue) => {
          const [oldest] = await queue.getJobs(['waiting', 'prioritized'], 0, 0, true)
          const seconds = oldest
            ? Math.max(0, Date.now() - oldest.timestamp - (oldest.delay ?? 0)) / 1_000
            : 0
          return { labels: { queue: queue.name }, value: seconds }
        }),
      ),
  )
}

/** A gauge that tells what is found and nothing else; a store that does not answer leaves its series out. */
function gaugeOf<L extends string>(
  name: `bullpen_${string}`,
  help: string,
  labelNames: readonly L[],
  find: () => Promise<readonly Figure<L>[]>,
): void {
  readGauge({ name, help, labelNames }, async (set) => {
    for (const { labels, value } of await find()) set(labels, value)
  })
}

async function countJobs(queue: ReturnType<Queues['all']>[number]): Promise<Figure<'queue' | 'state'>[]> {
  const counts = await queue.getJobCounts('waiting', 'prioritized', 'active', 'delayed', 'failed')
  return Object.entries(counts).map(([state, value]) => ({ labels: { queue: queue.name, state }, value }))
}
