import fc from 'fast-check'
import { expect, test } from 'vitest'
import { takeFollowUps } from '#db/follow-ups.ts'
import { liveOrders } from '#db/orders.ts'
import { findPosition } from '#db/positions.ts'
import { VenueUnavailable } from '#src/errors.ts'
import { compareBooks } from '#src/orders/books.ts'
import { cancelOrder } from '#src/orders/cancel.ts'
import { guardShard } from '#src/orders/guard.ts'
import { placeOrder } from '#src/orders/place.ts'
import { planExit } from '#src/orders/plan.ts'
import { whoCloses } from '#src/orders/reached.ts'
import { resolveOrder } from '#src/orders/resolve.ts'
import { keys, openFloor, type Trader } from '#test/support/floor.ts'
import { steeredTape, steerSeen } from '#test/support/steered-tape.ts'

const tape = steeredTape()
const floor = await openFloor({ tape })
const { db, desk, simulator } = floor
const entry = 2_000

/** What may happen to a position, in any order. Prices are distances from the entry in its favour. */
type Act =
  | { do: 'work' | 'lose' | 'guard' | 'hand' | 'close' }
  | { do: 'sweep'; nth: number }
  | { do: 'price' | 'tighten' | 'trail'; by: number }
  | { do: 'part'; level: 1 | 2 | 3 }
  | { do: 'fault'; fault: 'drop-after-accept' | 'cancel-lost' | 'stop-asleep' }

const acts: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<Act>({ do: 'work' }, { do: 'lose' }, { do: 'guard' }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('sweep' as const), nth: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.constantFrom<Act>({ do: 'hand' }, { do: 'close' }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('price' as const, 'tighten' as const, 'trail' as const),
      by: fc.integer({ min: -150, max: 100 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('part' as const), level: fc.constantFrom(1, 2, 3) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('fault' as const),
      fault: fc.constantFrom('drop-after-accept' as const, 'cancel-lost' as const, 'stop-asleep' as const),
    }),
  },
)

const ordersOf = ({ apiKey }: Trader) => simulator.ledger(apiKey).accounts[0]?.orders ?? []
const resting = (of: Trader) => ordersOf(of).filter((one) => one.isConditional && one.status === 'open')
const held = ({ apiKey }: Trader) => Number(simulator.ledger(apiKey).accounts[0]?.positions[0]?.quantity ?? 0)

/** A venue that does not answer is asked again later; everything else is a defect. */
async function patiently(work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof VenueUnavailable)) throw error
  }
}

async function work(positionId: string): Promise<void> {
  for (const { id, wantsCancel } of await takeFollowUps(db, positionId))
    await patiently(() => (wantsCancel ? cancelOrder(desk, id) : placeOrder(desk, id, { isRetry: false })))
}

/** What the sweeper wakes sooner or later: the nth of a position's orders, or all. */
async function sweep(positionId: string, nth?: number): Promise<void> {
  const live = (await liveOrders(db, positionId)).sort((a, b) => b.attempt - a.attempt)
  for (const order of nth === undefined ? live : live.slice(nth, nth + 1))
    await patiently(() => {
      if (order.state === 'planned') return placeOrder(desk, order.id, { isRetry: false })
      return order.cancelRequestedAt !== null && order.state !== 'unknown' && order.state !== 'submitting'
        ? cancelOrder(desk, order.id)
        : resolveOrder(desk, order.id)
    })
}

async function guard(): Promise<void> {
  for (let shard = 0; shard < 4; shard += 1) await guardShard(desk, shard)
}

async function leave(positionId: string, level?: 1 | 2 | 3): Promise<void> {
  const wish =
    level === undefined
      ? ({ quantity: 'all', slots: ['close'], reason: 'manual' } as const)
      : ({ quantity: '0.25', slots: [`tp:${level}`], reason: `partial_tp_${level}` } as const)
  const price = entry
  await db.transaction().execute((tx) => planExit(tx, keys, { positionId, ...wish, price, actor: 'test' }))
}

test('whatever happens, nothing is oversold, at most two stops rest, and a closed position leaves none', async () => {
  const side = fc.constantFrom('long' as const, 'short' as const)
  await fc.assert(
    fc.asyncProperty(side, fc.array(acts, { minLength: 6, maxLength: 20 }), async (side, path) => {
      const sign = side === 'long' ? 1 : -1
      simulator.faults.remove()
      await steerSeen(tape, desk, 'ETH/USDT', entry)
      const of = await floor.trader({ market: 'futures' })
      const orderId = await floor.enter(of, { base: 'ETH', quantity: '1', side })
      await placeOrder(desk, orderId, { isRetry: false })
      const [order] = await floor.database.query<{ position_id: string }>(
        'select position_id from orders where id = $1',
        [orderId],
      )
      const positionId = order?.position_id ?? ''

      /** Live orders, but for what never reached the venue: proving that takes longer than this test. */
      const unfinished = async (positionId: string) =>
        (await liveOrders(db, positionId)).filter(
          ({ state, clientOrderId }) =>
            state !== 'unknown' || ordersOf(of).some((one) => one.clientOrderId === clientOrderId),
        )

      const perform = async (act: Act) => {
        switch (act.do) {
          case 'work':
            return work(positionId)
          case 'guard':
            return guard()
          case 'lose':
            return void (await takeFollowUps(db, positionId))
          case 'sweep':
            return sweep(positionId, act.nth)
          case 'hand':
            return void simulator.hand({ apiKey: of.apiKey, do: 'cancel-stops' })
          case 'close':
            return leave(positionId)
          case 'part':
            return leave(positionId, act.level)
          case 'price': {
            const price = entry + sign * act.by
            tape.steer('ETH/USDT', price)
            simulator.settle()
            await patiently(() => whoCloses(desk, positionId, price))
            return
          }
          case 'tighten':
          case 'trail': {
            const column = act.do === 'tighten' ? 'stop_loss' : 'trailing_sl'
            const tighter = side === 'long' ? 'greatest' : 'least'
            return void (await floor.database.query(
              `update monitored_positions set ${column} = ${tighter}(${column}, $2) where position_id = $1`,
              [positionId, entry + sign * Math.min(act.by, -5)],
            ))
          }
          case 'fault': {
            const request = act.fault === 'cancel-lost' ? ('cancel' as const) : ('order' as const)
            const match = { request, apiKey: of.apiKey }
            return void simulator.faults.add({ rules: [{ fault: act.fault, match, times: 1 }] })
          }
        }
      }
      for (const act of path) {
        await perform(act)
        expect(resting(of).length).toBeLessThanOrEqual(2)
        expect(held(of) * sign).toBeGreaterThanOrEqual(0)
        const position = await findPosition(db, positionId)
        expect(Number(position?.quantityReserved)).toBeLessThanOrEqual(Number(position?.quantityOpen))
      }

      simulator.faults.remove()
      for (let round = 0; round < 12; round += 1) {
        await sweep(positionId)
        await work(positionId)
        await floor.database.query(
          `update orders set ended_at = ended_at - interval '1 minute' where position_id = $1`,
          [positionId],
        )
        const position = await findPosition(db, positionId)
        if (position?.state !== 'closed') await leave(positionId)
        else if ((await unfinished(positionId)).length === 0) break
      }
      expect(await findPosition(db, positionId)).toMatchObject({ state: 'closed', quantityOpen: '0' })
      expect(await unfinished(positionId)).toEqual([])
      expect(held(of)).toBe(0)
      expect(resting(of)).toEqual([])
      expect(await compareBooks(db, of.account.id, floor.gateway)).toEqual([])
      const excess = await floor.database.query(
        `select 1 from ledger where account_id = $1 and kind = 'excess'`,
        [of.account.id],
      )
      expect(excess).toEqual([])
    }),
    { numRuns: Number(process.env.BULLPEN_TEST_STORMS ?? 8), endOnFailure: true },
  )
}, 120_000)
