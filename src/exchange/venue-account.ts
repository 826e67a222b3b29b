import type { Account } from '#db/accounts.ts'
import { type HoldingCalls, holdingCalls, type VenueSettings } from './holding-calls.ts'
import { type OrderCalls, orderCalls } from './order-calls.ts'
import type { SignedConnection } from './signed-connection.ts'

/**
 * One account at its venue. Questions throw VenueUnavailable (ask again) or OrderRejected (refused for good, such as a
 * key that was revoked).
 */
export interface VenueAccount extends OrderCalls, HoldingCalls {
  readonly account: Account
  /** How long after a send the venue would refuse to execute it, and show it if it did: only then "not found" means something. */
  readonly settledAfterMs: number
  /** The venue's clock, epoch ms. */
  serverTime(): Promise<number>
  /** The same, asked anew. Throws VenueUnavailable when the answer is stale. */
  askTime(): Promise<number>
}

/** What a venue without a proven expiry is given. */
const withoutExpiryMs = 60_000

/** An account over a connection that signs with its key. */
export function venueAccount(signed: SignedConnection, settings: VenueSettings): VenueAccount {
  const { account, connection, wallNow } = signed
  const { orderWindowMs, clockToleranceMs, readLagMs } = connection.card
  const isExpiryProven = orderWindowMs !== undefined
  return {
    account,
    settledAfterMs: isExpiryProven ? orderWindowMs + clockToleranceMs + readLagMs : withoutExpiryMs,
    serverTime: async () => wallNow() + (await connection.clockOffsetMs()),
    askTime: () => connection.askTime(),
    ...orderCalls(signed),
    ...holdingCalls(signed, settings),
  }
}
