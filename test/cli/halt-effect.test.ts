import { expect, test } from 'vitest'
import { orderOrThrow } from '#db/orders.ts'
import { planExit } from '#src/orders/plan.ts'
import { sendOrder } from '#src/orders/send.ts'
import { commandLine } from '../support/command.ts'
import { keys, openFloor, secretKey, venueOrdersOf } from '../support/floor.ts'

const floor = await openFloor()
const { database, db, desk } = floor
const bullpen = commandLine({ DATABASE_URL: database.url, SECRET_KEY: secretKey })

test('once the command has returned no planned entry is sent, an exit is, and lifting it lets entries through', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const openId = await floor.enter(trader, { base: 'SOL', quantity: '5' })
  await sendOrder(desk, openId)
  const { positionId } = await orderOrThrow(db, openId)
  const entryId = await floor.enter(trader, { base: 'ETH', quantity: '1' })

  expect(await bullpen(['halt', 'set', '--reason', 'a drill'])).toMatchObject({ code: 0, stderr: '' })
  expect(await sendOrder(desk, entryId)).toMatchObject({
    state: 'abandoned',
    outcome: { kind: 'failed', reason: expect.stringContaining('a drill') },
  })
  expect(venueOrdersOf(floor, trader, await orderOrThrow(db, entryId))).toEqual([])
  const plan = { positionId, quantity: 'all', slots: ['close'], reason: 'manual', price: 100 } as const
  const exitId = await db.transaction().execute((tx) => planExit(tx, keys, { ...plan, actor: 'test' }))
  expect(await sendOrder(desk, exitId ?? '')).toMatchObject({ state: 'filled' })

  expect(await bullpen(['halt', 'lift'])).toMatchObject({ code: 0, stderr: '' })
  const nextId = await floor.enter(trader, { base: 'BTC', quantity: '0.01' })
  expect(await sendOrder(desk, nextId)).toMatchObject({ state: 'filled' })
})
