import { z } from 'zod'
import { latestCloseRequest } from '#db/close-requests.ts'
import { noSuch, Problem } from '../problem.ts'
import { decimal, idOf, instant } from './fields.ts'
import { openPositions, position } from './positions.ts'
import { route } from './route.ts'
import { readSteered, roomOf } from './steered.ts'
import { stopChange, stopChangesOf } from './stop-changes.ts'

const room = z
  .object({ from: decimal, to: decimal })
  .nullable()
  .meta({ description: 'Prices that are allowed, both ends included; null when there is no room.' })

const detail = position
  .extend({
    /** What its entry was planned with. */
    plannedStopLoss: decimal.nullable(),
    plannedTakeProfit: decimal.nullable(),
    /** Best price since the entry; the trailing stop follows it. */
    bestPrice: decimal.nullable(),
    /** The levels at which parts are sold, as ratios of profit and of what remains. */
    levels: z.array(z.object({ level: z.int(), price: decimal, fraction: z.number(), isTaken: z.boolean() })),
    /** When it is closed whatever the price does; market time. */
    timeExitAt: instant.nullable(),
    /** The user set the target: re-evaluations leave it alone. */
    isTargetOwn: z.boolean(),
    /** Where the user may put stop and target now. */
    stopRoom: room,
    targetRoom: room,
    changes: z.array(stopChange),
    /** The user's wish to close it, and why it is not over yet. */
    closing: z.object({ askedAt: instant, askedBy: z.string(), waitsFor: z.string().nullable() }).nullable(),
  })
  .meta({
    id: 'PositionDetail',
    description: 'An open position with its levels, its bounds and how its stops moved.',
  })
export type PositionDetail = z.infer<typeof detail>

/** One open position. */
export const getPosition = route({
  method: 'get',
  path: '/positions/:id',
  summary: 'An open position with its levels, how its stop moved, and where stop and target may be put.',
  params: idOf('position'),
  answer: detail,
  async handle({ db, params: { id } }) {
    const state = await db
      .selectFrom('positions')
      .select(['state', 'stop_loss', 'take_profit'])
      .where('id', '=', id)
      .executeTakeFirst()
    if (!state) throw noSuch('position', id, '/positions')
    const [found] = await openPositions(db, { positionId: id })
    if (!found) throw closed(id)
    const watch = await readSteered(db, id)
    const asked = await latestCloseRequest(db, id)
    return {
      ...found,
      plannedStopLoss: state.stop_loss,
      plannedTakeProfit: state.take_profit,
      bestPrice: watch?.bestPrice ?? null,
      levels: [...(watch?.levels ?? [])],
      timeExitAt: watch?.timeExitAt ?? null,
      isTargetOwn: watch?.isTargetOwn ?? false,
      ...roomOf(watch),
      changes: await stopChangesOf(db, id),
      closing:
        asked && asked.endedAt === null
          ? { askedAt: asked.askedAt.toISOString(), askedBy: asked.askedBy, waitsFor: asked.waitsFor }
          : null,
    }
  },
})

/** What is over can be read and not changed. */
export function closed(id: string): Problem {
  return new Problem(410, 'position-closed', `Position ${id} is closed.`, {
    advice: `Its story is at /api/v1/positions/${id}/story.`,
  })
}
