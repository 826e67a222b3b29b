import { z } from 'zod'
import type { Db } from '#db/client.ts'
import { Decimal } from '../../domain/decimal.ts'
import { onTick, type Room, type Steered, stopRoom, targetRoom } from '../../domain/exits/steer.ts'
import { directionOf, type Side } from '../../domain/side.ts'

/** A position under watch, as a person sees and steers it. */
export interface WatchedSteering {
  readonly shard: number
  readonly bestPrice: string
  readonly stopLoss: string | null
  readonly takeProfit: string | null
  readonly isTargetOwn: boolean
  readonly levels: readonly { level: number; price: string; fraction: number; isTaken: boolean }[]
  readonly timeExitAt: string | null
  /** Undefined before the first price. */
  readonly steered: Steered | undefined
}

/** What is read of the rules that a position was opened with. */
const storedRules = z.object({
  tick: z.object({ units: z.number(), scale: z.number() }).nullable().default(null),
  partials: z.array(z.object({ profit: z.number(), fraction: z.number() })).default([]),
  timeExitMs: z.number().nullable().default(null),
})

/** The watch over a position, locked until the transaction ends when it is to be changed; undefined when there is none. */
export async function readSteered(
  db: Db,
  positionId: string,
  { forUpdate = false } = {},
): Promise<WatchedSteering | undefined> {
  let query = db
    .selectFrom('monitored_positions as watch')
    .innerJoin('positions as position', 'position.id', 'watch.position_id')
    .selectAll('watch')
    .select(['position.side', 'position.opened_at'])
    .where('watch.position_id', '=', positionId)
    .where('watch.is_active', '=', true)
  if (forUpdate) query = query.forNoKeyUpdate('watch')
  const row = await query.executeTakeFirst()
  if (!row) return undefined
  const { tick, partials, timeExitMs } = storedRules
    .catch({ tick: null, partials: [], timeExitMs: null })
    .parse(row.rules)
  const side = row.side as Side
  const entryPrice = Number(row.entry_price)
  const steered =
    row.last_price === null
      ? undefined
      : {
          side,
          entryPrice,
          tick,
          lastPrice: Number(row.last_price),
          stopLoss: numberOrNull(row.stop_loss),
          trailingStop: numberOrNull(row.trailing_sl),
        }
  return {
    shard: row.shard,
    bestPrice: row.best_price,
    stopLoss: row.stop_loss,
    takeProfit: row.take_profit,
    isTargetOwn: row.is_target_own,
    levels: partials.map(({ profit, fraction }, index) => ({
      level: index + 1,
      price: text(onTick(entryPrice * (1 + directionOf(side) * profit), { tick })),
      fraction,
      isTaken: row.taken_levels.includes(index + 1),
    })),
    timeExitAt:
      timeExitMs === null || row.opened_at === null
        ? null
        : new Date(row.opened_at.getTime() + timeExitMs).toISOString(),
    steered,
  }
}

/** Where stop and target may be put, as answers. */
export function roomOf(watch: WatchedSteering | undefined) {
  const steered = watch?.steered
  return {
    stopRoom: steered ? toRoom(stopRoom(steered)) : null,
    targetRoom: steered ? toRoom(targetRoom(steered)) : null,
  }
}

/** A price as decimal text: fifteen digits are all that a double of it holds. */
export function text(price: number): string {
  return new Decimal(Number(price.toPrecision(15))).toFixed()
}

function toRoom(room: Room | null) {
  return room && { from: text(room.from), to: text(room.to) }
}

function numberOrNull(value: string | null): number | null {
  return value === null ? null : Number(value)
}
