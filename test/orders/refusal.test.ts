import { expect, test } from 'vitest'
import { findAccount } from '#db/accounts.ts'
import { setHalt } from '#db/halts.ts'
import { takenSlots } from '#db/order-slots.ts'
import { orderOrThrow } from '#db/orders.ts'
import { findPosition } from '#db/positions.ts'
import { liveReservationsOf } from '#db/risk-reservations.ts'
import type { OrderState } from '#src/domain/order.ts'
import { createGateway } from '#src/exchange/gateway.ts'
import { placeOrder } from '#src/orders/place.ts'
import { planExit } from '#src/orders/plan.ts'
import type { Judge } from '#src/orders/plan-again.ts'
import { sendOrder } from '#src/orders/send.ts'
import { keyRing } from '#src/vault/key-ring.ts'
import { sealKey } from '#src/vault/seal.ts'
import { keys, openFloor, type Trader, venueOrdersOf } from '#test/support/floor.ts'

const floor = await openFloor()
const { db, desk } = floor

test('a refused entry says why and what to do, and gives everything back', async () => {
  const trader = await floor.trader({ market: 'spot', balances: { USDT: '10' } })
  const orderId = await floor.enter(trader, { base: 'BTC', quantity: '0.01' })
  expect(await sendOrder(desk, orderId)).toMatchObject({
    state: 'rejected',
    needsResolving: false,
    outcome: {
      kind: 'failed',
      reason: expect.stringMatching(
        /binance refused the market order to buy 0.01 BTC\/USDT: .*insufficient balance.* \(-2010\)/,
      ),
      advice: 'check the wallet: free balance must cover the order and its fee',
    },
  })
  const order = await orderOrThrow(db, orderId)
  expect(order).toMatchObject({ state: 'rejected', advice: expect.stringContaining('check the wallet') })
  expect(await findPosition(db, order.positionId)).toMatchObject({ state: 'void' })
  expect(await takenSlots(db, order.positionId)).toEqual([])
  expect(await liveReservationsOf(db, trader.account.id)).toEqual([])
})

test.each([
  { what: 'a quantity finer than the step', quantity: '0.0000001', code: 'filter' },
  { what: 'a notional under the minimum', quantity: '0.00001', code: 'filter' },
])('$what is refused', async ({ quantity, code }) => {
  const trader = await floor.trader({ market: 'spot' })
  const orderId = await floor.enter(trader, { base: 'BTC', quantity })
  expect(await sendOrder(desk, orderId)).toMatchObject({ state: 'rejected', outcome: { kind: 'failed' } })
  const [row] = await floor.database.query<{ failure_code: string }>(
    `select failure_code from orders where id = $1`,
    [orderId],
  )
  expect(row?.failure_code).toBe(code)
})

test('leverage that the venue does not grant abandons the entry before anything is sent', async () => {
  const trader = await floor.trader({ market: 'futures' })
  const orderId = await floor.enter(trader, { base: 'SOL', quantity: '10', leverage: 120 })
  expect(await sendOrder(desk, orderId)).toMatchObject({
    state: 'abandoned',
    outcome: {
      reason: expect.stringContaining('leverage 120'),
      advice: expect.stringContaining('choose a leverage'),
    },
  })
})

test('a key that the venue does not know pauses the account', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const owner = { userId: trader.account.userId, accountId: trader.account.id }
  const sealed = sealKey(keys, owner, { apiKey: 'a key the venue revoked', secret: 'its secret part' })
  await floor.database.query(`update api_keys set sealed = $2 where account_id = $1`, [
    trader.account.id,
    JSON.stringify(sealed),
  ])
  const gateway = createGateway({ db, keys, simulatorUrl: async () => floor.simulator.url })
  const orderId = await floor.enter(trader, { base: 'BTC', quantity: '0.01' })
  expect(await sendOrder({ ...desk, gateway }, orderId)).toMatchObject({
    state: 'rejected',
    outcome: { kind: 'failed', reason: expect.stringContaining('(-2015)') },
  })
  expect(await findAccount(db, trader.account.id)).toMatchObject({
    status: 'paused',
    statusReason: expect.stringContaining('the venue refuses the key'),
  })
  await gateway.close()
})

test('a key that cannot be opened abandons the entry and pauses the account', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const orderId = await floor.enter(trader, { base: 'BTC', quantity: '0.01' })
  const rotated = keyRing('another SECRET_KEY that sealed nothing here')
  const gateway = createGateway({ db, keys: rotated, simulatorUrl: async () => floor.simulator.url })
  expect(await sendOrder({ ...desk, gateway }, orderId)).toMatchObject({
    state: 'abandoned',
    outcome: { reason: expect.stringContaining('which is not configured'), advice: 'connect the key again' },
  })
  expect((await findAccount(db, trader.account.id))?.status).toBe('paused')
})

test('a refused exit frees its slot and its hold, and is not hammered', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const positionId = await openPosition(trader)
  // The user has moved the coins away: the venue has nothing to sell.
  const venue = floor.simulator.ledger(trader.apiKey)
  expect(venue.accounts[0]?.balances.SOL?.free).toBe('9.99')
  await floor.database.query(`update positions set qty_open = 500 where id = $1`, [positionId])
  const exit = () =>
    db.transaction().execute((tx) =>
      planExit(tx, keys, {
        positionId,
        quantity: '500',
        slots: ['close'],
        reason: 'stop_loss',
        price: 100,
        actor: 'test',
      }),
    )
  const exitId = (await exit()) ?? ''
  expect(await sendOrder(desk, exitId)).toMatchObject({ state: 'rejected', outcome: { kind: 'failed' } })
  expect(await findPosition(db, positionId)).toMatchObject({ state: 'open', quantityReserved: '0' })
  expect(await takenSlots(db, positionId)).toEqual(['entry'])
  expect(await exit()).toBeUndefined()
  await floor.database.query(`update orders set ended_at = ended_at - interval '3 seconds' where id = $1`, [
    exitId,
  ])
  expect(await exit()).toBeDefined()
})

test('retrying a refused entry plans a new attempt while its signal lives and every rule lets it', async () => {
  const trader = await floor.trader({ market: 'spot', balances: { USDT: '10' } })
  const first = await floor.enter(trader, { base: 'BTC', quantity: '0.01' })
  await sendOrder(desk, first)
  expect(await placeOrder(desk, first, { isRetry: false })).toMatchObject({ outcome: { kind: 'skipped' } })
  const retry = (judge: Judge) => placeOrder(desk, first, { isRetry: true, judge })
  const refused = (reason: string) => ({
    outcome: { kind: 'failed', reason: `it is rejected, and was not tried again: ${reason}` },
    planned: [],
  })
  expect(await retry(saying('skipped', 'daily_trade_limit', '15 entries today'))).toMatchObject(
    refused('daily_trade_limit: 15 entries today'),
  )
  const halt = { scope: 'account', key: trader.account.id, setBy: 'test' } as const
  await setHalt(db, { ...halt, mode: 'no_entries', reason: 'a test' })
  expect(await retry(taking('0.01'))).toMatchObject(
    refused(`a halt on account ${trader.account.id} takes no entries: a test`),
  )
  await setHalt(db, { ...halt, mode: 'none', reason: null })

  const retried = await retry(taking('0.004'))
  expect(retried).toMatchObject({ outcome: { kind: 'done' }, planned: [{ purpose: 'entry' }] })
  const second = await orderOrThrow(db, retried.planned[0]?.id ?? '')
  const { clientOrderId, positionId } = await orderOrThrow(db, first)
  expect(second).toMatchObject({ attempt: 2, state: 'planned', positionId, quantity: '0.004' })
  expect(second.clientOrderId).not.toBe(clientOrderId)
  expect(await liveReservationsOf(db, trader.account.id)).toMatchObject([{ notional: '40' }])
  expect(await retry(taking('0.01'))).toMatchObject(refused('its position is opening'))
  await sendOrder(desk, second.id)
  await floor.database.query(`update trading_signals set expires_at = now() where id =
    (select signal_id from positions where id = '${positionId}')`)
  expect(await retry(taking('0.01'))).toMatchObject(refused('its signal has ended'))
})

test('retrying a refused exit plans a new attempt, or says what stands in its way', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const positionId = await openPosition(trader)
  await floor.database.query(`update positions set qty_open = 500 where id = $1`, [positionId])
  const close = {
    positionId,
    quantity: '500',
    slots: ['close'],
    reason: 'stop_loss',
    price: 100,
    actor: 'test',
  } as const
  const exitId = (await db.transaction().execute((tx) => planExit(tx, keys, close))) ?? ''
  await sendOrder(desk, exitId)
  await floor.database.query(`update positions set qty_open = 9.99 where id = $1`, [positionId])
  const retry = () => placeOrder(desk, exitId, { isRetry: true })
  expect(await retry()).toMatchObject({
    outcome: { kind: 'failed', reason: expect.stringContaining('the venue has just refused 1 in a row') },
  })
  await floor.database.query(`update orders set ended_at = ended_at - interval '3 seconds' where id = $1`, [
    exitId,
  ])
  const retried = await retry()
  expect(retried).toMatchObject({
    outcome: { kind: 'done', note: expect.stringContaining('attempt 2 is planned') },
  })
  expect(await retry()).toMatchObject({
    outcome: { reason: expect.stringContaining('another order has taken its place') },
  })
  expect(await sendOrder(desk, retried.planned[0]?.id ?? '')).toMatchObject({ state: 'filled' })
  expect(await retry()).toMatchObject({
    outcome: { reason: expect.stringContaining('its position is closed') },
  })
})

/** A judge that takes the entry at this size. */
const taking =
  (quantity: string): Judge =>
  async ({ symbol }) =>
  async () => ({
    outcome: 'taken',
    action: 'open',
    symbol,
    reasons: [],
    steps: [],
    entry: {
      symbol,
      side: 'long',
      quantity,
      entryPrice: 10_000,
      stopLoss: null,
      takeProfit: null,
      stopsFrom: 'fixed',
      leverage: 1,
      notional: String(Number(quantity) * 10_000),
      margin: String(Number(quantity) * 10_000),
      risk: '1',
    },
  })

/** A judge that refuses by a rule. */
const saying =
  (outcome: 'skipped', rule: string, reason: string): Judge =>
  async ({ symbol }) =>
  async () => ({ outcome, action: 'none', rule, symbol, reasons: [reason], steps: [] })

test.each<[OrderState, object]>([
  ['open', { kind: 'skipped' }],
  ['filled', { kind: 'skipped', reason: 'already done' }],
  ['canceled', { kind: 'skipped', reason: 'already done' }],
  ['abandoned', { kind: 'failed' }],
  ['manual', { kind: 'failed' }],
])('retrying an order that is %s sends nothing', async (state, outcome) => {
  const trader = await floor.trader({ market: 'spot' })
  const orderId = await floor.enter(trader, { base: 'BTC', quantity: '0.01' })
  await floor.database.query(`alter table orders disable trigger guard_order`)
  await floor.database.query(`update orders set state = $2, sent_at = now() where id = $1`, [orderId, state])
  await floor.database.query(`alter table orders enable trigger guard_order`)
  expect(await placeOrder(desk, orderId, { isRetry: true })).toMatchObject({ outcome, planned: [] })
  expect(venueOrdersOf(floor, trader, await orderOrThrow(db, orderId))).toEqual([])
})

async function openPosition(trader: Trader): Promise<string> {
  const id = await floor.enter(trader, { base: 'SOL', quantity: '10' })
  await sendOrder(desk, id)
  return (await orderOrThrow(db, id)).positionId
}
