import type { Account } from '#db/accounts.ts'
import type { Db } from '#db/client.ts'
import type { FeedPlace } from '../exchange/feeds.ts'
import type { MarketFeed } from '../exchange/market-feed.ts'
import type { Enqueue } from '../queue/enqueue.ts'
import type { KeyRing } from '../vault/key-ring.ts'
import { closeAll } from './closing.ts'
import { haltForAWhile } from './halting.ts'
import { useHands } from './hands.ts'
import type { Journal } from './journal.ts'
import { oneOf, type Random } from './random.ts'
import type { Tally } from './tally.ts'

/** What people need to meddle: everything past every proxy, as they would have it. */
export interface PeopleParts {
  /** Connected as bullpen_worker. */
  readonly db: Db
  readonly journal: Journal
  readonly keys: KeyRing
  readonly enqueue: Enqueue
  readonly venueUrl: string
  readonly feedOf: (place: FeedPlace) => MarketFeed
  readonly accounts: readonly Account[]
  readonly bases: readonly string[]
  readonly next: Random
  readonly tally: Tally
  /** Where a halt of somebody's is in force: lifting one lifts what another has set in the same place. */
  readonly halted: Set<string>
}

/** People who meddle while orders are under way. */
export interface People {
  /** Lets them do something for every so many orders that were planned; nobody waits for them. */
  meddle(planned: number): void
  /** Resolves when nobody is at it any more, and every halt of theirs is lifted. */
  settle(): Promise<void>
}

/** How often they act: once for so many orders on the average; and whether they also use the venue's own app. */
export interface Habits {
  readonly ordersPerAct: number
  readonly useHands: boolean
}

/** Lets people act. Throws at `settle` what went wrong. */
export function openPeople(given: Omit<PeopleParts, 'halted'>, habits: Habits): People {
  const parts = { ...given, halted: new Set<string>() }
  const acts = [haltForAWhile, haltForAWhile, closeAll, ...(habits.useHands ? [useHands, useHands] : [])]
  const { next } = parts
  const underWay = new Set<Promise<void>>()
  const failures: unknown[] = []
  return {
    meddle(planned) {
      for (let i = 0; i < planned; i++) {
        if (next() >= 1 / habits.ordersPerAct) continue
        const act = oneOf(next, acts)(parts).catch((error: unknown) => void failures.push(error))
        underWay.add(act)
        void act.then(() => underWay.delete(act))
      }
    },
    async settle() {
      await Promise.all(underWay)
      if (failures.length > 0) throw failures[0]
    },
  }
}
