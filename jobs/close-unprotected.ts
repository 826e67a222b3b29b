import { closeUnprotected as close } from '#src/orders/guard.ts'
import type { JobContext } from './context.ts'
import { wakeFollowUps } from './follow.ts'

/** Closes what stands without its stop for too long, and wakes the exits' lane. Nothing of it rests on the queue. */
export async function closeUnprotected(context: JobContext): Promise<void> {
  for (const positionId of await close(context)) await wakeFollowUps(positionId, context)
}
