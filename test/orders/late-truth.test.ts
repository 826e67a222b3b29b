import { beforeEach, describe, expect, test } from 'vitest'
import { findAccount } from '#db/accounts.ts'
import { takeFollowUps } from '#db/follow-ups.ts'
import { eventsOf } from '#db/order-events.ts'
import { liveOrders, orderOrThrow } from '#db/orders.ts'
import { findPosition } from '#db/positions.ts'
import { compareBooks } from '#src/orders/books.ts'
import { cancelOrder } from '#src/orders/cancel.ts'
import { placeOrder } from '#src/orders/place.ts'
import { reconcileAccount } from '#src/orders/reconcile/account.ts'
import { resolveOrder } from '#src/orders/resolve.ts'
import { settleByHand } from '#src/orders/settle-by-hand.ts'
import { openFloor, type Trader, venueOrdersOf } from '#test/support/floor.ts'
import { workOff } from '#test/support/hand-work.ts'

const floor = await openFloor()
const { db, database, desk, simulator } = floor

beforeEach(() => simulator.faults.remove())

/** An order that the venue took, and whose answer was lost. */
async function lost(of: Trader, wish: { limitAt?: number } = {}): Promise<string> {
  simulator.faults.add({
    rules: [{ fault: 'drop-after-accept', match: { request: 'order', apiKey: of.apiKey }, times: 1 }],
  })
  const orderId = await floor.enter(of, { base: 'ETH', quantity: '1', ...wish })
  expect(await placeOrder(desk, orderId, { isRetry: false })).toMatchObject({ state: 'unknown' })
  return orderId
}

/** As if it had been believed to have ended so, with its position given up. */
async function believed(orderId: string, state: string): Promise<string> {
  const { positionId } = await orderOrThrow(db, orderId)
  await database.query('alter table orders disable trigger guard_absence')
  await database.query(`update orders set state = $2, ended_at = now() where id = $1`, [orderId, state])
  await database.query('alter table orders enable trigger guard_absence')
  await database.query(`update order_slots set released_at = now() where order_id = $1`, [orderId])
  await database.query(`update positions set state = 'void' where id = $1`, [positionId])
  return positionId
}

/** Reconciles as the job does, with the waiting between two looks left out. */
async function reconcile({ account }: Trader): Promise<void> {
  for (
    let looked = await reconcileAccount(desk, account.id), looks = 0;
    looked.isInDoubt && looks < 5;
    looks += 1
  ) {
    await database.query(
      `update accounts set doubts = (select coalesce(jsonb_object_agg(key, jsonb_set(value, '{sinceMs}', to_jsonb((value ->> 'sinceMs')::numeric - 6000))), '{}')
         from jsonb_each(doubts)) where id = $1`,
      [account.id],
    )
    looked = await reconcileAccount(desk, account.id)
  }
}

const alarmsOf = async (target: string) =>
  (
    await database.query<{ action: string }>('select action from audit_log where target = $1 order by id', [
      target,
    ])
  ).map(({ action }) => action)
const openAt = async (of: Trader, orderId: string) =>
  venueOrdersOf(floor, of, await orderOrThrow(db, orderId)).filter(({ status }) => status === 'open')

const endings = ['not_at_venue', 'canceled', 'rejected', 'manual'] as const

describe.each(['spot', 'futures'] as const)('on %s', (market) => {
  test.each(endings)(
    'an order that was believed %s and had filled is booked when the account is compared, with an alarm',
    async (state) => {
      const of = await floor.trader({ market })
      const orderId = await lost(of)
      const positionId = await believed(orderId, state)
      await reconcile(of)
      expect(await orderOrThrow(db, orderId)).toMatchObject({ state: 'filled', filled: '1' })
      expect((await eventsOf(db, orderId)).at(-1)).toMatchObject({
        from: state,
        to: 'filled',
        evidence: { status: 'filled', fills: 1 },
      })
      expect(await alarmsOf(orderId)).toEqual(['late-truth'])
      expect(await findPosition(db, positionId)).toMatchObject({ state: 'open', quantityEntered: '1' })
      expect(await compareBooks(db, of.account.id, floor.gateway)).toEqual([])
    },
  )
})

test.each(['not_at_venue', 'rejected', 'manual'] as const)(
  'an entry that was believed %s and rests after all comes to life with an alarm, and is taken back',
  async (state) => {
    const of = await floor.trader({ market: 'futures' })
    const orderId = await lost(of, { limitAt: 0.97 })
    const positionId = await believed(orderId, state)
    await reconcile(of)
    expect(await orderOrThrow(db, orderId)).toMatchObject({ state: 'open' })
    expect(await alarmsOf(orderId)).toEqual(['late-truth'])
    const [wanted] = await takeFollowUps(db, positionId)
    expect(wanted).toMatchObject({ id: orderId, wantsCancel: true })
    expect(await cancelOrder(desk, orderId)).toMatchObject({ state: 'canceled' })
    expect(await findPosition(db, positionId)).toMatchObject({ state: 'void' })
    expect(await openAt(of, orderId)).toEqual([])
  },
)

test('one look at a list proves nothing: an order that has just ended may still be in it', async () => {
  const of = await floor.trader({ market: 'futures' })
  const orderId = await lost(of, { limitAt: 0.97 })
  await believed(orderId, 'not_at_venue')
  expect(await reconcileAccount(desk, of.account.id)).toMatchObject({ isInDoubt: true })
  expect(await orderOrThrow(db, orderId)).toMatchObject({ state: 'not_at_venue' })
  expect(await alarmsOf(orderId)).toEqual([])
})

test('an order that was taken back and rests all the same is taken back again, with an alarm', async () => {
  const of = await floor.trader({ market: 'spot' })
  const orderId = await lost(of, { limitAt: 0.97 })
  await believed(orderId, 'canceled')
  await reconcile(of)
  expect(await openAt(of, orderId)).toEqual([])
  expect(await orderOrThrow(db, orderId)).toMatchObject({ state: 'canceled' })
  expect(await alarmsOf(orderId)).toEqual(['late-order'])
})

test('a stop that was believed not to be there rests as one of the position’s, and only one is left', async () => {
  const of = await floor.trader({ market: 'futures' })
  const entryId = await floor.enter(of, { base: 'ETH', quantity: '1' })
  await placeOrder(desk, entryId, { isRetry: false })
  const { positionId } = await orderOrThrow(db, entryId)
  simulator.faults.add({
    rules: [
      { fault: 'drop-after-accept', match: { path: '/fapi/v1/algoOrder', apiKey: of.apiKey }, times: 1 },
    ],
  })
  await workOff(desk, positionId)
  const first = (await liveOrders(db, positionId)).find(({ state }) => state === 'unknown')
  await database.query('alter table orders disable trigger guard_absence')
  await database.query(`update orders set state = 'not_at_venue', ended_at = now() where id = $1`, [
    first?.id,
  ])
  await database.query('alter table orders enable trigger guard_absence')
  await reconcile(of)
  await workOff(desk, positionId)
  const stops = await database.query<{ id: string }>(
    `select id from orders where position_id = $1 and purpose = 'stop'`,
    [positionId],
  )
  const resting = await Promise.all(stops.map(({ id }) => openAt(of, id)))
  expect(resting.flat()).toHaveLength(1)
  expect(await alarmsOf(first?.id ?? '')).toEqual(['late-truth'])
})

test.each(endings)(
  'the database itself takes back no %s without the order that the venue shows',
  async (state) => {
    const of = await floor.trader({ market: 'spot' })
    const orderId = await lost(of)
    await believed(orderId, state)
    const revive = (id: string | null) =>
      database.query(`update orders set state = 'open', ended_at = null, venue_order_id = $2 where id = $1`, [
        orderId,
        id,
      ])
    await expect(revive(null)).rejects.toThrow(`${state} becomes open by the venue's own order alone`)
    await revive('77')
    expect((await orderOrThrow(db, orderId)).state).toBe('open')
  },
)

test('the database itself takes no event of a state that there is not', async () => {
  const of = await floor.trader({ market: 'spot' })
  const orderId = await lost(of)
  const event = (from: string | null, to: string) =>
    database.query(
      `insert into order_events (user_id, order_id, from_state, to_state, actor) values ($1, $2, $3, $4, 'test')`,
      [of.account.userId, orderId, from, to],
    )
  await expect(event('unknown', 'lost')).rejects.toThrow('events_know_their_states')
  await expect(event('sent', 'open')).rejects.toThrow('events_know_their_states')
  await event(null, 'open')
})

describe('by a person’s word', () => {
  const word = { by: 'Ada', reason: 'the venue’s support says that it never arrived' }
  const stay = (orderId: string) =>
    database.query(
      `update orders set sent_at = sent_at - interval '130 s', failure_code = 'unknown-too-long' where id = $1`,
      [orderId],
    )
  const settle = async (orderId: string, said = word) =>
    settleByHand(desk, await orderOrThrow(db, orderId), said)

  test('what the venue is still asked for is not settled, nor anything that is known, nor without a reason', async () => {
    const of = await floor.trader({ market: 'spot' })
    const orderId = await lost(of)
    expect(await settle(orderId)).toContain('the venue is still being asked')
    await stay(orderId)
    expect(await settle(orderId, { ...word, reason: ' ' })).toContain('the reason is empty')
    await resolveOrder(desk, orderId)
    expect(await settle(orderId)).toBe('it is filled: only an order that stays unknown is settled by hand')
    expect(await alarmsOf(orderId)).toEqual([])
  })

  test('an order that stays unknown ends as manual, audited, and its account recovers; late truth is booked even so', async () => {
    const of = await floor.trader({ market: 'spot' })
    const orderId = await lost(of)
    const { positionId } = await orderOrThrow(db, orderId)
    await stay(orderId)
    await database.query(`update accounts set status = 'degraded', status_reason = 'x' where id = $1`, [
      of.account.id,
    ])
    expect(await settle(orderId)).toBeUndefined()
    expect(await settle(orderId)).toContain('it is manual')
    expect((await eventsOf(db, orderId)).at(-1)).toMatchObject({
      from: 'unknown',
      to: 'manual',
      actor: 'Ada',
    })
    expect(await alarmsOf(orderId)).toEqual(['order.manual'])
    expect(await findPosition(db, positionId)).toMatchObject({ state: 'void' })
    expect(await findAccount(db, of.account.id)).toMatchObject({ status: 'active', statusReason: null })

    await reconcile(of)
    expect(await orderOrThrow(db, orderId)).toMatchObject({ state: 'filled' })
    expect(await alarmsOf(orderId)).toEqual(['order.manual', 'late-truth'])
    expect(await compareBooks(db, of.account.id, floor.gateway)).toEqual([])
  })
})
