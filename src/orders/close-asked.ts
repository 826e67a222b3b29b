import { noteClosing, takeCloseRequests } from '#db/close-requests.ts'
import { messageOf } from '../errors.ts'
import { closePosition, type Wake } from './close-position.ts'
import type { OrderDesk } from './order-desk.ts'

/** A wish is looked at again after so long, by whichever worker comes first. */
const quietMs = 1_000

/**
 * Advances every close of one position that somebody asked for by one step. Each step reads what is there and does what is
 * missing, so it may be repeated, interrupted and shared between workers; nothing of it rests on the queue.
 */
export async function advanceCloseRequests(desk: OrderDesk, wake: Wake): Promise<void> {
  const requests = await takeCloseRequests(desk.db, quietMs)
  await Promise.all(
    requests.map(async ({ id, positionId }) => {
      await noteClosing(desk.db, id, await stepOf(desk, positionId, wake))
    }),
  )
}

/** What a step waits for; a failure is such a thing, and stops no other position. */
async function stepOf(desk: OrderDesk, positionId: string, wake: Wake): Promise<string | undefined> {
  try {
    return await closePosition(desk, positionId, wake)
  } catch (error) {
    desk.log.warn({ err: error, positionId }, 'a close that was asked for waits')
    return messageOf(error)
  }
}
