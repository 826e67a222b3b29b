import type { Account } from '#db/accounts.ts'
import type { Connection } from './connection.ts'
import type { VenueClient } from './venue-class.ts'

/** A connection together with whose key signs on it. */
export interface SignedConnection {
  readonly account: Account
  readonly connection: Connection
  readonly client: VenueClient
  readonly wallNow: () => number
}
