import { expect, test } from 'vitest'
import { liveOrders, type Order, orderOrThrow } from '#db/orders.ts'
import { findPosition } from '#db/positions.ts'
import { compareBooks } from '#src/orders/books.ts'
import { cancelOrder } from '#src/orders/cancel.ts'
import { planExit } from '#src/orders/plan.ts'
import { sendOrder } from '#src/orders/send.ts'
import { keys, openFloor, type Trader } from '#test/support/floor.ts'

const floor = await openFloor()
const { db, desk } = floor

const stopsOf = async (positionId: string): Promise<Order[]> =>
  (await liveOrders(db, positionId)).filter(({ purpose }) => purpose === 'stop')

/** The conditional orders that rest at the venue. */
function resting({ apiKey }: Trader) {
  const [account] = floor.simulator.ledger(apiKey).accounts
  return (account?.orders ?? []).filter((order) => order.isConditional && order.status === 'open')
}

const gapsOf = (positionId: string) =>
  floor.database.query<{ kind: string; seconds: number | null }>(
    'select kind, extract(epoch from ended_at - began_at)::float8 as seconds from protection_gaps where position_id = $1 order by began_at',
    [positionId],
  )

async function open(trader: Trader, side: 'long' | 'short' = 'long', quantity = '1') {
  const entryId = await floor.enter(trader, { base: 'ETH', quantity, side })
  await sendOrder(desk, entryId)
  return (await orderOrThrow(db, entryId)).positionId
}

async function close(positionId: string) {
  const orderId = await db.transaction().execute((tx) =>
    planExit(tx, keys, {
      positionId,
      quantity: 'all',
      slots: ['close'],
      reason: 'manual',
      price: 100,
      actor: 'test',
    }),
  )
  if (orderId === undefined) throw new Error('no close was planned')
  return sendOrder(desk, orderId)
}

test.each(['long', 'short'] as const)(
  'the stop of a %s is planned in the transaction that books its entry, rests at the venue, and is gone after the close',
  async (side) => {
    const trader = await floor.trader({ market: 'futures' })
    const positionId = await open(trader, side)
    const [stop] = await stopsOf(positionId)
    expect(stop).toMatchObject({
      state: 'planned',
      type: 'stop_market',
      side: side === 'long' ? 'sell' : 'buy',
      quantity: '1',
      isReduceOnly: true,
      reserved: '0',
      closeReason: 'stop_loss',
    })
    expect(await gapsOf(positionId)).toMatchObject([{ kind: 'no_stop', seconds: null }])
    expect(resting(trader)).toEqual([])

    expect(await sendOrder(desk, stop?.id ?? '')).toMatchObject({ state: 'open' })
    expect(resting(trader)).toMatchObject([
      { quantity: '1', triggerPrice: stop?.stopPrice, reduceOnly: true },
    ])
    const [gap] = await gapsOf(positionId)
    expect(gap?.seconds).toBeGreaterThanOrEqual(0)
    expect((await findPosition(db, positionId))?.quantityReserved).toBe('0')

    await close(positionId)
    expect(await findPosition(db, positionId)).toMatchObject({ state: 'closed' })
    expect(resting(trader)).toHaveLength(1)
    expect(await cancelOrder(desk, stop?.id ?? '')).toMatchObject({ state: 'canceled' })
    expect(resting(trader)).toEqual([])
    expect(await compareBooks(db, trader.account.id, floor.gateway)).toEqual([])
  },
)
