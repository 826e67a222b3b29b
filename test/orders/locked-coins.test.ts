import { expect, test } from 'vitest'
import { findPosition } from '#db/positions.ts'
import { compareBooks } from '#src/orders/books.ts'
import { planExit } from '#src/orders/plan.ts'
import { keys, openFloor } from '#test/support/floor.ts'
import { carryOut } from '#test/support/hand-work.ts'
import { steeredTape, steerSeen } from '#test/support/steered-tape.ts'

const tape = steeredTape()
const floor = await openFloor({ tape })
const { db, desk, simulator } = floor

test('what the user has locked is not there to be sold: an exit sells what is free, and the rest once it is', async () => {
  await steerSeen(tape, desk, 'ETH/USDT', 2_000)
  const of = await floor.trader({ market: 'spot' })
  const positionId = await carryOut(desk, await floor.enter(of, { base: 'ETH', quantity: '1' }))
  const byHand = { side: 'sell', type: 'limit', quantity: '0.4', price: '2100' } as const
  const [lock] = simulator.hand({
    apiKey: of.apiKey,
    do: 'place-order',
    symbol: 'ETH/USDT',
    ...byHand,
  }).placed
  const close = () =>
    db.transaction().execute((tx) =>
      planExit(tx, keys, {
        positionId,
        quantity: 'all',
        slots: ['close'],
        reason: 'stop_loss',
        price: 2_000,
        actor: 'test',
        isCorrection: true,
      }),
    )
  await carryOut(desk, (await close()) ?? '')
  const position = await findPosition(db, positionId)
  expect(position?.state).toBe('open')
  expect(Number(position?.quantityOpen)).toBeCloseTo(0.4, 2)

  simulator.hand({ apiKey: of.apiKey, do: 'cancel-order', clientOrderId: lock?.clientOrderId ?? '' })
  await carryOut(desk, (await close()) ?? '')
  expect(await findPosition(db, positionId)).toMatchObject({ state: 'closed' })
  expect(await compareBooks(db, of.account.id, floor.gateway)).toEqual([])
})
