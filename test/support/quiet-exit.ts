import { orderOrThrow } from '#db/orders.ts'
import { planExit } from '#src/orders/plan.ts'
import { sendOrder } from '#src/orders/send.ts'
import { type Floor, keys } from './floor.ts'

/** Lets the processes of a test find the floor's simulator, as if it had just been heard of. */
export async function registerSimulator({ database, simulator }: Floor): Promise<void> {
  await database.query(
    `insert into workers (id, role, host, pid, version, address, heartbeat_at)
     values ('sim', 'simulator', 'test', 1, '0', $1, now() + interval '1 hour')`,
    [simulator.url],
  )
}

/** An exit that was planned 5 s ago and has not been sent: long enough that nobody seems to look after it. */
export async function quietExit(floor: Floor): Promise<string> {
  const { database, db, desk } = floor
  const trader = await floor.trader({ market: 'spot' })
  const entryId = await floor.enter(trader, { base: 'ETH', quantity: '1' })
  await sendOrder(desk, entryId)
  const { positionId } = await orderOrThrow(db, entryId)
  const plan = {
    positionId,
    quantity: 'all',
    slots: ['close'],
    reason: 'signal',
    price: 3_000,
    actor: 'test',
  } as const
  const id = await db.transaction().execute((tx) => planExit(tx, keys, plan))
  if (id === undefined) throw new Error('the exit was not planned')
  await database.query(`update orders set planned_at = planned_at - interval '5 seconds' where id = $1`, [id])
  return id
}
