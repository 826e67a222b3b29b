import { expect, test } from 'vitest'
import { asTenant } from '#db/client.ts'
import { askToClose, latestCloseRequest } from '#db/close-requests.ts'
import { orderOrThrow } from '#db/orders.ts'
import { findPosition } from '#db/positions.ts'
import { compareBooks } from '#src/orders/books.ts'
import { advanceCloseRequests } from '#src/orders/close-asked.ts'
import { placeOrder } from '#src/orders/place.ts'
import { sendOrder } from '#src/orders/send.ts'
import { openFloor, type Trader, venueOrdersOf } from '#test/support/floor.ts'
import { lossyProxy } from '#test/support/lossy-proxy.ts'

const floor = await openFloor()
const { db, desk } = floor
const proxy = await lossyProxy(floor.simulator.url)
floor.route.url = proxy.url

async function open(trader: Trader, base: string, quantity: string): Promise<string> {
  const id = await floor.enter(trader, { base, quantity })
  await sendOrder(desk, id)
  return (await orderOrThrow(db, id)).positionId
}

/** As the web does. */
const app = floor.database.db('bullpen_app')
const ask = ({ account: { userId } }: Trader, positionId: string) =>
  asTenant(app, userId, (tx) => askToClose(tx, { userId, positionId, askedBy: 'test' }))

/** Advances what is asked for as workers do, sending what is woken, until nothing is open or the rounds are over. */
async function run(positionId: string, { rounds = 12, workers = 3 } = {}) {
  for (let round = 0; round < rounds; round += 1) {
    const woken: string[] = []
    await Promise.all(
      Array.from({ length: workers }, (_, index) =>
        advanceCloseRequests(floor.deskOf(`worker-${index}`), ({ id }) => woken.push(id)),
      ),
    )
    await Promise.all(woken.map((id) => placeOrder(desk, id, { isRetry: false }).catch(() => {})))
    await floor.database.query('update close_requests set advanced_at = null where ended_at is null')
    if ((await latestCloseRequest(db, positionId))?.endedAt) break
  }
  return latestCloseRequest(db, positionId)
}

const closesOf = (positionId: string) =>
  floor.database.query<{ id: string; state: string }>(
    `select orders.id, state from orders join order_slots on order_id = orders.id
     where orders.position_id = $1 and slot = 'close' and orders.sent_at is not null`,
    [positionId],
  )

test.each(['spot', 'futures'] as const)(
  'asked for twenty times at once on %s it closes this position once and no other, and the books agree',
  async (market) => {
    const trader = await floor.trader({ market })
    const [closed, kept] = [await open(trader, 'SOL', '10'), await open(trader, 'ETH', '1')]
    const asked = await Promise.all(Array.from({ length: 20 }, () => ask(trader, closed)))
    expect(new Set(asked.map(({ request }) => request.id)).size).toBe(1)
    expect(asked.filter(({ isNew }) => isNew)).toHaveLength(1)
    expect(await run(closed)).toMatchObject({ endedAt: expect.any(Date), waitsFor: null })
    expect(await findPosition(db, closed)).toMatchObject({ state: 'closed', closeReason: 'manual' })
    expect(await findPosition(db, kept)).toMatchObject({ state: 'open' })
    const closes = await closesOf(closed)
    expect(closes).toMatchObject([{ state: 'filled' }])
    expect(venueOrdersOf(floor, trader, await orderOrThrow(db, closes[0]?.id ?? ''))).toHaveLength(1)
    expect(await compareBooks(db, trader.account.id, floor.gateway)).toEqual([])
  },
)

test('an entry that was not sent never is, and the wish ends with it', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const entryId = await floor.enter(trader, { base: 'ETH', quantity: '1' })
  const { positionId } = await orderOrThrow(db, entryId)
  await ask(trader, positionId)
  expect(await run(positionId)).toMatchObject({ endedAt: expect.any(Date) })
  expect(await orderOrThrow(db, entryId)).toMatchObject({ state: 'abandoned' })
  expect(await findPosition(db, positionId)).toMatchObject({ state: 'void' })
})

test('while the venue cannot be asked the wish says so and stays, and is done when it is back', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const positionId = await open(trader, 'SOL', '5')
  await ask(trader, positionId)
  await proxy.shut()
  const waiting = await run(positionId, { rounds: 2 })
  await proxy.reopen()
  expect(waiting).toMatchObject({ endedAt: null, waitsFor: expect.stringMatching(/\S/) })
  expect(await run(positionId)).toMatchObject({ endedAt: expect.any(Date) })
  expect(await closesOf(positionId)).toHaveLength(1)
})
