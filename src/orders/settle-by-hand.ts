import { recoverAccount } from '#db/accounts.ts'
import { recordAudit } from '#db/audit.ts'
import type { Order } from '#db/orders.ts'
import { endOrderIn } from './end.ts'
import type { OrderDesk } from './order-desk.ts'

/** Whose word it is, and what they found at the venue. */
export interface Word {
  readonly by: string
  readonly reason: string
}

/**
 * Ends an order as `manual`, by a person's word that nothing of it was executed and nothing of it rests: for what a venue
 * cannot prove any more. Only what has stayed unknown for more than 120 s, so that the venue was asked before the person.
 * Should it turn up after all, it is booked as every late truth is. Returns why it was not done, or undefined.
 */
export async function settleByHand(
  { db, keys, clock, config }: Pick<OrderDesk, 'db' | 'keys' | 'clock' | 'config'>,
  order: Order,
  { by, reason }: Word,
): Promise<string | undefined> {
  if (order.state !== 'unknown')
    return `it is ${order.state}: only an order that stays unknown is settled by hand`
  if (order.failureCode !== 'unknown-too-long')
    return 'the venue is still being asked: an order is settled by hand when it was unknown for more than 120 s'
  if (reason.trim() === '') return 'the reason is empty: say what was found at the venue'
  const context = { actor: by, keys, marketNowMs: clock.marketNow(), monitorShards: config.monitorShards }
  const said = `settled by hand: ${reason}`
  const ended = await db.transaction().execute(async (tx) => {
    if (!(await endOrderIn(tx, order.id, ['unknown'], { to: 'manual', reason: said }, context))) return false
    await recordAudit(tx, {
      userId: order.userId,
      actor: by,
      action: 'order.manual',
      target: order.id,
      details: { accountId: order.accountId, symbol: order.symbol, reason },
    })
    return true
  })
  if (!ended) return 'somebody else has moved it'
  await recoverAccount(db, order.accountId)
  return undefined
}
