import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { ledgerBalances } from '#db/ledger.ts'
import { orderOrThrow } from '#db/orders.ts'
import { findPosition } from '#db/positions.ts'
import { Decimal } from '#src/domain/decimal.ts'
import type { Exchange } from '#src/domain/market.ts'
import { compareBooks } from '#src/orders/books.ts'
import { cancelOrder } from '#src/orders/cancel.ts'
import { planExit } from '#src/orders/plan.ts'
import { reconcileAccount } from '#src/orders/reconcile/account.ts'
import { resolveOrder } from '#src/orders/resolve.ts'
import { sendOrder } from '#src/orders/send.ts'
import { manualClock } from '#src/simulator/clock.ts'
import { keys, openFloor, type Trader } from '#test/support/floor.ts'
import { steeredTape } from '#test/support/steered-tape.ts'

const clock = manualClock(Date.now())
const tape = steeredTape()
const floor = await openFloor({ clock, tape })
const { db, desk, database, simulator } = floor

/** Larger than the best level of each book: most orders fill in parts. */
const sizes = { BTC: 1.4, ETH: 27, SOL: 330, XRP: 21_000 } as const
const bases = Object.keys(sizes) as (keyof typeof sizes)[]
const steps = { BTC: 3, ETH: 2, SOL: 1, XRP: 0 } as const
const fundingEveryMs = 8 * 3_600_000

interface Place {
  readonly exchange: Exchange
  readonly market: 'spot' | 'futures'
}

test.each<Place>([
  { exchange: 'bybit', market: 'spot' },
  { exchange: 'kraken', market: 'spot' },
])(
  'two accounts at $exchange $market: the books are the venue’s to the last decimal',
  async (place) => {
    let fills = 0
    for (let account = 0; account < 2; account += 1) {
      const trader = await floor.trader({ ...place, balances: { USDT: '50000000' } })
      for (let round = 0; round < 15; round += 1) await trade(trader, round)
      fills += await expectBooks(trader)
    }
    expect(fills).toBeGreaterThanOrEqual(200)
  },
  120_000,
)

test.each<Place>([
  { exchange: 'binance', market: 'futures' },
  { exchange: 'bybit', market: 'futures' },
])(
  'two accounts at $exchange $market: also over a funding payment and a liquidation',
  async (place) => {
    const rich = await floor.trader({ ...place, balances: { USDT: '50000000' } })
    for (let round = 0; round < 36; round += 1) await trade(rich, round)
    const held = await enter(rich, { base: 'ETH', quantity: '27', side: 'short' })
    clock.advance(fundingEveryMs - (clock.marketNow() % fundingEveryMs) + 60_000)
    simulator.settle()
    await compared(rich)
    expect(await movedBy(rich, 'funding')).not.toBe('0')
    await exit(held, { quantity: 'all', slot: 'close' })
    let fills = await expectBooks(rich)

    const poor = await floor.trader({ ...place, balances: { USDT: '700' } })
    tape.steer('SOL/USDT', 100)
    clock.advance(1_000)
    const doomed = await enter(poor, { base: 'SOL', quantity: '60', side: 'long', leverage: 10 })
    tape.steer('SOL/USDT', 88)
    clock.advance(1_000)
    simulator.settle()
    await compared(poor)
    expect(await findPosition(db, doomed)).toMatchObject({ state: 'closed', quantityOpen: '0' })
    fills += await expectBooks(poor)
    expect(fills).toBeGreaterThanOrEqual(200)
  },
  120_000,
)

/** Opens a position, takes a part of it out, and closes it. */
async function trade(trader: Trader, round: number): Promise<void> {
  const base = bases[round % bases.length] ?? 'BTC'
  const side = trader.account.market === 'futures' && round % 2 === 1 ? 'short' : 'long'
  const quantity = (sizes[base] * (1 + (round % 3))).toFixed(steps[base])
  const positionId = await enter(trader, { base, quantity, side })
  const part = new Decimal(quantity).times('0.25').toDecimalPlaces(steps[base]).toString()
  await exit(positionId, { quantity: part, slot: 'tp:1' })
  await exit(positionId, { quantity: 'all', slot: 'close' })
  expect(await findPosition(db, positionId)).toMatchObject({ state: 'closed', quantityOpen: '0' })
  await takeStopsBack(positionId)
}

/** What the venue attached to the entry is no longer wanted when the position is closed. */
async function takeStopsBack(positionId: string): Promise<void> {
  const stops = await database.query<{ id: string }>(
    `select id from orders where position_id = $1 and purpose = 'stop' and state = 'open' and cancel_requested_at is not null`,
    [positionId],
  )
  for (const { id } of stops) expect(await cancelOrder(desk, id)).toMatchObject({ state: 'canceled' })
}

async function enter(
  trader: Trader,
  wish: { base: string; quantity: string; side: 'long' | 'short'; leverage?: number },
): Promise<string> {
  const leverage = trader.account.market === 'futures' ? (wish.leverage ?? 5) : 1
  const id = await floor.enter(trader, { ...wish, leverage })
  await carriedOut(id)
  return (await orderOrThrow(db, id)).positionId
}

async function exit(positionId: string, wish: { quantity: string; slot: 'tp:1' | 'close' }): Promise<void> {
  const id = await db.transaction().execute((tx) =>
    planExit(tx, keys, {
      positionId,
      quantity: wish.quantity,
      slots: [wish.slot],
      reason: 'take_profit',
      price: 1_000,
      actor: 'test',
    }),
  )
  await carriedOut(id ?? '')
}

/** Sends an order, and asks for it where the venue has only acknowledged it. */
async function carriedOut(id: string): Promise<void> {
  const sent = await sendOrder(desk, id)
  const now = sent.needsResolving === true ? await resolveOrder(desk, id) : sent
  expect(now).toMatchObject({ state: 'filled' })
}

/** Compares an account until nothing is in doubt; a difference must stand for 5 s before it is believed. */
async function compared({ account }: Trader): Promise<void> {
  for (let look = 0; look < 4; look += 1) {
    if (!(await reconcileAccount(desk, account.id)).isInDoubt) return
    await sleep(5_100)
  }
  throw new Error('the account stays in doubt')
}

/** Expects the ledger to be the venue's truth; returns how many executions both have. */
async function expectBooks({ account, apiKey }: Trader): Promise<number> {
  const [truth] = simulator.ledger(apiKey).accounts
  const ledger = await ledgerBalances(db, account.id)
  for (const [currency, { free, locked }] of Object.entries(truth?.balances ?? {}))
    expect(`${currency} ${new Decimal(ledger.get(currency) ?? 0)}`).toBe(
      `${currency} ${new Decimal(free).plus(locked)}`,
    )
  expect(await compareBooks(db, account.id, floor.gateway)).toEqual([])
  const executed = (truth?.orders ?? []).flatMap((order) => order.fills).length
  const [booked] = await database.query<{ fills: string }>(
    'select count(*) as fills from fills where account_id = $1',
    [account.id],
  )
  expect(Number(booked?.fills)).toBe(executed)
  return executed
}

async function movedBy({ account }: Trader, kind: string): Promise<string> {
  const [row] = await database.query<{ sum: string | null }>(
    'select sum(amount)::text as sum from ledger where account_id = $1 and kind = $2',
    [account.id, kind],
  )
  return row?.sum ?? '0'
}
