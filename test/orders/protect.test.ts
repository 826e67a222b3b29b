import { beforeEach, describe, expect, test } from 'vitest'
import { takeWakes } from '#db/order-wakes.ts'
import { liveOrders, type Order, orderOrThrow } from '#db/orders.ts'
import { findPosition } from '#db/positions.ts'
import { unprotectedSeconds } from '#db/protection-gaps.ts'
import { compareBooks } from '#src/orders/books.ts'
import { cancelOrder } from '#src/orders/cancel.ts'
import { closeUnprotected } from '#src/orders/guard.ts'
import { placeOrder } from '#src/orders/place.ts'
import { planExit } from '#src/orders/plan.ts'
import { sayProtection } from '#src/orders/protection-alarms.ts'
import { whoCloses } from '#src/orders/reached.ts'
import { resolveOrder } from '#src/orders/resolve.ts'
import type { FaultScript } from '#src/simulator/faults/rule.ts'
import { type EntryWish, keys, openFloor, type Trader } from '#test/support/floor.ts'
import { carryOut, guardAll, workOff } from '#test/support/hand-work.ts'
import { steeredTape, steerSeen } from '#test/support/steered-tape.ts'

const tape = steeredTape()
const floor = await openFloor({ tape })
const { db, desk, simulator } = floor

beforeEach(async () => {
  simulator.faults.remove()
  await steerSeen(tape, desk, 'ETH/USDT', 2_000)
})

const stopsOf = async (positionId: string): Promise<Order[]> =>
  (await liveOrders(db, positionId))
    .filter(({ purpose }) => purpose === 'stop')
    .sort((a, b) => a.attempt - b.attempt)

/** The conditional orders that rest at the venue. */
function resting({ apiKey }: Trader) {
  const [account] = simulator.ledger(apiKey).accounts
  return (account?.orders ?? []).filter((order) => order.isConditional && order.status === 'open')
}

/** What the venue holds, negative for a short. */
function held({ apiKey }: Trader): number {
  const [account] = simulator.ledger(apiKey).accounts
  return Number(account?.positions[0]?.quantity ?? 0)
}

const gapsOf = (positionId: string) =>
  floor.database.query<{ kind: string; seconds: number | null }>(
    'select kind, extract(epoch from ended_at - began_at)::float8 as seconds from protection_gaps where position_id = $1 order by began_at',
    [positionId],
  )

const alarmsOf = async (positionId: string) =>
  (
    await floor.database.query<{ action: string }>(
      'select action from audit_log where target = $1 order by at',
      [positionId],
    )
  ).map(({ action }) => action)

const trader = () => floor.trader({ market: 'futures' })
const settled = (rules: FaultScript['rules']) => simulator.faults.add({ rules })

/** A position with its stop at rest, 5 % from the entry at 2,000. */
async function open(of: Trader, wish: Partial<EntryWish> = {}): Promise<string> {
  return carryOut(desk, await floor.enter(of, { base: 'ETH', quantity: '1', ...wish }))
}

async function close(positionId: string): Promise<string> {
  const orderId = await db.transaction().execute((tx) =>
    planExit(tx, keys, {
      positionId,
      quantity: 'all',
      slots: ['close'],
      reason: 'manual',
      price: 2_000,
      actor: 'test',
    }),
  )
  if (orderId === undefined) throw new Error('no close was planned')
  return orderId
}

const tighten = (positionId: string, column: 'stop_loss' | 'trailing_sl', price: number) =>
  floor.database.query(`update monitored_positions set ${column} = $2 where position_id = $1`, [
    positionId,
    price,
  ])

/** As if the price had been through the stop, or the gap had begun, so much earlier. */
const age = (positionId: string, seconds: number) =>
  Promise.all([
    floor.database.query(
      `update positions set stop_reached_at = stop_reached_at - $2 * interval '1 s' where id = $1`,
      [positionId, seconds],
    ),
    floor.database.query(
      `update protection_gaps set began_at = began_at - $2 * interval '1 s' where position_id = $1`,
      [positionId, seconds],
    ),
    floor.database.query(
      `update orders set ended_at = ended_at - $2 * interval '1 s' where position_id = $1`,
      [positionId, seconds],
    ),
  ])

describe('from the fill on', () => {
  test.each(['long', 'short'] as const)(
    'the stop of a %s is planned with its entry’s fill, rests at the venue, and is gone after the close',
    async (side) => {
      const of = await trader()
      const entryId = await floor.enter(of, { base: 'ETH', quantity: '1', side })
      await placeOrder(desk, entryId, { isRetry: false })
      const { positionId } = await orderOrThrow(db, entryId)
      const [stop] = await stopsOf(positionId)
      expect(stop).toMatchObject({
        state: 'planned',
        type: 'stop_market',
        side: side === 'long' ? 'sell' : 'buy',
        quantity: '1',
        stopPrice: side === 'long' ? '1900' : '2100',
        isReduceOnly: true,
        reserved: '0',
        closeReason: 'stop_loss',
      })
      expect(await gapsOf(positionId)).toMatchObject([{ kind: 'no_stop', seconds: null }])
      expect(resting(of)).toEqual([])

      await workOff(desk, positionId)
      expect(resting(of)).toMatchObject([{ quantity: '1', triggerPrice: stop?.stopPrice, reduceOnly: true }])
      const [gap] = await gapsOf(positionId)
      expect(gap?.seconds).toBeGreaterThanOrEqual(0)
      expect((await findPosition(db, positionId))?.quantityReserved).toBe('0')

      const closeId = await close(positionId)
      expect(resting(of)).toHaveLength(1)
      await placeOrder(desk, closeId, { isRetry: false })
      expect(await findPosition(db, positionId)).toMatchObject({ state: 'closed' })
      expect(resting(of)).toHaveLength(1)
      await workOff(desk, positionId)
      expect(resting(of)).toEqual([])
      expect(await compareBooks(db, of.account.id, floor.gateway)).toEqual([])
    },
  )

  test('on spot nothing rests', async () => {
    const of = await floor.trader({ market: 'spot' })
    const positionId = await open(of)
    expect(await stopsOf(positionId)).toEqual([])
  })

  test('a worker that dies after the fill leaves a planned stop, which the sweeper wakes', async () => {
    const of = await trader()
    const entryId = await floor.enter(of, { base: 'ETH', quantity: '1' })
    await placeOrder(desk, entryId, { isRetry: false })
    const { positionId } = await orderOrThrow(db, entryId)
    await guardAll(desk)
    await guardAll(desk)
    const woken = await takeWakes(db, { quietMs: 0, limit: 100 })
    for (const { id } of woken) await placeOrder(desk, id, { isRetry: false })
    expect(resting(of)).toHaveLength(1)
    expect(await gapsOf(positionId)).toHaveLength(1)
  })

  test('an entry that fills in parts is protected for what has filled, and the stop grows with it', async () => {
    const of = await trader()
    settled([{ fault: 'partial-fill', share: 0.4, rest: 'later', match: { apiKey: of.apiKey }, times: 1 }])
    const entryId = await floor.enter(of, { base: 'ETH', quantity: '1', limitAt: 0.99 })
    expect(await carryOut(desk, entryId)).toBeDefined()
    const { positionId } = await orderOrThrow(db, entryId)
    expect(resting(of)).toEqual([])
    tape.steer('ETH/USDT', 1_980)
    simulator.settle()
    tape.steer('ETH/USDT', 2_000)
    await resolveOrder(desk, entryId)
    await workOff(desk, positionId)
    const part = await findPosition(db, positionId)
    expect(part).toMatchObject({ state: 'open', quantityOpen: '0.4' })
    expect(resting(of)).toMatchObject([{ quantity: '0.4' }])

    tape.steer('ETH/USDT', 1_979)
    simulator.settle()
    await resolveOrder(desk, entryId)
    expect(await stopsOf(positionId)).toMatchObject([
      { quantity: '0.4' },
      { quantity: '1', state: 'planned' },
    ])
    await workOff(desk, positionId)
    expect(resting(of)).toMatchObject([{ quantity: '1' }])
    expect(await gapsOf(positionId)).toHaveLength(2)
  })
})

describe('when the price comes to it', () => {
  test.each(['long', 'short'] as const)(
    'the resting stop of a %s closes, and is followed to the order it became',
    async (side) => {
      const of = await trader()
      const positionId = await open(of, { side })
      const price = side === 'long' ? 1_890 : 2_110
      tape.steer('ETH/USDT', price)
      simulator.settle()
      expect(held(of)).toBe(0)
      expect(await whoCloses(desk, positionId, price)).toMatchObject({ of: 'venue' })
      await age(positionId, 2)
      expect(await whoCloses(desk, positionId, price)).toMatchObject({
        of: 'monitor',
        asked: [{ result: { state: 'filled' } }],
      })
      const position = await findPosition(db, positionId)
      expect(position).toMatchObject({ state: 'closed', closeReason: 'stop_loss', quantityOpen: '0' })
      expect(resting(of)).toEqual([])
      expect(await compareBooks(db, of.account.id, floor.gateway)).toEqual([])
    },
  )

  test('a stop that sleeps is overtaken after 2 s, and taken back only when the close has filled', async () => {
    const of = await trader()
    settled([{ fault: 'stop-asleep', match: { apiKey: of.apiKey } }])
    const positionId = await open(of)
    tape.steer('ETH/USDT', 1_890)
    simulator.settle()
    expect(held(of)).toBe(1)
    await whoCloses(desk, positionId, 1_890)
    await age(positionId, 2)
    expect(await whoCloses(desk, positionId, 1_890)).toMatchObject({
      of: 'monitor',
      asked: [{ result: { state: 'open' } }],
    })
    const closeId = await close(positionId)
    expect(resting(of)).toHaveLength(1)
    await carryOut(desk, closeId)
    expect(held(of)).toBe(0)
    expect(resting(of)).toEqual([])
  })

  test('a price that is through the wanted stop and not through the resting one is the monitor’s', async () => {
    const of = await trader()
    const positionId = await open(of)
    expect(await whoCloses(desk, positionId, 1_901)).toEqual({ of: 'monitor', asked: [] })
  })

  test('a stop and a close that meet close once', async () => {
    const of = await trader()
    const positionId = await open(of)
    const closeId = await close(positionId)
    tape.steer('ETH/USDT', 1_890)
    simulator.settle()
    await carryOut(desk, closeId)
    await guardAll(desk)
    expect(held(of)).toBe(0)
    for (const { id } of await stopsOf(positionId)) await resolveOrder(desk, id)
    expect(await findPosition(db, positionId)).toMatchObject({ state: 'closed', quantityOpen: '0' })
    expect(await compareBooks(db, of.account.id, floor.gateway)).toEqual([])
  })
})

describe('moving it', () => {
  test('a stop loss that was tightened moves: the new one is added before the old one goes', async () => {
    const of = await trader()
    const positionId = await open(of)
    await tighten(positionId, 'stop_loss', 1_950)
    settled([{ fault: '5xx-not-executed', match: { request: 'cancel', apiKey: of.apiKey }, times: 1 }])
    await guardAll(desk)
    expect(resting(of).map(({ triggerPrice }) => triggerPrice)).toEqual(['1900', '1950'])
    expect(await gapsOf(positionId)).toHaveLength(1)
    const [old] = await stopsOf(positionId)
    await cancelOrder(desk, old?.id ?? '')
    expect(resting(of)).toMatchObject([{ triggerPrice: '1950' }])
  })

  test('a trailing stop moves by a tenth of a percent or more, not on every tick', async () => {
    const of = await trader()
    const positionId = await open(of)
    await tighten(positionId, 'trailing_sl', 1_980)
    await guardAll(desk)
    expect(resting(of)).toMatchObject([{ triggerPrice: '1980' }])
    expect(await stopsOf(positionId)).toMatchObject([{ closeReason: 'trailing_stop' }])
    await tighten(positionId, 'trailing_sl', 1_981.9)
    await guardAll(desk)
    expect(resting(of)).toMatchObject([{ triggerPrice: '1980' }])
    await tighten(positionId, 'trailing_sl', 1_982)
    await guardAll(desk)
    expect(resting(of)).toMatchObject([{ triggerPrice: '1982' }])
  })

  test('a cancel that the venue confirmed and lost is sent again until the old stop is gone', async () => {
    const of = await trader()
    const positionId = await open(of)
    await tighten(positionId, 'stop_loss', 1_950)
    settled([{ fault: 'cancel-lost', match: { apiKey: of.apiKey }, times: 1 }])
    await guardAll(desk)
    expect(resting(of)).toHaveLength(2)
    const [old] = await stopsOf(positionId)
    expect(old?.state).toBe('canceling')
    const wakes = await takeWakes(db, { quietMs: 0, limit: 100 })
    expect(wakes.find(({ id }) => id === old?.id)).toMatchObject({ wantsCancel: true })
    await cancelOrder(desk, old?.id ?? '')
    expect(resting(of)).toMatchObject([{ triggerPrice: '1950' }])
  })

  test('what a partial exit leaves is what the stop closes', async () => {
    const of = await trader()
    const positionId = await open(of)
    const wish = {
      positionId,
      quantity: '0.25',
      slots: ['tp:1'],
      reason: 'partial_tp_1',
      price: 2_020,
    } as const
    const partId = await db.transaction().execute((tx) => planExit(tx, keys, { ...wish, actor: 'test' }))
    await carryOut(desk, partId ?? '')
    expect(resting(of)).toMatchObject([{ quantity: '0.75' }])
  })

  test('a stop whose answer was lost gets a second beside it at once, and only one is left', async () => {
    const of = await trader()
    settled([
      { fault: 'drop-after-accept', match: { path: '/fapi/v1/algoOrder', apiKey: of.apiKey }, times: 1 },
    ])
    const positionId = await open(of)
    expect(await stopsOf(positionId)).toMatchObject([{ state: 'unknown' }, { state: 'open' }])
    expect(resting(of)).toHaveLength(2)
    const first = (await stopsOf(positionId)).find(({ state }) => state === 'unknown')
    await resolveOrder(desk, first?.id ?? '')
    await workOff(desk, positionId)
    expect(resting(of)).toHaveLength(1)
    expect(await stopsOf(positionId)).toMatchObject([{ state: 'open' }])
  })
})

describe('taken away by hand', () => {
  test('once: it is armed again and said; twice in ten minutes: the monitor guards alone', async () => {
    const of = await trader()
    const positionId = await open(of)
    const takeAway = async () => {
      simulator.hand({ apiKey: of.apiKey, do: 'cancel-stops' })
      const [stop] = await stopsOf(positionId)
      await sayProtection(desk, stop?.id ?? '', await resolveOrder(desk, stop?.id ?? ''))
      await workOff(desk, positionId)
    }
    await takeAway()
    expect(resting(of)).toHaveLength(1)
    expect(await alarmsOf(positionId)).toEqual(['stop-removed'])
    await takeAway()
    await guardAll(desk)
    expect(resting(of)).toEqual([])
    expect(await alarmsOf(positionId)).toEqual(['stop-removed', 'stop-declined'])
    await age(positionId, 60)
    await guardAll(desk)
    expect(await findPosition(db, positionId)).toMatchObject({ state: 'open' })
    expect(await liveOrders(db, positionId)).toEqual([])
  })

  test('twice with more than ten minutes between: it is armed again both times', async () => {
    const of = await trader()
    const positionId = await open(of)
    for (let time = 0; time < 2; time += 1) {
      simulator.hand({ apiKey: of.apiKey, do: 'cancel-stops' })
      const [stop] = await stopsOf(positionId)
      await resolveOrder(desk, stop?.id ?? '')
      await workOff(desk, positionId)
      await floor.database.query(
        `update positions set stop_removed_at = stop_removed_at - interval '11 minutes' where id = $1`,
        [positionId],
      )
    }
    expect(resting(of)).toHaveLength(1)
  })
})

describe('when none comes to rest', () => {
  test('a refused stop is tried three times, said, and then every 30 s', async () => {
    const of = await trader()
    const entryId = await floor.enter(of, { base: 'ETH', quantity: '1' })
    await placeOrder(desk, entryId, { isRetry: false })
    const { positionId } = await orderOrThrow(db, entryId)
    tape.steer('ETH/USDT', 1_800) // the stop would trigger at once
    expect(await workOff(desk, positionId)).toMatchObject([
      { state: 'rejected' },
      { state: 'rejected' },
      { state: 'rejected' },
    ])
    expect(await alarmsOf(positionId)).toEqual(['refused-in-a-row'])
    await guardAll(desk)
    expect(await stopsOf(positionId)).toEqual([])
    tape.steer('ETH/USDT', 2_000)
    await age(positionId, 30)
    await floor.database.query('delete from protection_gaps where position_id = $1', [positionId])
    await floor.database.query(`update fills set filled_at = now() where position_id = $1`, [positionId])
    await guardAll(desk)
    expect(resting(of)).toHaveLength(1)
  })

  test('after 10 s without a stop the position is closed, and nothing rests on', async () => {
    const of = await trader()
    const entryId = await floor.enter(of, { base: 'ETH', quantity: '1' })
    await placeOrder(desk, entryId, { isRetry: false })
    const { positionId } = await orderOrThrow(db, entryId)
    settled([{ fault: 'drop-before', match: { path: '/fapi/v1/algoOrder', apiKey: of.apiKey } }])
    await guardAll(desk)
    expect(await findPosition(db, positionId)).toMatchObject({ state: 'open' })
    await age(positionId, 10)
    await guardAll(desk)
    await guardAll(desk)
    expect(await findPosition(db, positionId)).toMatchObject({ state: 'closed', closeReason: 'emergency' })
    expect(await alarmsOf(positionId)).toContain('unprotected')
    simulator.faults.remove()
    for (const { id } of await stopsOf(positionId)) await resolveOrder(desk, id)
    await workOff(desk, positionId)
    expect(resting(of)).toEqual([])
    expect(held(of)).toBe(0)
  })

  test('nor does it wait for the next look of its shard; what has its stop by then stays open', async () => {
    const [bare, late] = [await trader(), await trader()]
    const entryId = await floor.enter(bare, { base: 'ETH', quantity: '1' })
    await placeOrder(desk, entryId, { isRetry: false })
    const { positionId } = await orderOrThrow(db, entryId)
    const protectedId = await open(late)
    expect(await closeUnprotected(desk)).toEqual([])
    await age(positionId, 10)
    await age(protectedId, 10)
    // As if nobody had judged it since its stop rests.
    await floor.database.query('update protection_gaps set ended_at = null where position_id = $1', [
      protectedId,
    ])
    expect(await closeUnprotected(desk)).toEqual([positionId])
    expect(await closeUnprotected(desk)).toEqual([])
    await workOff(desk, positionId)
    expect(await findPosition(db, positionId)).toMatchObject({ state: 'closed', closeReason: 'emergency' })
    expect(await findPosition(db, protectedId)).toMatchObject({ state: 'open' })
    expect(held(bare)).toBe(0)
  })

  test('no position is entered on a symbol where an older stop may still rest', async () => {
    const of = await trader()
    const positionId = await open(of)
    const closeId = await close(positionId)
    await placeOrder(desk, closeId, { isRetry: false })
    await expect(floor.enter(of, { base: 'ETH', quantity: '1' })).rejects.toThrow('planned already')
    await workOff(desk, positionId)
    expect(await floor.enter(of, { base: 'ETH', quantity: '1' })).toBeDefined()
  })
})

test('unprotected time is reckoned over every position that held something', async () => {
  const seconds = await unprotectedSeconds(db, { since: new Date(0), market: 'futures' })
  expect(seconds.positions).toBeGreaterThan(10)
  expect(seconds.p50).toBeLessThanOrEqual(seconds.p99)
  expect(seconds.p99).toBeLessThanOrEqual(seconds.max)
})
