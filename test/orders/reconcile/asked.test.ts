import { expect, test } from 'vitest'
import { reconciliationOf } from '#db/reconciliations.ts'
import type { JobContext } from '#jobs/context.ts'
import reconcile from '#jobs/reconcile-account.ts'
import { sendOrder } from '#src/orders/send.ts'
import { openFloor, type Trader } from '#test/support/floor.ts'

const floor = await openFloor()
const { db, database, desk, simulator } = floor
const context = { ...desk, enqueue: async () => {} } as unknown as JobContext
const { signal } = new AbortController()

/** Runs the job as one that was due at that moment. */
const run = ({ account }: Trader, dueMs?: number) =>
  reconcile.run({ accountId: account.id }, context, {
    signal,
    isRetry: false,
    ...(dueMs !== undefined && { dueMs }),
  })

/** When the last comparison began, epoch ms. */
async function comparedAt({ account }: Trader): Promise<number> {
  return (await reconciliationOf(db, account.id)).reconciledAt?.getTime() ?? Number.NaN
}

const answered = { kind: 'skipped', reason: 'it was compared since this was asked for' }

test('one comparison answers all who asked before it began, and nobody who asked after', async () => {
  const trader = await floor.trader({ market: 'spot' })
  expect(await run(trader, Date.now())).toMatchObject({ kind: 'done' })
  const atMs = await comparedAt(trader)
  expect(await run(trader, atMs - 2_001)).toEqual(answered)
  expect(await comparedAt(trader)).toBe(atMs)
  // The clocks may differ: it may have been asked for after the comparison began.
  expect(await run(trader, atMs - 1_999)).toMatchObject({ kind: 'done' })
  expect(await comparedAt(trader)).toBeGreaterThan(atMs)
  expect(await run(trader)).toMatchObject({ kind: 'done' })
})

test('what is in doubt, stale, or to be compared first is compared whoever asked when', async () => {
  const trader = await floor.trader({ market: 'futures' })
  await sendOrder(desk, await floor.enter(trader, { base: 'SOL', quantity: '4' }))
  await run(trader)
  const early = (await comparedAt(trader)) - 10_000
  expect(await run(trader, early)).toEqual(answered)
  simulator.hand({ apiKey: trader.apiKey, do: 'sell-half', symbol: 'SOL/USDT' })
  await run(trader)
  expect((await reconciliationOf(db, trader.account.id)).doubts).not.toEqual({})
  expect(await run(trader, early)).not.toEqual(answered)
  for (const change of [`stale_since = now(), doubts = '{}'`, `must_reconcile = true, doubts = '{}'`]) {
    await database.query(`update accounts set ${change} where id = $1`, [trader.account.id])
    expect(await run(trader, early)).not.toEqual(answered)
  }
})
