import { beforeEach, expect, test } from 'vitest'
import { orderOrThrow } from '#db/orders.ts'
import { reviewGaps } from '#db/protection-gaps.ts'
import { VenueUnavailable } from '#src/errors.ts'
import { placeOrder } from '#src/orders/place.ts'
import { planExit } from '#src/orders/plan.ts'
import { resolveOrder } from '#src/orders/resolve.ts'
import { keys, openFloor } from '#test/support/floor.ts'
import { carryOut } from '#test/support/hand-work.ts'

const floor = await openFloor()
const { db, desk, simulator } = floor

beforeEach(() => simulator.faults.remove())

const gapsOf = (positionId: string) =>
  floor.database.query<{ kind: string; is_open: boolean; seconds: number }>(
    `select kind, ended_at is null as is_open, extract(epoch from coalesce(ended_at, clock_timestamp()) - began_at)::float8 as seconds
     from protection_gaps where position_id = $1 order by began_at`,
    [positionId],
  )

const looked = (positionId: string, secondsAgo: number) =>
  floor.database.query(
    `update monitored_positions set evaluated_at = clock_timestamp() - $2 * interval '1 s' where position_id = $1`,
    [positionId, secondsAgo],
  )

async function open() {
  const of = await floor.trader({ market: 'spot' })
  const positionId = await carryOut(desk, await floor.enter(of, { base: 'ETH', quantity: '1' }))
  return { of, positionId }
}

test('on spot a look at a fresh price within 5 s protects, and a gap begins when the last one is over', async () => {
  const { positionId } = await open()
  await reviewGaps(db, { positionId })
  expect(await gapsOf(positionId)).toEqual([])
  await looked(positionId, 12)
  await reviewGaps(db, { positionId })
  await reviewGaps(db, { positionId })
  const [gap] = await gapsOf(positionId)
  expect(gap).toMatchObject({ kind: 'not_evaluated', is_open: true })
  expect(gap?.seconds).toBeGreaterThanOrEqual(7)
  expect(gap?.seconds).toBeLessThan(10)
  await looked(positionId, 0)
  await reviewGaps(db, { positionId })
  expect(await gapsOf(positionId)).toMatchObject([{ is_open: false }])
})

test('a position that nobody ever looked at is unprotected from 5 s after its fill', async () => {
  const { positionId } = await open()
  await floor.database.query(
    `update fills set filled_at = filled_at - interval '8 s' where position_id = $1`,
    [positionId],
  )
  await reviewGaps(db, { positionId })
  const [gap] = await gapsOf(positionId)
  expect(gap).toMatchObject({ kind: 'not_evaluated', is_open: true })
  expect(gap?.seconds).toBeGreaterThanOrEqual(3)
})

test('an exit on spot whose outcome is unknown leaves its position unprotected from its sending on', async () => {
  const { of, positionId } = await open()
  await looked(positionId, 0)
  const wish = { positionId, quantity: 'all', slots: ['close'], reason: 'stop_loss', price: 100 } as const
  const exitId = await db.transaction().execute((tx) => planExit(tx, keys, { ...wish, actor: 'test' }))
  simulator.faults.add({
    rules: [{ fault: 'drop-after-accept', match: { request: 'order', apiKey: of.apiKey }, times: 1 }],
  })
  expect(await placeOrder(desk, exitId ?? '', { isRetry: false })).toMatchObject({ state: 'unknown' })
  expect(await gapsOf(positionId)).toMatchObject([{ kind: 'exit_unknown', is_open: true }])
  await resolveOrder(desk, exitId ?? '').catch((error) => expect(error).toBeInstanceOf(VenueUnavailable))
  expect((await orderOrThrow(db, exitId ?? '')).state).toBe('filled')
  expect(await gapsOf(positionId)).toMatchObject([{ is_open: false }])
})
