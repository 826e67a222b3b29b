import type { Db } from '#db/client.ts'
import { shardStates } from '#db/monitor-shards.ts'
import { pausesInForce } from '#db/venue-budgets.ts'
import { type Check, Ill } from './check.ts'

/** A sweep is due every 5 s; after three of them nobody keeps it. */
const latestSweepS = 15

/** Every watched position is looked at in time, and no venue holds the cluster back without anybody knowing. */
export function monitorChecks(db: Db, { monitorShards }: { readonly monitorShards: number }): Check[] {
  return [
    { id: 'monitor', examine: () => sweeps(db, monitorShards) },
    { id: 'limits', examine: () => limits(db) },
  ]
}

async function sweeps(db: Db, shards: number): Promise<string> {
  const states = await shardStates(db, shards)
  const late = states.filter(
    ({ positions, sweptSecondsAgo }) => positions > 0 && (sweptSecondsAgo ?? Infinity) > latestSweepS,
  )
  if (late.length > 0) {
    const positions = late.reduce((sum, state) => sum + state.positions, 0)
    throw new Ill(
      `nobody watches ${positions} positions: shards ${late.map(({ shard }) => shard).join(', ')} are not swept`,
      'npx bullpen worker --queues monitor',
    )
  }
  const missed = states.reduce((sum, state) => sum + state.missedTicks, 0)
  return `${shards} shards, ${missed} ticks missed in all`
}

/** Told, not held against the installation: a venue that takes no requests now takes them later. */
async function limits(db: Db): Promise<string> {
  const pauses = await pausesInForce(db)
  if (pauses.length === 0) return 'every venue takes requests'
  return pauses
    .map(({ place, accountId, forMs, reason }) => {
      const whose = accountId === undefined ? '' : ` of account ${accountId}`
      return `${place} takes none${whose} for another ${Math.ceil(forMs / 1_000)} s (${reason})`
    })
    .join('; ')
}
