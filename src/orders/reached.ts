import { noteStopReached } from '#db/stops.ts'
import { OrderRejected, VenueUnavailable } from '../errors.ts'
import { crashpoint } from './crashpoint.ts'
import type { OrderDesk } from './order-desk.ts'
import { resolveOrder } from './resolve.ts'
import type { OrderResult } from './result.ts'

/** How long the venue has for a stop that the price is through. */
const graceMs = 2_000

/** Who closes a position whose stop is due: the venue for now, with how long it still has, or the monitor. */
export type Turn =
  | { readonly of: 'venue'; readonly forMs: number }
  | {
      readonly of: 'monitor'
      /** What became of the resting stops that were asked for. */
      readonly asked: readonly { readonly orderId: string; readonly result: OrderResult }[]
    }

/**
 * Decides who closes a position at a price that is through its stop. A stop that rests there has 2 s; then the venue is
 * asked for it, what it filled is booked, and whatever is still open is the monitor's. A venue that cannot be asked does
 * not keep the monitor from closing: both orders only reduce.
 */
export async function whoCloses(desk: OrderDesk, positionId: string, price: number): Promise<Turn> {
  const reached = await noteStopReached(desk.db, positionId, price)
  if (reached === undefined) return { of: 'monitor', asked: [] }
  if (reached.forMs < graceMs) return { of: 'venue', forMs: graceMs - reached.forMs }
  const asked = []
  for (const orderId of reached.stopIds) {
    try {
      asked.push({ orderId, result: await resolveOrder(desk, orderId) })
    } catch (error) {
      if (!(error instanceof VenueUnavailable || error instanceof OrderRejected)) throw error
      desk.log.warn({ err: error, orderId }, 'a stop that should have triggered could not be asked for')
    }
  }
  if (asked.length > 0) crashpoint('stop-asked')
  return { of: 'monitor', asked }
}
