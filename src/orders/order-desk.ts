import type { Account } from '#db/accounts.ts'
import type { Db } from '#db/client.ts'
import type { Clock } from '../clock.ts'
import { OrderRejected } from '../errors.ts'
import type { FeedPlace } from '../exchange/feeds.ts'
import type { Gateway } from '../exchange/gateway.ts'
import type { MarketFeed } from '../exchange/market-feed.ts'
import type { Logger } from '../log.ts'
import type { KeyRing } from '../vault/key-ring.ts'
import type { BookingContext } from './record.ts'

/** What the order path needs of its process; the context of a job is one. */
export interface OrderDesk {
  readonly db: Db
  readonly gateway: Gateway
  readonly keys: KeyRing
  readonly clock: Clock
  readonly log: Logger
  readonly workerId: string
  readonly config: { readonly monitorShards: number; readonly replaySpeed: number }
  feedOf(place: FeedPlace): MarketFeed
}

/** What booking on a symbol of an account needs; asked before an order is sent, so that its fills find it ready. */
export async function bookingContext(
  desk: OrderDesk,
  account: Account,
  symbol: string,
): Promise<BookingContext> {
  const feed = desk.feedOf(account)
  const [filters, prices] = await Promise.all([feed.filters(symbol), feed.prices()])
  if (!filters)
    throw new OrderRejected(`${account.exchange} does not list ${symbol}`, {
      code: 'other',
      advice: 'choose a symbol that the venue lists',
    })
  const isSpot = account.market === 'spot'
  const pairWith = (currency: string) =>
    isSpot ? `${currency}/${filters.quote}` : `${currency}/${filters.quote}:${filters.quote}`
  return {
    actor: desk.workerId,
    marketNowMs: desk.clock.marketNow(),
    monitorShards: desk.config.monitorShards,
    keys: desk.keys,
    filters,
    isSpot,
    priceOf: (currency) => prices.get(pairWith(currency))?.toString(),
  }
}
