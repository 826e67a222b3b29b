import { spawn } from 'node:child_process'
import path from 'node:path'
import { expect, test } from 'vitest'
import { livingPositionsOf } from '#db/account-journal.ts'
import { saveSettings } from '#db/trading-settings.ts'
import { approve } from '#src/exchange/order-request.ts'
import { compareBooks } from '#src/orders/books.ts'
import type { Crashpoint } from '#src/orders/crashpoint.ts'
import { reconcileAccount } from '#src/orders/reconcile/account.ts'
import { sendOrder } from '#src/orders/send.ts'
import { newClientOrderId } from '#src/vault/client-order-id.ts'
import { keys, openFloor, secretKey, type Trader } from '#test/support/floor.ts'

const floor = await openFloor()
const { db, desk, simulator } = floor

/** Lets another process reconcile the account, and die where it is told to. */
async function dieReconciling({ account }: Trader, point: Crashpoint): Promise<void> {
  const script = path.join(import.meta.dirname, '../fixtures/dying-reconciler.ts')
  const child = spawn(
    process.execPath,
    [script, floor.database.url, simulator.url, secretKey, account.id, point],
    { stdio: ['ignore', 'inherit', 'ignore'] },
  )
  const signal = await new Promise((resolve) => child.once('exit', (_, by) => resolve(by)))
  expect(signal).toBe('SIGKILL')
}

/** Every difference was seen long enough ago to be believed. */
async function letDoubtsAge({ account }: Trader): Promise<void> {
  await floor.database.query(
    `update accounts set doubts = (select coalesce(jsonb_object_agg(key, jsonb_set(value, '{sinceMs}', to_jsonb((value ->> 'sinceMs')::numeric - 6000))), '{}')
       from jsonb_each(doubts)) where id = $1`,
    [account.id],
  )
}

async function reconcile(trader: Trader): Promise<void> {
  for (let look = 0; look < 6; look += 1) {
    if (!(await reconcileAccount(desk, trader.account.id)).isInDoubt) return
    await letDoubtsAge(trader)
  }
  throw new Error('it never comes to rest')
}

const hand = (trader: Trader, act: object) => simulator.hand({ apiKey: trader.apiKey, ...act } as never)

test('a worker killed while it takes a position opened by hand: it is taken in whole, once', async () => {
  const trader = await floor.trader({ market: 'futures' })
  await saveSettings(db, trader.account.userId, null, { adopt_manual_positions: true, stop_loss_pct: 3 })
  hand(trader, { do: 'buy', symbol: 'ETH/USDT', quantity: '2' })
  await reconcileAccount(desk, trader.account.id)
  await letDoubtsAge(trader)
  await dieReconciling(trader, 'mid-manual-adoption')
  expect(await livingPositionsOf(db, trader.account.id)).toEqual([])
  await reconcile(trader)
  expect(await livingPositionsOf(db, trader.account.id)).toMatchObject([
    { state: 'open', side: 'long', quantityOpen: '2' },
  ])
  expect(await compareBooks(db, trader.account.id, floor.gateway)).toEqual([])
})

test('a worker killed between taking an order of ours in and booking it: it is booked, once', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const venue = await floor.gateway.account(trader.account.id)
  const request = {
    symbol: 'ETH/USDT',
    side: 'buy',
    type: 'market',
    quantity: '2',
    clientOrderId: newClientOrderId(keys, trader.account.id),
    isReduceOnly: false,
  } as const
  await venue.placeOrder(approve(request, { wallMs: Date.now(), monotonicMs: performance.now() }))
  await dieReconciling(trader, 'adopted-not-booked')
  await reconcile(trader)
  expect(await livingPositionsOf(db, trader.account.id)).toMatchObject([
    { state: 'open', quantityEntered: '2' },
  ])
  expect(await compareBooks(db, trader.account.id, floor.gateway)).toEqual([])
})

test.each<Crashpoint>([
  'report-read',
  'living-asked',
  'mid-departure',
  'departed-not-told',
  'compared-not-saved',
])(
  'a worker killed at %s after half was sold by hand: the position shrinks once, and nothing is sold',
  async (point) => {
    const trader = await floor.trader({ market: 'futures' })
    const orderId = await floor.enter(trader, { base: 'SOL', quantity: '4' })
    expect(await sendOrder(desk, orderId)).toMatchObject({ state: 'filled' })
    hand(trader, { do: 'sell-half', symbol: 'SOL/USDT' })
    await reconcileAccount(desk, trader.account.id)
    await letDoubtsAge(trader)
    await dieReconciling(trader, point)
    await reconcile(trader)
    expect(await livingPositionsOf(db, trader.account.id)).toMatchObject([{ quantityOpen: '2' }])
    expect(await compareBooks(db, trader.account.id, floor.gateway)).toEqual([])
  },
)
