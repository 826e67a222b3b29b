import type { Response } from 'express'
import type { Logger } from 'pino'
import { asTenant, type Db } from '#db/client.ts'
import type { SignedIn } from '../sign-in.ts'
import { listDecisions } from './decisions.ts'
import { Feed } from './feed.ts'
import type { MarketPace } from './market-time.ts'
import { getOverview } from './overview.ts'
import { listPositions } from './positions.ts'
import type { Asked } from './route.ts'
import { listSignals } from './signals.ts'
import { listTrades } from './trades.ts'

/** What the stream carries: the answer of the route of the same name, the first page of a list. */
export const topics = ['overview', 'positions', 'trades', 'decisions', 'signals'] as const
type Topic = (typeof topics)[number]

/** Rows of each list in the stream: what the first page of the dashboard shows. */
const streamedRows = 30

/** The live updates of every signed-in user, as server-sent events. */
export interface LiveUpdates {
  /** Streams to a response until it closes. `isStillAllowed` is asked every 5 s, so that signing out ends it. */
  stream(user: SignedIn, response: Response, isStillAllowed: () => Promise<boolean>): void
  /** Ends every stream and every poll. */
  close(): void
}

interface Options {
  readonly db: Db
  readonly market: MarketPace
  readonly log: Logger
  readonly everyMs?: number
}

/** One poll per user, however many pages are open; a topic is sent when it has changed, a `tick` after every poll. */
export function openLiveUpdates({ db, market, log, everyMs = 2_000 }: Options): LiveUpdates {
  const feeds = new Map<string, Feed>()

  function open(user: SignedIn): Feed {
    const feed = new Feed(() => readAll(db, user, market), log, everyMs)
    feeds.set(user.id, feed)
    return feed
  }

  return {
    stream(user, response, isStillAllowed) {
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no', // proxies that would hold the stream back
      })
      const feed = feeds.get(user.id) ?? open(user)
      feed.add(response)
      const watch = setInterval(async () => {
        if (!(await isStillAllowed().catch(() => true))) response.end()
      }, 5_000)
      response.on('close', () => {
        clearInterval(watch)
        if (feed.remove(response) === 0) feeds.delete(user.id)
      })
    },
    close() {
      for (const feed of feeds.values()) feed.close()
      feeds.clear()
    },
  }
}

/** All topics of one tenant in one transaction. */
function readAll(db: Db, user: SignedIn, market: MarketPace): Promise<Record<Topic, unknown>> {
  return asTenant(db, user.id, async (tx) => {
    const asked = <Q>(query: Q): Asked<Q, undefined, Record<string, never>> => ({
      ...{ db: tx, user, market, query, body: undefined },
      params: {},
      afterCommit: () => {},
    })
    const page = asked({ limit: streamedRows })
    return {
      overview: await getOverview.handle(asked({})),
      positions: await listPositions.handle(asked({})),
      trades: await listTrades.handle(page),
      decisions: await listDecisions.handle(page),
      signals: await listSignals.handle(asked({ limit: streamedRows, actions: ['BUY', 'SELL'] })),
    }
  })
}
