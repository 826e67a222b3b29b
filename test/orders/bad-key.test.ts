import { expect, test } from 'vitest'
import { findAccount } from '#db/accounts.ts'
import { batchOrThrow } from '#db/close-batches.ts'
import { orderCloseAll } from '#db/halt-orders.ts'
import { orderOrThrow } from '#db/orders.ts'
import cancelJob from '#jobs/cancel-order.ts'
import type { JobContext } from '#jobs/context.ts'
import resolveJob from '#jobs/resolve-order.ts'
import { advanceCloseBatches } from '#src/orders/close-all.ts'
import { placeOrder } from '#src/orders/place.ts'
import { openFloor, type Trader } from '#test/support/floor.ts'
import { carryOut } from '#test/support/hand-work.ts'

const floor = await openFloor()
const { db, database, desk, simulator } = floor
const context = { ...desk, enqueue: async () => {} } as unknown as JobContext
const run = { signal: new AbortController().signal, isRetry: false }

const revoke = ({ apiKey }: Trader) => simulator.hand({ apiKey, do: 'revoke-key' })
const alarmsOf = async (target: string) =>
  (
    await database.query<{ action: string }>(
      `select action from audit_log where target = $1 and action not like 'close-all.start' order by id`,
      [target],
    )
  ).map(({ action }) => action)

async function closing(of: Trader) {
  const place = { scope: 'account', key: of.account.id } as const
  const ordered = await db
    .transaction()
    .execute((tx) => orderCloseAll(tx, { ...place, reason: 'a test', by: 'test' }))
  const batchId = ordered?.batch.id ?? ''
  const step = async () => {
    const woken: string[] = []
    await database.query('update close_batches set advanced_at = null where id = $1', [batchId])
    await advanceCloseBatches(desk, ({ id }) => woken.push(id))
    for (const id of woken) await placeOrder(desk, id, { isRetry: false })
    return batchOrThrow(db, batchId)
  }
  return { batchId, step, target: `account ${of.account.id}` }
}

test.each(['spot', 'futures'] as const)(
  'a close-all on %s with a key that was revoked says why it waits, and calls a person, once each',
  async (market) => {
    const of = await floor.trader({ market })
    await carryOut(desk, await floor.enter(of, { base: 'ETH', quantity: '1' }))
    revoke(of)
    const { batchId, step, target } = await closing(of)
    for (let steps = 0; steps < 4; steps += 1) await step()
    expect(await findAccount(db, of.account.id)).toMatchObject({
      status: 'paused',
      statusReason: expect.stringContaining('the venue refuses the key'),
    })
    expect(await alarmsOf(of.account.id)).toEqual(['key-refused'])
    const open = await step()
    expect(open).toMatchObject({ endedAt: null, waitsFor: expect.stringMatching(/refused|-2015|-2014|key/i) })
    expect(await alarmsOf(target)).toEqual([])
    await database.query(`update close_batches set opened_at = opened_at - interval '61 s' where id = $1`, [
      batchId,
    ])
    for (let steps = 0; steps < 3; steps += 1) await step()
    expect(await alarmsOf(target)).toEqual(['close-all.stuck'])
  },
)

test('an order that cannot be asked for with a revoked key waits, without a failed job for every look', async () => {
  const of = await floor.trader({ market: 'futures' })
  const orderId = await floor.enter(of, { base: 'BTC', quantity: '0.01', limitAt: 0.97 })
  expect(await placeOrder(desk, orderId, { isRetry: false })).toMatchObject({ state: 'open' })
  revoke(of)
  const looked = await resolveJob.run({ orderId }, context, run)
  expect(looked).toMatchObject({ kind: 'skipped', reason: expect.stringContaining('-2015') })
  expect(await cancelJob.run({ orderId, exchange: 'binance' }, context, run)).toMatchObject({
    kind: 'skipped',
  })
  expect(await findAccount(db, of.account.id)).toMatchObject({ status: 'paused' })
  expect(await alarmsOf(of.account.id)).toEqual(['key-refused'])
  const [row] = await database.query('select unreached from orders where id = $1', [orderId])
  expect(row).toEqual({ unreached: 2 })
  expect((await orderOrThrow(db, orderId)).state).toBe('canceling')
})

test('an account that a person has paused stays as they left it', async () => {
  const of = await floor.trader({ market: 'futures' })
  const orderId = await floor.enter(of, { base: 'BTC', quantity: '0.01', limitAt: 0.97 })
  await placeOrder(desk, orderId, { isRetry: false })
  await database.query(`update accounts set status = 'paused', status_reason = 'on holiday' where id = $1`, [
    of.account.id,
  ])
  revoke(of)
  await resolveJob.run({ orderId }, context, run)
  expect(await findAccount(db, of.account.id)).toMatchObject({ status: 'paused', statusReason: 'on holiday' })
})
