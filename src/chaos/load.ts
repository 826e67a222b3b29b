import type { Account } from '#db/accounts.ts'
import type { Db } from '#db/client.ts'
import type { FeedPlace } from '../exchange/feeds.ts'
import type { MarketFeed } from '../exchange/market-feed.ts'
import type { Enqueue } from '../queue/enqueue.ts'
import type { KeyRing } from '../vault/key-ring.ts'
import { enter } from './enter.ts'
import type { Journal } from './journal.ts'
import { leave } from './leave.ts'
import { type Place, placeKey, placesOf, type Resident, residents } from './places.ts'
import { type Random, wholeBetween } from './random.ts'

/** What the load needs: its own way to the database, the queue and the prices, past every proxy. */
export interface LoadParts {
  /** Connected as bullpen_worker. */
  readonly db: Db
  readonly journal: Journal
  readonly keys: KeyRing
  readonly enqueue: Enqueue
  readonly feedOf: (place: FeedPlace) => MarketFeed
  readonly accounts: readonly Account[]
  readonly bases: readonly string[]
  readonly next: Random
  /** Orders that may wait for a worker at once, stops among them, so that none expires for want of one. */
  readonly mostWaiting: number
}

/** Entries and exits as trading plans them: every position that closes makes room for the next. */
export interface Load {
  /** Plans up to `most` orders; returns how many were planned. */
  plan(most: number): Promise<number>
}

/** Places that are visited at the same time. */
const visitsAtOnce = 8

/** Opens a load over all symbols of all accounts. */
export function openLoad(parts: LoadParts): Load {
  const { journal, accounts, bases, next } = parts
  const places = placesOf(accounts, bases)

  async function visit(place: Place, resident: Resident | undefined): Promise<number> {
    if (resident === undefined) return enter(parts, place)
    const isFree = !resident.is_busy && !resident.is_left_to_stop && resident.state !== 'opening'
    return isFree ? leave(parts, place, resident) : 0
  }

  return {
    async plan(most) {
      const known = await residents(journal, accounts)
      const waiting = [...known.values()].reduce((total, row) => total + row.waiting, 0)
      const wanted = Math.min(most, parts.mostWaiting - waiting)
      const start = wholeBetween(next, 0, places.length - 1)
      const left = [...places.slice(start), ...places.slice(0, start)]
      let planned = 0
      while (planned < wanted && left.length > 0) {
        const visits = left
          .splice(0, Math.min(visitsAtOnce, wanted - planned))
          .map((place) => visit(place, known.get(placeKey(place))))
        planned += (await Promise.all(visits)).reduce((total, made) => total + made, 0)
      }
      return planned
    },
  }
}
