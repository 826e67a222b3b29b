import { sql } from 'kysely'
import type { Db } from '#db/client.ts'
import { placeOrder } from '../queue/contracts.ts'
import type { LoadParts } from './load.ts'

/** Wakes that are never sent, as if the planner had died after its commit: the sweeper finds those orders. */
const unwokenShare = 0.15

/** Notes an order that was asked for, in the transaction that plans it. */
export async function note(tx: Db, orderId: string, slot: string): Promise<void> {
  await sql`insert into chaos.intents (order_id, position_id, slot)
    select id, position_id, ${slot} from orders where id = ${orderId}`.execute(tx)
}

/** Asks for it to be sent. */
export async function wake(
  { enqueue, next }: Pick<LoadParts, 'enqueue' | 'next'>,
  orderId: string,
  { exchange, lane }: { readonly exchange: string; readonly lane: 'orders' | 'exits' },
): Promise<void> {
  if (next() < unwokenShare) return
  await enqueue(placeOrder, { orderId, exchange, lane }, { jobId: `order-${orderId}-w0` })
}
