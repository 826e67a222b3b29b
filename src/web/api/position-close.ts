import { z } from 'zod'
import { recordAudit } from '#db/audit.ts'
import { askToClose } from '#db/close-requests.ts'
import { noSuch } from '../problem.ts'
import { idOf, instant } from './fields.ts'
import { closed } from './position-detail.ts'
import { route } from './route.ts'

const closing = z
  .object({
    positionId: z.uuid(),
    /** False when it was asked for already: nothing is closed twice. */
    isNew: z.boolean(),
    askedAt: instant,
    /** Why it is not over yet; null before a worker's first step. */
    waitsFor: z.string().nullable(),
  })
  .meta({ id: 'Closing' })

/**
 * Asks for one position to be closed at the market. The wish is in the database when this has answered, and workers see to it
 * within a second, whether the queue is there or not.
 */
export const closePosition = route({
  method: 'post',
  path: '/positions/:id/close',
  summary:
    'Closes a position at the market and takes back what rests of it; asking again closes nothing twice.',
  scope: 'trade',
  status: 202,
  params: idOf('position'),
  body: z.strictObject({}).optional(),
  answer: closing,
  async handle({ db, user, params: { id } }) {
    const found = await db
      .selectFrom('positions')
      .select(['state', 'symbol'])
      .where('id', '=', id)
      .executeTakeFirst()
    if (!found) throw noSuch('position', id, '/positions')
    if (found.state === 'closed' || found.state === 'void') throw closed(id)
    const { request, isNew } = await askToClose(db, { userId: user.id, positionId: id, askedBy: user.email })
    await recordAudit(db, {
      userId: user.id,
      actor: user.email,
      action: isNew ? 'position.close' : 'position.close-again',
      target: `position ${id}`,
      details: { symbol: found.symbol },
    })
    return { positionId: id, isNew, askedAt: request.askedAt.toISOString(), waitsFor: request.waitsFor }
  },
})
