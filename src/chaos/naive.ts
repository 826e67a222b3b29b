import { randomBytes, randomUUID } from 'node:crypto'
import type { Queue } from 'bullmq'
import type { Account } from '#db/accounts.ts'
import { Decimal } from '../domain/decimal.ts'
import { minimumQuantity, roundQuantity } from '../domain/market-filters.ts'
import type { FeedPlace } from '../exchange/feeds.ts'
import type { MarketFeed } from '../exchange/market-feed.ts'
import type { Journal } from './journal.ts'
import { marketOf } from './market.ts'
import { oneOf, type Random } from './random.ts'

/** The queue of the control. */
export const naiveQueue = 'chaos-naive'

/** What the control's load needs. */
export interface NaiveParts {
  readonly journal: Journal
  readonly queue: Queue
  readonly feedOf: (place: FeedPlace) => MarketFeed
  readonly accounts: readonly Account[]
  readonly bases: readonly string[]
  readonly next: Random
}

/**
 * Asks the control for one order: a row and a job, as most programs do. It has a client order id from the start, and a
 * retry says the same one again.
 */
export async function askNaive({ journal, queue, feedOf, accounts, bases, next }: NaiveParts): Promise<void> {
  const account = oneOf(next, accounts)
  const base = oneOf(next, bases)
  const symbol = account.market === 'spot' ? `${base}/USDT` : `${base}/USDT:USDT`
  const { filters, price } = await marketOf(feedOf(account), symbol)
  const wished = new Decimal(40 + 160 * next()).div(price)
  const quantity = roundQuantity(
    Decimal.max(new Decimal(minimumQuantity(price, filters)).times(3), wished),
    filters,
  )
  const id = randomUUID()
  await journal.query(
    'insert into chaos.naive (id, account_id, symbol, side, quantity, client_order_id) values ($1, $2, $3, $4, $5, $6)',
    [id, account.id, symbol, next() < 0.5 ? 'buy' : 'sell', quantity, randomBytes(16).toString('hex')],
  )
  await queue.add(
    'send',
    { id },
    {
      jobId: `naive-${id}`,
      attempts: 25,
      backoff: { type: 'fixed', delay: 500 },
      removeOnComplete: true,
      removeOnFail: true,
    },
  )
}
