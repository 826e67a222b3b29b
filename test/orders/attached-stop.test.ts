import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, expect, test } from 'vitest'
import { liveOrders, type Order, orderOrThrow } from '#db/orders.ts'
import { findPosition } from '#db/positions.ts'
import { unprotectedSeconds } from '#db/protection-gaps.ts'
import { reconciliationOf } from '#db/reconciliations.ts'
import { compareBooks } from '#src/orders/books.ts'
import { placeOrder } from '#src/orders/place.ts'
import { planExit } from '#src/orders/plan.ts'
import { reconcileAccount } from '#src/orders/reconcile/account.ts'
import { resolveOrder } from '#src/orders/resolve.ts'
import { type EntryWish, keys, openFloor, type Trader } from '#test/support/floor.ts'
import { guardAll, workOff } from '#test/support/hand-work.ts'
import { steeredTape } from '#test/support/steered-tape.ts'

const tape = steeredTape()
const floor = await openFloor({ tape })
const { db, desk, database, simulator } = floor
const since = new Date(Date.now() - 60_000)

beforeEach(async () => {
  tape.steer('ETH/USDT', 2_000)
  const feed = desk.feedOf({ exchange: 'bybit', market: 'futures', mode: 'paper' })
  while ((await feed.prices()).get('ETH/USDT:USDT') !== 2_000) await sleep(50)
})

const trader = () => floor.trader({ market: 'futures', exchange: 'bybit' })

const stopsOf = async (positionId: string): Promise<Order[]> =>
  (await liveOrders(db, positionId)).filter(({ purpose }) => purpose === 'stop')

const resting = ({ apiKey }: Trader) =>
  simulator
    .ledger(apiKey)
    .accounts.flatMap(({ orders }) => orders)
    .filter(({ triggerPrice, status }) => triggerPrice !== undefined && status === 'open')

/** A position whose entry the venue has acknowledged, filled and been asked about. */
async function open(of: Trader, wish: Partial<EntryWish> = {}) {
  const entryId = await floor.enter(of, { base: 'ETH', quantity: '1', ...wish })
  await placeOrder(desk, entryId, { isRetry: false })
  await resolveOrder(desk, entryId)
  const { positionId } = await orderOrThrow(db, entryId)
  await workOff(desk, positionId)
  return { entry: await orderOrThrow(db, entryId), positionId }
}

test.each(['long', 'short'] as const)(
  'the entry of a %s carries its stop: it rests from the first fill on, once, and the position is never without',
  async (side) => {
    const of = await trader()
    const { entry, positionId } = await open(of, { side })
    expect(entry).toMatchObject({ state: 'filled', stopPrice: side === 'long' ? '1900' : '2100' })
    const stops = await stopsOf(positionId)
    expect(stops).toMatchObject([
      {
        state: 'open',
        attachedTo: entry.clientOrderId,
        stopPrice: entry.stopPrice,
        closeReason: 'stop_loss',
      },
    ])
    expect(resting(of)).toHaveLength(1)
    await guardAll(desk)
    expect(await stopsOf(positionId)).toHaveLength(1)
    expect(
      await database.query('select * from protection_gaps where position_id = $1', [positionId]),
    ).toEqual([])
    expect(await unprotectedSeconds(db, { since })).toMatchObject({ max: 0, open: 0 })
    expect(await compareBooks(db, of.account.id, floor.gateway)).toEqual([])
  },
)

test('the venue’s own stop is asked for by its entry, and is not the user’s', async () => {
  const of = await trader()
  const { positionId } = await open(of)
  const [stop] = await stopsOf(positionId)
  await resolveOrder(desk, stop?.id ?? '')
  expect(await orderOrThrow(db, stop?.id ?? '')).toMatchObject({
    state: 'open',
    venueOrderId: expect.any(String),
    silentSince: null,
  })
  await reconcileAccount(desk, of.account.id)
  expect((await reconciliationOf(db, of.account.id)).external.orders).toEqual([])
  expect(await stopsOf(positionId)).toHaveLength(1)
})

test('a price through it closes the position by the stop, and the books are the venue’s', async () => {
  const of = await trader()
  const { positionId } = await open(of)
  const [stop] = await stopsOf(positionId)
  tape.steer('ETH/USDT', 1_890)
  simulator.settle()
  await resolveOrder(desk, stop?.id ?? '')
  expect(await orderOrThrow(db, stop?.id ?? '')).toMatchObject({ state: 'filled', filled: '1' })
  expect(await findPosition(db, positionId)).toMatchObject({ state: 'closed', closeReason: 'stop_loss' })
  expect(resting(of)).toEqual([])
  expect(await compareBooks(db, of.account.id, floor.gateway)).toEqual([])
})

test('a stop that moves is placed anew before the carried one is taken back', async () => {
  const of = await trader()
  const { positionId } = await open(of)
  const [carried] = await stopsOf(positionId)
  await database.query('update monitored_positions set stop_loss = 1950 where position_id = $1', [positionId])
  await guardAll(desk)
  await guardAll(desk)
  await resolveOrder(desk, carried?.id ?? '')
  expect(await orderOrThrow(db, carried?.id ?? '')).toMatchObject({ state: 'canceled' })
  expect(await stopsOf(positionId)).toMatchObject([{ state: 'open', attachedTo: null, stopPrice: '1950' }])
  expect(resting(of)).toMatchObject([{ triggerPrice: '1950' }])
  expect(await database.query('select * from protection_gaps where position_id = $1', [positionId])).toEqual(
    [],
  )
})

test('a stop that somebody takes away is armed again', async () => {
  const of = await trader()
  const { positionId } = await open(of)
  const [carried] = await stopsOf(positionId)
  await resolveOrder(desk, carried?.id ?? '')
  simulator.hand({ apiKey: of.apiKey, do: 'cancel-stops' })
  await resolveOrder(desk, carried?.id ?? '')
  await workOff(desk, positionId)
  expect(await orderOrThrow(db, carried?.id ?? '')).toMatchObject({ state: 'canceled' })
  expect(await stopsOf(positionId)).toMatchObject([{ attachedTo: null, stopPrice: '1900' }])
  expect(resting(of)).toHaveLength(1)
})

test('after a close nothing rests of it', async () => {
  const of = await trader()
  const { positionId } = await open(of)
  const closeId = await db.transaction().execute((tx) =>
    planExit(tx, keys, {
      positionId,
      quantity: 'all',
      slots: ['close'],
      reason: 'manual',
      price: 2_000,
      actor: 'test',
    }),
  )
  await placeOrder(desk, closeId ?? '', { isRetry: false })
  await resolveOrder(desk, closeId ?? '')
  await workOff(desk, positionId)
  expect(await findPosition(db, positionId)).toMatchObject({ state: 'closed' })
  expect(resting(of)).toEqual([])
  expect(await stopsOf(positionId)).toEqual([])
  expect(await compareBooks(db, of.account.id, floor.gateway)).toEqual([])
})
