import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fillsOfOrder } from '#db/fills.ts'
import { ledgerBalances } from '#db/ledger.ts'
import { eventsOf } from '#db/order-events.ts'
import { takenSlots } from '#db/order-slots.ts'
import { type Order, orderOrThrow } from '#db/orders.ts'
import { findPosition } from '#db/positions.ts'
import { findTrade } from '#db/trades.ts'
import { Decimal, sum } from '#src/domain/decimal.ts'
import type { VenueFill, VenueOrder } from '#src/exchange/venue-order.ts'
import { claimOrder } from '#src/orders/claim.ts'
import { endOrder } from '#src/orders/end.ts'
import { type ExitPlan, planExit } from '#src/orders/plan.ts'
import { type BookingContext, recordOrder } from '#src/orders/record.ts'
import { keys, openFloor, type Trader } from '#test/support/floor.ts'

const floor = await openFloor()
const { db } = floor
let lastTrade = 0

const context = (trader: Trader, base = 'SOL'): BookingContext => ({
  actor: 'test',
  marketNowMs: Date.UTC(2026, 0, 2),
  monitorShards: 4,
  keys,
  filters: { base, quote: 'USDT' },
  isSpot: trader.account.market === 'spot',
  priceOf: (currency) => (currency === 'BNB' ? '500' : undefined),
})

const fillOf = (order: Order, quantity: string, change: Partial<VenueFill> = {}): VenueFill => {
  lastTrade += 1
  return {
    venueTradeId: String(lastTrade),
    venueOrderId: `v-${order.id}`,
    symbol: order.symbol,
    side: order.side,
    price: '100',
    quantity,
    cost: new Decimal(quantity).times(change.price ?? '100').toString(),
    fee: '0',
    feeCurrency: 'USDT',
    realizedPnl: null,
    isMaker: false,
    filledAtMs: Date.now(),
    ...change,
  }
}

const answerOf = (order: Order, status: VenueOrder['status'], filled: string): VenueOrder => ({
  venueOrderId: `v-${order.id}`,
  clientOrderId: order.clientOrderId,
  symbol: order.symbol,
  side: order.side,
  status,
  quantity: order.quantity,
  filled,
  averagePrice: '100',
  updatedAtMs: Date.now(),
  fills: [],
})

/** A claimed entry, without a word of the venue yet. */
async function claimedEntry(trader: Trader, quantity: string, base = 'SOL'): Promise<Order> {
  const id = await floor.enter(trader, { base, quantity })
  await claimOrder(db, await orderOrThrow(db, id), context(trader))
  return orderOrThrow(db, id)
}

async function claimedExit(trader: Trader, positionId: string, exit: Partial<ExitPlan>): Promise<Order> {
  const id = await db.transaction().execute((tx) =>
    planExit(tx, keys, {
      positionId,
      quantity: 'all',
      slots: ['close'],
      reason: 'manual',
      price: 100,
      actor: 'test',
      ...exit,
    }),
  )
  await claimOrder(db, await orderOrThrow(db, id ?? ''), context(trader))
  return orderOrThrow(db, id ?? '')
}

const record = (
  trader: Trader,
  order: Order,
  status: VenueOrder['status'],
  filled: string,
  fills: VenueFill[],
) => recordOrder(db, order.id, { order: answerOf(order, status, filled), fills }, context(trader))

test('fills that come again, in any order and in any company, are booked once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 6 }),
      fc.array(fc.array(fc.nat(5), { maxLength: 6 }), { minLength: 1, maxLength: 6 }),
      async (sizes, deliveries) => {
        const trader = await floor.trader({ market: 'spot' })
        const quantity = sum(sizes.map(String))
        const order = await claimedEntry(trader, quantity)
        const fills = sizes.map((size, index) =>
          fillOf(order, String(size), {
            price: String(100 + index),
            fee: String(size / 1000),
            feeCurrency: 'SOL',
          }),
        )
        for (const delivery of deliveries) {
          const some = delivery.flatMap((index) => fills[index] ?? [])
          await record(trader, order, 'partially_filled', '0', some)
        }
        await record(trader, order, 'filled', quantity, [...fills].reverse())
        await record(trader, order, 'filled', quantity, fills)

        const cost = sum(fills.map((fill) => fill.cost))
        const fees = sum(fills.map((fill) => fill.fee))
        const position = await findPosition(db, order.positionId)
        expect(position).toMatchObject({ state: 'open', quantityEntered: quantity })
        expect(new Decimal(position?.quantityOpen ?? 0).eq(new Decimal(quantity).minus(fees))).toBe(true)
        expect(new Decimal(position?.entryPrice ?? 0).eq(new Decimal(cost).div(quantity))).toBe(true)
        expect(await fillsOfOrder(db, order.id)).toHaveLength(fills.length)
        const ledger = await ledgerBalances(db, trader.account.id)
        expect(new Decimal(ledger.get('SOL') ?? 0).eq(new Decimal(quantity).minus(fees))).toBe(true)
        expect(new Decimal(ledger.get('USDT') ?? 0).eq(new Decimal(1_000_000).minus(cost))).toBe(true)
      },
    ),
    { numRuns: 25 },
  )
})

test('an ending is believed when the executions it speaks of are booked, not before', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const order = await claimedEntry(trader, '10')
  expect(await record(trader, order, 'filled', '10', [])).toMatchObject({ state: 'open', isComplete: false })
  expect(await record(trader, order, 'filled', '10', [fillOf(order, '4')])).toMatchObject({
    state: 'partially_filled',
    isComplete: false,
    positionState: 'open',
  })
  expect(await record(trader, order, 'filled', '10', [fillOf(order, '6')])).toMatchObject({
    state: 'filled',
    isComplete: true,
  })
  expect(await record(trader, order, 'open', '0', [])).toMatchObject({ state: 'filled', newFills: 0 })
})

test('a partly filled entry that the venue ends is a position of that size', async () => {
  const trader = await floor.trader({ market: 'futures' })
  const order = await claimedEntry(trader, '10')
  await record(trader, order, 'canceled', '3', [fillOf(order, '3')])
  expect((await orderOrThrow(db, order.id)).state).toBe('canceled')
  expect(await findPosition(db, order.positionId)).toMatchObject({ state: 'open', quantityOpen: '3' })
  expect(await takenSlots(db, order.positionId)).toEqual(['entry', 'stop:1'])
})

test('a fill beyond the position goes to the ledger as excess, and the sum stays the venue’s', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const entry = await claimedEntry(trader, '10')
  await record(trader, entry, 'filled', '10', [fillOf(entry, '10')])
  const part = await claimedExit(trader, entry.positionId, { slots: ['tp:1'], quantity: '4' })
  const close = await claimedExit(trader, entry.positionId, { slots: ['close'] })
  expect((await findPosition(db, entry.positionId))?.quantityReserved).toBe('10')
  // The venue sold more on the first than was asked for: the second one's hold is clipped, then it overfills too.
  await record(trader, part, 'filled', '7', [fillOf(part, '7', { price: '110' })])
  expect(await findPosition(db, entry.positionId)).toMatchObject({ quantityOpen: '3', quantityReserved: '3' })
  const recorded = await record(trader, close, 'filled', '6', [fillOf(close, '6', { price: '110' })])
  expect(recorded).toMatchObject({ excess: '3', positionState: 'closed' })
  const ledger = await ledgerBalances(db, trader.account.id)
  expect(new Decimal(ledger.get('SOL') ?? 0).toString()).toBe('-3')
  expect(new Decimal(ledger.get('USDT') ?? 0).toString()).toBe(String(1_000_000 - 1_000 + 770 + 660))
  const excess = await floor.database.query<{ currency: string; amount: string }>(
    `select currency, trim_scale(amount)::text as amount from ledger where account_id = $1 and kind = 'excess' order by currency`,
    [trader.account.id],
  )
  expect(excess).toEqual([
    { currency: 'SOL', amount: '-3' },
    { currency: 'USDT', amount: '330' },
  ])
})

test('a planned exit is abandoned when a fill leaves it nothing to sell', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const entry = await claimedEntry(trader, '10')
  await record(trader, entry, 'filled', '10', [fillOf(entry, '10')])
  const part = await claimedExit(trader, entry.positionId, { slots: ['tp:1'], quantity: '4' })
  const planned = await db.transaction().execute((tx) =>
    planExit(tx, keys, {
      positionId: entry.positionId,
      quantity: 'all',
      slots: ['close'],
      reason: 'manual',
      price: 100,
      actor: 'test',
    }),
  )
  await record(trader, part, 'filled', '6', [fillOf(part, '6')])
  expect((await orderOrThrow(db, planned ?? '')).state).toBe('abandoned')
  expect(await findPosition(db, entry.positionId)).toMatchObject({
    state: 'open',
    quantityOpen: '4',
    quantityReserved: '0',
  })
  expect(await takenSlots(db, entry.positionId)).not.toContain('close')
})

test('late truth: an entry believed dead that filled lives again, or beside the position that came after it', async () => {
  for (const isTaken of [false, true]) {
    const trader = await floor.trader({ market: 'futures' })
    const entry = await claimedEntry(trader, '10')
    const ending = { to: 'rejected', reason: 'a test' } as const
    await endOrder(db, entry.id, ['submitting'], ending, context(trader))
    expect((await findPosition(db, entry.positionId))?.state).toBe('void')
    if (isTaken) await floor.enter(trader, { base: 'SOL', quantity: '5' })
    expect(await record(trader, entry, 'filled', '10', [fillOf(entry, '10')])).toMatchObject({
      state: 'filled',
      isLateTruth: true,
      positionState: isTaken ? 'stray' : 'open',
    })
    const close = await claimedExit(trader, entry.positionId, {})
    await record(trader, close, 'filled', '10', [fillOf(close, '10', { realizedPnl: '12' })])
    expect((await findPosition(db, entry.positionId))?.state).toBe('closed')
    expect(await findTrade(db, entry.positionId)).toBeDefined()
  }
})

test('a stale snapshot revives nothing that the venue had ended', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const entry = await claimedEntry(trader, '10')
  await record(trader, entry, 'canceled', '0', [])
  expect(await record(trader, entry, 'open', '0', [])).toMatchObject({
    state: 'canceled',
    isLateTruth: false,
  })
  expect((await findPosition(db, entry.positionId))?.state).toBe('void')
})

test('a fee in a third coin is counted at its price of the time, and never stops a booking', async () => {
  const trader = await floor.trader({ market: 'spot', balances: { USDT: '1000000', BNB: '5' } })
  const entry = await claimedEntry(trader, '10')
  await record(trader, entry, 'filled', '10', [fillOf(entry, '10', { fee: '0.002', feeCurrency: 'BNB' })])
  const close = await claimedExit(trader, entry.positionId, {})
  const unpriced = { ...context(trader), priceOf: () => undefined }
  const fills = [fillOf(close, '10', { price: '101', fee: '0.001', feeCurrency: 'BNB' })]
  await recordOrder(db, close.id, { order: answerOf(close, 'filled', '10'), fills }, unpriced)
  const trade = await findTrade(db, entry.positionId)
  expect(new Decimal(trade?.fees ?? 0).toString()).toBe('1.5')
  expect(new Decimal(trade?.pnl ?? 0).toString()).toBe('8.5')
  expect(new Decimal((await ledgerBalances(db, trader.account.id)).get('BNB') ?? 0).toString()).toBe('4.997')
})

test('every transition has its event, with who moved it and why', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const entry = await claimedEntry(trader, '10')
  await record(trader, entry, 'partially_filled', '4', [fillOf(entry, '4')])
  await record(trader, entry, 'filled', '10', [fillOf(entry, '6')])
  const events = await eventsOf(db, entry.id)
  expect(events.map((event) => [event.from, event.to])).toEqual([
    [null, 'planned'],
    ['planned', 'submitting'],
    ['submitting', 'partially_filled'],
    ['partially_filled', 'filled'],
  ])
  expect(events.at(-1)).toMatchObject({ actor: 'test', evidence: { status: 'filled', fills: 1 } })
})

test('an order that the venue had taken and then refused says so', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const order = await orderOrThrow(db, await floor.enter(trader, { base: 'BTC', quantity: '0.01' }))
  await floor.database.query(`update orders set state = 'submitting', sent_at = now() where id = $1`, [
    order.id,
  ])
  await record(trader, order, 'rejected', '0', [])
  expect(await orderOrThrow(db, order.id)).toMatchObject({
    state: 'rejected',
    failureReason: 'the venue refused it after it had taken it',
  })
})
