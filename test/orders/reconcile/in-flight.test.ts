import { expect, test } from 'vitest'
import { orderOrThrow } from '#db/orders.ts'
import { findPosition } from '#db/positions.ts'
import { reconciliationOf } from '#db/reconciliations.ts'
import { compareBooks } from '#src/orders/books.ts'
import { planExit } from '#src/orders/plan.ts'
import { reconcileAccount } from '#src/orders/reconcile/account.ts'
import { resolveOrder } from '#src/orders/resolve.ts'
import { sendOrder } from '#src/orders/send.ts'
import { keys, openFloor, type Trader } from '#test/support/floor.ts'
import { lossyProxy } from '#test/support/lossy-proxy.ts'

const floor = await openFloor()
const { db, desk, simulator } = floor
const proxy = await lossyProxy(simulator.url)
floor.route.url = proxy.url

/** A position of 4 whose close never reached the venue, which nobody knows. */
async function closingInTheDark(market: 'spot' | 'futures') {
  const trader = await floor.trader({ market })
  const entryId = await floor.enter(trader, { base: 'SOL', quantity: '4' })
  expect(await sendOrder(desk, entryId)).toMatchObject({ state: 'filled' })
  const { positionId } = await orderOrThrow(db, entryId)
  await reconcileAccount(desk, trader.account.id)
  const exit = { positionId, quantity: 'all', slots: ['close'], reason: 'manual', price: 100 } as const
  const exitId = await db.transaction().execute((tx) => planExit(tx, keys, { ...exit, actor: 'test' }))
  if (exitId === undefined) throw new Error('no exit was planned')
  proxy.loss = 'lose-request'
  expect(await sendOrder(desk, exitId)).toMatchObject({ state: 'unknown' })
  proxy.loss = 'none'
  return { trader, positionId, exitId }
}

async function age(orderId: string, ms: number): Promise<void> {
  const by = `${ms} milliseconds`
  await floor.database.query(
    `update orders set sent_at = sent_at - $2::interval, lease_until = lease_until - $2::interval where id = $1`,
    [orderId, by],
  )
  await floor.database.query(
    `update order_evidence set asked_at = asked_at - $2::interval where order_id = $1`,
    [orderId, by],
  )
}

/** Reconciles until nothing is in doubt any more, with the waiting left out. */
async function reconcile({ account }: Trader): Promise<void> {
  for (let look = 0; look < 6; look += 1) {
    if (!(await reconcileAccount(desk, account.id)).isInDoubt) return
    await floor.database.query(
      `update accounts set doubts = (select coalesce(jsonb_object_agg(key, jsonb_set(value, '{sinceMs}', to_jsonb((value ->> 'sinceMs')::numeric - 6000))), '{}')
         from jsonb_each(doubts)) where id = $1`,
      [account.id],
    )
  }
  throw new Error('it never comes to rest')
}

test.each(['spot', 'futures'] as const)(
  'half is sold by hand on %s while a close is unknown: the close is proven absent all the same, and the position shrinks',
  async (market) => {
    const { trader, positionId, exitId } = await closingInTheDark(market)
    simulator.hand({ apiKey: trader.apiKey, do: 'sell-half', symbol: 'SOL/USDT' })
    await age(exitId, 10_000)
    expect(await resolveOrder(desk, exitId)).toMatchObject({ state: 'unknown' })
    await age(exitId, 5_000)
    expect(await resolveOrder(desk, exitId)).toMatchObject({ state: 'not_at_venue' })
    await reconcile(trader)
    const position = await findPosition(db, positionId)
    expect(Number(position?.quantityOpen)).toBeCloseTo(2, 1)
    expect(await compareBooks(db, trader.account.id, floor.gateway)).toEqual([])
  },
)

test('a position that an order of unknown outcome kept from being compared is compared from the same executions later', async () => {
  const { trader, exitId } = await closingInTheDark('futures')
  const { reconciledAt } = await reconciliationOf(db, trader.account.id)
  simulator.hand({ apiKey: trader.apiKey, do: 'sell-half', symbol: 'SOL/USDT' })
  await reconcileAccount(desk, trader.account.id)
  expect((await orderOrThrow(db, exitId)).state).toBe('unknown')
  expect((await reconciliationOf(db, trader.account.id)).reconciledAt).toEqual(reconciledAt)
})
