import { z } from 'zod'
import { recordAudit } from '#db/audit.ts'
import { type Steering, steerPosition } from '#db/steering.ts'
import {
  hasRoomFor,
  onTick,
  type Room,
  type Steered,
  stopRoom,
  targetRoom,
} from '../../domain/exits/steer.ts'
import { monitorPositions } from '../../queue/contracts.ts'
import type { Enqueue } from '../../queue/enqueue.ts'
import { noSuch, Problem } from '../problem.ts'
import { decimal, idOf, price } from './fields.ts'
import { marketNow } from './market-time.ts'
import { closed } from './position-detail.ts'
import { route } from './route.ts'
import { readSteered, text } from './steered.ts'

const wish = z
  .strictObject(
    {
      stopLoss: price.optional(),
      /** A price, or null to let re-evaluations move the target again. */
      takeProfit: price.nullable().optional(),
    },
    'must be an object with stopLoss or takeProfit',
  )
  .refine(
    ({ stopLoss, takeProfit }) => stopLoss !== undefined || takeProfit !== undefined,
    'must name stopLoss or takeProfit',
  )

const changed = z
  .object({
    positionId: z.uuid(),
    stopLoss: decimal.nullable(),
    takeProfit: decimal.nullable(),
    isTargetOwn: z.boolean(),
  })
  .meta({ id: 'PositionChange' })

/** Tightens the stop and sets the target. What rests at the venue follows within seconds: the monitor moves it. */
export function changePosition(enqueue: Enqueue) {
  return route({
    method: 'patch',
    path: '/positions/:id',
    summary: 'Tightens the stop of a position, sets its target, or lets its target move by itself again.',
    scope: 'trade',
    params: idOf('position'),
    body: wish,
    answer: changed,
    async handle({ db, user, market, params: { id }, body, afterCommit }) {
      const found = await db.selectFrom('positions').select('state').where('id', '=', id).executeTakeFirst()
      if (!found) throw noSuch('position', id, '/positions')
      if (found.state === 'closed' || found.state === 'void') throw closed(id)
      const watch = await readSteered(db, id, { forUpdate: true })
      if (found.state !== 'open' || !watch?.steered) throw notNow(found.state)
      const steering = judge(watch.steered, body)
      const marketAt = (await marketNow(db, market)) ?? new Date()
      const who = { userId: user.id, positionId: id, by: user.email, marketAt }
      await steerPosition(db, who, watch, steering)
      await recordAudit(db, {
        userId: user.id,
        actor: user.email,
        action: 'position.adjust',
        target: `position ${id}`,
        details: steering,
      })
      afterCommit(() => enqueue(monitorPositions, { shard: watch.shard }))
      const { stopLoss, takeProfit, isTargetOwn } = { ...watch, ...steering }
      return { positionId: id, stopLoss, takeProfit, isTargetOwn }
    },
  })
}

/** What the wish comes to, on the symbol's tick. Throws a Problem when a price lies where it may not. */
function judge(steered: Steered, { stopLoss, takeProfit }: z.infer<typeof wish>): Steering {
  return {
    ...(stopLoss !== undefined && { stopLoss: placed('stopLoss', stopLoss, steered) }),
    ...(takeProfit === null && { isTargetOwn: false }),
    ...(typeof takeProfit === 'string' && {
      takeProfit: placed('takeProfit', takeProfit, steered),
      isTargetOwn: true,
    }),
  }
}

function placed(field: 'stopLoss' | 'takeProfit', wanted: string, steered: Steered): string {
  const room = field === 'stopLoss' ? stopRoom(steered) : targetRoom(steered)
  const onItsTick = onTick(Number(wanted), steered)
  if (!hasRoomFor(room, onItsTick)) throw outOfRoom(field, wanted, room)
  return text(onItsTick)
}

function outOfRoom(field: 'stopLoss' | 'takeProfit', wanted: string, room: Room | null): Problem {
  const why =
    field === 'stopLoss'
      ? 'a stop only tightens, and stays before the last price'
      : 'a target lies beyond the last price, and not absurdly far'
  const rule = room
    ? `must lie between ${text(room.from)} and ${text(room.to)}: ${why}`
    : `cannot be moved now: ${why}`
  return new Problem(422, 'out-of-bounds', `${field} ${wanted} ${rule}.`, {
    advice: 'Choose a price within the bounds, or close the position.',
    errors: [{ field, rule }],
  })
}

function notNow(state: string): Problem {
  const why =
    state === 'open' ? 'there is no price of it yet' : `it is ${state === 'stray' ? 'being closed' : state}`
  return new Problem(409, 'not-adjustable', `The position cannot be adjusted now: ${why}.`, {
    advice: 'Try again in a few seconds; a position that is closing needs no stop.',
  })
}
