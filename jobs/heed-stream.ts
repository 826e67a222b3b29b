import { ordersByClientId, ordersByVenueId } from '#db/account-journal.ts'
import { noteStream } from '#db/account-streams.ts'
import type { Order } from '#db/orders.ts'
import type { StreamNews } from '#src/exchange/account-stream.ts'
import { reconcileAccount, resolveOrder } from '#src/queue/contracts.ts'
import { unlessLost } from '#src/queue/enqueue.ts'
import type { JobContext } from './context.ts'

/** What belongs together comes together: an account is compared once for all of it, afterwards. */
const gatherMs = 5_000
/** Money moves with every execution, which is booked anyway: what moved beside is looked for no more often than this. */
const moneyMs = 60_000

/** Orders that wait at the venue, or whose end is not known: the others are told of by whoever sends them. */
const awaited: readonly Order['state'][] = ['open', 'partially_filled', 'canceling', 'unknown']

/**
 * Does what follows from what a stream says, which is to ask: an order of ours is asked for at once, and an account of
 * which something else is heard, or was missed, is compared with its venue.
 */
export async function heedStream(context: JobContext, accountId: string, news: StreamNews): Promise<void> {
  const { db, workerId, log } = context
  switch (news.kind) {
    case 'whole':
      await noteStream(db, { accountId, workerId, isWhole: true })
      return compareSoon(context, accountId, 'heard', gatherMs)
    case 'lost':
      log.info({ accountId, reason: news.reason }, 'the stream of an account is lost: it is asked instead')
      return noteStream(db, { accountId, workerId, isWhole: false })
    case 'balance':
      return compareSoon(context, accountId, 'moved', moneyMs)
    case 'order': {
      const order = await orderOf(context, accountId, news)
      if (order === undefined) return compareSoon(context, accountId, 'strange', gatherMs)
      if (awaited.includes(order.state))
        await unlessLost(context.enqueue(resolveOrder, { orderId: order.id }))
    }
  }
}

async function orderOf(
  { db }: JobContext,
  accountId: string,
  { symbol, clientOrderId, venueOrderId }: Extract<StreamNews, { kind: 'order' }>,
): Promise<Order | undefined> {
  const named = (await ordersByClientId(db, accountId, [clientOrderId])).get(clientOrderId)
  return named ?? (await ordersByVenueId(db, accountId, symbol, [venueOrderId])).get(venueOrderId)
}

/** One comparison for everything that is heard within a stretch of time, after its end. */
async function compareSoon(
  { enqueue, clock }: JobContext,
  accountId: string,
  why: string,
  withinMs: number,
): Promise<void> {
  const stretch = Math.floor(clock.wallNow() / withinMs)
  const jobId = `reconcile-${accountId}-${why}-${stretch}`
  await unlessLost(enqueue(reconcileAccount, { accountId }, { jobId, delayMs: withinMs }))
}
