import { afterAll, expect, test } from 'vitest'
import { type Order, orderOrThrow } from '#db/orders.ts'
import { checkBullpen, harms } from '#src/chaos/checker.ts'
import { openJournal } from '#src/chaos/journal.ts'
import { approve } from '#src/exchange/order-request.ts'
import { sendOrder } from '#src/orders/send.ts'
import { openFloor, type Trader } from '#test/support/floor.ts'

const floor = await openFloor()
const { db, desk } = floor
const journal = await openJournal(floor.database.url)
afterAll(() => journal.close())

/** One trader whose entry was sent; nothing else is looked at. */
async function entered(): Promise<{ trader: Trader; order: Order }> {
  const trader = await floor.trader({ market: 'spot' })
  await journal.query('delete from chaos.accounts')
  await journal.query('delete from chaos.halts')
  await journal.query(`insert into chaos.accounts values ($1, $2, 'bullpen', 'spot')`, [
    trader.account.id,
    trader.apiKey,
  ])
  const id = await floor.enter(trader, { base: 'BTC', quantity: '0.01' })
  await sendOrder(desk, id)
  return { trader, order: await orderOrThrow(db, id) }
}

function check() {
  const { accounts } = floor.simulator.ledger()
  return checkBullpen(journal, new Map(accounts.map((account) => [account.apiKey, account])))
}

const clean = { ...Object.fromEntries(harms.map((kind) => [kind, 0])), findings: [] }

async function byHand(trader: Trader, act: object): Promise<void> {
  const response = await fetch(new URL('/__sim/hands', floor.simulator.url), {
    method: 'POST',
    body: JSON.stringify({ apiKey: trader.apiKey, ...act }),
  })
  expect(response.ok).toBe(true)
}

test('an order that happened once is found whole', async () => {
  await entered()
  expect(await check()).toMatchObject({ ...clean, journal: 1, executed: 1 })
})

test('an order that was sent twice is a duplicate, and the books differ', async () => {
  const { trader, order } = await entered()
  const venue = await floor.gateway.account(trader.account.id)
  const now = { wallMs: Date.now(), monotonicMs: performance.now() }
  await venue.placeOrder(
    approve({ ...order, isReduceOnly: false, price: undefined, stopPrice: undefined } as never, now),
  )
  const { duplicates, booksDiffer } = await check()
  expect(duplicates).toBeGreaterThan(0)
  expect(booksDiffer).toBeGreaterThan(0)
})

test('an order that nobody meant is a duplicate', async () => {
  const { trader, order } = await entered()
  const venue = await floor.gateway.account(trader.account.id)
  const now = { wallMs: Date.now(), monotonicMs: performance.now() }
  const foreign = { ...order, clientOrderId: 'f'.repeat(32), price: undefined, stopPrice: undefined }
  await venue.placeOrder(approve(foreign as never, now))
  expect((await check()).duplicates).toBe(1)
})

test('an execution that is not in the books is lost', async () => {
  const { order } = await entered()
  await journal.query('alter table orders disable trigger guard_order')
  await journal.query('update orders set filled = 0 where id = $1', [order.id])
  await journal.query('alter table orders enable trigger guard_order')
  expect((await check()).lost).toBe(1)
})

test('an order that nobody took any further is unresolved', async () => {
  const { trader } = await entered()
  await floor.enter(trader, { base: 'ETH', quantity: '1' })
  expect((await check()).unresolved).toBe(1)
})

test("an order that a user placed by hand is nobody's duplicate", async () => {
  const { trader } = await entered()
  await byHand(trader, { do: 'buy', symbol: 'ETH/USDT', quantity: '1' })
  expect(await check()).toMatchObject({ duplicates: 0, lost: 0, oversold: 0 })
})

test('an exit that is booked for hands that did nothing is lost', async () => {
  const { order } = await entered()
  await journal.query(
    `update order_events set evidence = '{"byHand": []}' where order_id = $1 and from_state is null`,
    [order.id],
  )
  expect((await check()).lost).toBeGreaterThan(0)
})

test('an entry that was claimed after a halt had returned breaks the halt; before it, or after its lifting, none', async () => {
  const { trader, order } = await entered()
  const halted = async (from: string, to: string) => {
    await journal.query('delete from chaos.halts')
    await journal.query(
      `insert into chaos.halts (scope, key, set_at, lifting_at)
       select 'account', $1, e.at + $3::interval, e.at + $4::interval from order_events e
       where e.order_id = $2 and e.to_state = 'submitting'`,
      [trader.account.id, order.id, from, to],
    )
    return (await check()).haltsBroken
  }
  expect(await halted('-1 s', '1 s')).toBe(1)
  expect(await halted('1 s', '2 s')).toBe(0)
  expect(await halted('-2 s', '-1 s')).toBe(0)
})

test('coins of a user that are gone are found', async () => {
  const { trader, order } = await entered()
  await byHand(trader, { do: 'deposit', asset: 'LTC', amount: '2' })
  expect((await check()).ownCoinsTouched).toBe(0)
  const venue = await floor.gateway.account(trader.account.id)
  const now = { wallMs: Date.now(), monotonicMs: performance.now() }
  const sale = { ...order, symbol: 'LTC/USDT', side: 'sell', quantity: '1', clientOrderId: 'e'.repeat(32) }
  await venue.placeOrder(approve({ ...sale, price: undefined, stopPrice: undefined } as never, now))
  expect((await check()).ownCoinsTouched).toBe(1)
})
