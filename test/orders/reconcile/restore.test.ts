import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, expect, inject, test } from 'vitest'
import { livingPositionsOf } from '#db/account-journal.ts'
import { connect } from '#db/client.ts'
import { orderOrThrow } from '#db/orders.ts'
import { findPosition } from '#db/positions.ts'
import { noteRestored, reconciliationOf } from '#db/reconciliations.ts'
import { saveSettings } from '#db/trading-settings.ts'
import { createGateway } from '#src/exchange/gateway.ts'
import { compareBooks } from '#src/orders/books.ts'
import { claimOrder } from '#src/orders/claim.ts'
import type { OrderDesk } from '#src/orders/order-desk.ts'
import { planExit } from '#src/orders/plan.ts'
import { reconcileAccount } from '#src/orders/reconcile/account.ts'
import { sendOrder } from '#src/orders/send.ts'
import { keys, openFloor, type Trader } from '#test/support/floor.ts'

const floor = await openFloor()
const { db, desk, simulator } = floor

/** A backup of the floor's database as it is now: the desk of somebody who goes on from it. */
async function backup(): Promise<OrderDesk> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const original = new URL(floor.database.url).pathname.slice(1)
  const admin = new pg.Client({ connectionString: inject('postgresUrl') })
  await admin.connect()
  await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = $1`, [original])
  await admin.query(`create database ${name} template ${original} strategy file_copy`)
  await admin.end()
  const url = new URL(floor.database.url)
  url.pathname = `/${name}`
  const restored = connect(url.href, 'bullpen_worker')
  const gateway = createGateway({ db: restored, keys, simulatorUrl: async () => simulator.url })
  afterAll(async () => {
    await gateway.close()
    await restored.destroy()
  })
  return { ...desk, db: restored, gateway, workerId: 'the-restored' }
}

async function open(trader: Trader, base: string, quantity: string): Promise<string> {
  const orderId = await floor.enter(trader, { base, quantity })
  expect(await sendOrder(desk, orderId)).toMatchObject({ state: 'filled' })
  return (await orderOrThrow(db, orderId)).positionId
}

const closing = (on: OrderDesk, positionId: string) =>
  on.db.transaction().execute((tx) =>
    planExit(tx, keys, {
      positionId,
      quantity: 'all',
      slots: ['close'],
      reason: 'take_profit',
      price: 100,
      actor: 'test',
    }),
  )

test.each(['spot', 'futures'] as const)(
  'after a restore on %s nothing leaves before the account was compared with its venue, and the books follow it',
  async (market) => {
    const trader = await floor.trader({ market })
    const accountId = trader.account.id
    await saveSettings(db, trader.account.userId, null, { stop_loss_pct: 4 })
    const sold = await open(trader, 'ETH', '2')
    const kept = await open(trader, 'BNB', '1')
    const plannedEntry = await floor.enter(trader, { base: 'XRP', quantity: '100' })
    const later = await backup()

    // What happens after the backup, and is forgotten by it.
    await sendOrder(desk, (await closing(desk, sold)) ?? '')
    expect(await findPosition(db, sold)).toMatchObject({ state: 'closed' })
    await open(trader, 'SOL', '5')
    const ordersBefore = simulator.ledger(trader.apiKey).accounts[0]?.orders.length

    const plannedExit = (await closing(later, kept)) ?? ''
    expect(await sendOrder(later, plannedExit)).toMatchObject({ state: 'planned' })
    expect(await sendOrder(later, plannedEntry)).toMatchObject({ state: 'planned' })
    expect(await noteRestored(later.db)).toContain(accountId)
    expect(await noteRestored(later.db)).toEqual([])
    expect(await sendOrder(later, plannedExit)).toMatchObject({ state: 'planned' })

    await reconcileAccount(later, accountId)
    expect(simulator.ledger(trader.apiKey).accounts[0]?.orders.length).toBe(ordersBefore)
    expect(await orderOrThrow(later.db, plannedEntry)).toMatchObject({ state: 'abandoned' })
    expect(await findPosition(later.db, sold)).toMatchObject({ state: 'closed' })
    const living = await livingPositionsOf(later.db, accountId)
    expect(living).toMatchObject([
      { symbol: trader.symbol('BNB'), state: 'closing' },
      { symbol: trader.symbol('SOL'), state: 'open', source: 'adopted', quantityEntered: '5' },
    ])
    const adopted = living[1]
    expect(Number(adopted?.stopLoss) / Number(adopted?.entryPrice)).toBeCloseTo(0.96, 3)
    expect(await compareBooks(later.db, accountId, later.gateway)).toEqual([])
    expect((await reconciliationOf(later.db, accountId)).mustReconcile).toBe(false)
    expect(await sendOrder(later, plannedExit)).toMatchObject({ state: 'filled' })
  },
)

test('an entry on a signal that is older than the restore is refused', async () => {
  const trader = await floor.trader({ market: 'futures' })
  const orderId = await floor.enter(trader, { base: 'LTC', quantity: '1' })
  await floor.database.query(
    `update accounts set restored_at = now(), reconciled_at = now() + interval '1 second' where id = $1`,
    [trader.account.id],
  )
  const context = { actor: 'test', marketNowMs: Date.now(), monitorShards: 4, keys }
  expect(await claimOrder(db, await orderOrThrow(db, orderId), context)).toEqual({
    kind: 'abandoned',
    reason: 'its signal is older than the restore of the database',
  })
  const fresh = await floor.enter(trader, { base: 'LTC', quantity: '1' })
  expect(await claimOrder(db, await orderOrThrow(db, fresh), context)).toMatchObject({ kind: 'claimed' })
})
