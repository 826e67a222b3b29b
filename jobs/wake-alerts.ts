import { takeDueDeliveries } from '#db/alert-deliveries.ts'
import { sendAlert } from '#src/queue/contracts.ts'
import { unlessLost } from '#src/queue/enqueue.ts'
import type { JobContext } from './context.ts'

/** A message that was asked for and not tried since is asked for again after this: its job may be lost. */
const quietMs = 30_000
const most = 100

/**
 * Looks which messages the alerts of now ask for, and has those that are due sent. Without the queue they are sent from here:
 * an alert that says so must not wait for it.
 */
export async function wakeAlerts(
  { db, enqueue, alertDesk, clock }: Pick<JobContext, 'db' | 'enqueue' | 'alertDesk' | 'clock'>,
  isQueueLost: boolean,
): Promise<void> {
  const { routeAlerts } = await import('#src/alerts/route.ts')
  const desk = await alertDesk()
  await routeAlerts(desk, clock.wallNow())
  const due = await takeDueDeliveries(db, { now: new Date(clock.wallNow()), quietMs, limit: most })
  if (!isQueueLost) {
    for (const { id, wake } of due)
      await unlessLost(enqueue(sendAlert, { deliveryId: id }, { jobId: `alert-${id}-w${wake}` }))
    return
  }
  const { deliver } = await import('#src/alerts/deliver.ts')
  for (const { id } of due) await deliver(desk, id, clock.wallNow())
}
