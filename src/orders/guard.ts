import type { Db } from '#db/client.ts'
import { lockPosition } from '#db/positions.ts'
import { reviewGaps, type Unprotected, withoutStop } from '#db/protection-gaps.ts'
import { type GuardedPosition, guardedPositions } from '#db/stops.ts'
import { changeStops, wantedStop } from '../domain/exits/resting-stop.ts'
import { raiseAlarm } from './alarm.ts'
import { crashpoint } from './crashpoint.ts'
import type { OrderDesk } from './order-desk.ts'
import { planExit } from './plan.ts'
import { protectPosition } from './protect.ts'

/** From so long without its stop a position is being closed. */
const emergencyAfterMs = 10_000

/**
 * Guards the positions of a shard that need a resting stop: moves stops that the evaluation tightened, arms again what has
 * lost its stop, and closes what has stood without one for 10 s, or is a stray. Returns the positions for which something
 * was planned, to be woken. Needs no price and no venue.
 */
export async function guardShard(desk: OrderDesk, shard: number): Promise<string[]> {
  const changed: string[] = []
  const guarded = await guardedPositions(desk.db, shard)
  for (const position of guarded) {
    if (position.isStray && !position.isExiting && (await leaveAtOnce(desk, position)))
      changed.push(position.positionId)
    if (!needsChange(position)) continue
    await protectNow(desk, position.positionId)
    crashpoint('planned-not-woken')
    changed.push(position.positionId)
  }
  await reviewGaps(desk.db, { shard })
  return [...changed, ...(await closeAll(desk, await withoutStop(desk.db, emergencyAfterMs, shard)))]
}

/**
 * Closes what has stood without its stop for 10 s, wherever it is watched: between two looks of its shard half as long
 * again would pass. Returns the positions for which an exit was planned, to be woken. Needs no price, no venue and no queue.
 */
export async function closeUnprotected(desk: OrderDesk): Promise<string[]> {
  const found = await withoutStop(desk.db, emergencyAfterMs)
  for (const { positionId } of found) await reviewGaps(desk.db, { positionId })
  return found.length === 0 ? [] : closeAll(desk, await withoutStop(desk.db, emergencyAfterMs))
}

async function closeAll(desk: OrderDesk, unprotected: readonly Unprotected[]): Promise<string[]> {
  const changed: string[] = []
  for (const { forMs, ...position } of unprotected) {
    const tell = (tx: Db) =>
      raiseAlarm(
        { ...desk, db: tx },
        {
          event: 'unprotected',
          userId: position.userId,
          accountId: position.accountId,
          positionId: position.positionId,
          symbol: position.symbol,
          target: position.positionId,
          text: `no stop rests on ${position.symbol} for ${Math.round(forMs / 1_000)} s: it is being closed`,
        },
      )
    if (await leaveAtOnce(desk, position, tell)) changed.push(position.positionId)
  }
  return changed
}

function needsChange(position: GuardedPosition): boolean {
  const { side, rules, isDeclined, isExiting, stops } = position
  const wanted = isDeclined ? undefined : wantedStop(position, rules)
  const { place, cancel, abandon } = changeStops(side, wanted, stops, isExiting)
  return place !== undefined || cancel.length > 0 || abandon.length > 0
}

/** Looks again under the position's lock, where nobody else changes it meanwhile. */
async function protectNow({ db, keys, workerId }: OrderDesk, positionId: string): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await protectPosition(tx, await lockPosition(tx, positionId), { actor: workerId, keys })
  })
}

async function leaveAtOnce(
  { db, keys, workerId }: OrderDesk,
  { positionId, price }: Pick<GuardedPosition, 'positionId' | 'price'>,
  told?: (tx: Db) => Promise<void>,
): Promise<boolean> {
  const wish = { positionId, quantity: 'all', slots: ['close'], reason: 'emergency', price } as const
  const orderId = await db.transaction().execute(async (tx) => {
    const planned = await planExit(tx, keys, { ...wish, actor: workerId })
    if (planned !== undefined) await told?.(tx)
    return planned
  })
  crashpoint('planned-not-woken')
  return orderId !== undefined
}
