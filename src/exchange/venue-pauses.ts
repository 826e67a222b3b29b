import type { Db } from '#db/client.ts'
import { pausesOf, pauseVenue, type VenuePause } from '#db/venue-budgets.ts'
import { VenueUnavailable } from '../errors.ts'
import type { Connection } from './connection.ts'

/** How long what another worker wrote down may go unnoticed here. */
const freshMs = 500
/** A venue that does not say for how long is left alone for this. */
const usualPauseMs = 10_000

/** Whose public questions are. */
const nobody = ''

/** The times in which venues take no requests, as the whole cluster keeps them; they outlive the queue. */
export interface VenuePauses {
  /** Throws VenueUnavailable while the place takes no requests of this account. */
  requireOpen(place: string, accountId: string): Promise<void>
  /** The connection of one account, which asks nothing during a pause, and writes down the pauses that it is told. */
  kept(connection: Connection, place: string, accountId: string): Connection
  /** The same for public questions: they stop for what concerns this machine's address, not for one account. */
  gateOf(place: string): FeedGate
}

/** What a feed passes before it asks, and tells when it is asked to wait. */
export interface FeedGate {
  /** Throws VenueUnavailable while the place takes no requests from this machine's address. */
  requireOpen(): Promise<void>
  /** Writes down that the place takes no requests now; throws nothing. */
  note(refusal: VenueUnavailable): Promise<void>
}

/**
 * Pauses over a database. A limit on this machine's address stops every account of the place, a limit on an account that
 * one alone. A database that does not answer stops nothing: the venue says no by itself.
 */
export function venuePauses(db: Db): VenuePauses {
  const known = new Map<string, { pauses: Promise<VenuePause[]>; at: number }>()

  async function inForce(place: string): Promise<{ pauses: VenuePause[]; ageMs: number }> {
    let found = known.get(place)
    if (!found || performance.now() - found.at > freshMs) {
      found = { pauses: pausesOf(db, place).catch(() => []), at: performance.now() }
      known.set(place, found)
    }
    return { pauses: await found.pauses, ageMs: performance.now() - found.at }
  }

  async function requireOpen(place: string, accountId: string): Promise<void> {
    const { pauses, ageMs } = await inForce(place)
    for (const pause of pauses) {
      if (pause.accountId !== undefined && pause.accountId !== accountId) continue
      const leftMs = Math.ceil(pause.forMs - ageMs)
      if (leftMs <= 0) continue
      throw new VenueUnavailable(`${place} takes no requests for another ${leftMs} ms: ${pause.reason}`, {
        code: 'rate-limited',
        whose: pause.accountId === undefined ? 'ip' : 'account',
        retryAfterMs: leftMs,
      })
    }
  }

  async function note(place: string, accountId: string, { whose, message, ...said }: VenueUnavailable) {
    const forMs = Math.max(1, said.retryAfterMs ?? usualPauseMs)
    const pause = { place, forMs, reason: message, ...(whose === 'account' && { accountId }) }
    await pauseVenue(db, pause).catch(() => {})
    known.delete(place)
  }

  return {
    requireOpen,
    gateOf: (place) => ({
      requireOpen: () => requireOpen(place, nobody),
      note: (refusal) => note(place, nobody, refusal),
    }),
    kept: (connection, place, accountId) => ({
      ...connection,
      async call(client, options, ask) {
        await requireOpen(place, accountId)
        try {
          return await connection.call(client, options, ask)
        } catch (error) {
          if (error instanceof VenueUnavailable && error.whose !== undefined)
            await note(place, accountId, error)
          throw error
        }
      },
    }),
  }
}
