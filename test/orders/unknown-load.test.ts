import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { orderOrThrow } from '#db/orders.ts'
import type { OrderState } from '#src/domain/order.ts'
import { VenueUnavailable } from '#src/errors.ts'
import { compareBooks } from '#src/orders/books.ts'
import { resolveOrder } from '#src/orders/resolve.ts'
import type { OrderResult } from '#src/orders/result.ts'
import { sendOrder } from '#src/orders/send.ts'
import { openFloor, type Trader, venueOrdersOf } from '#test/support/floor.ts'

/** How many orders lose their answer: `UNKNOWN_ORDERS=2000` for the long form. */
const count = Number(process.env.UNKNOWN_ORDERS ?? 20)
const atOnce = 20

const floor = await openFloor()
const { db, desk, simulator } = floor
const bases = ['BTC', 'ETH', 'SOL', 'XRP', 'BNB'] as const
const sizes = { BTC: '0.01', ETH: '0.1', SOL: '1', XRP: '50', BNB: '0.5' } as const
/** Seen or not, its executions may not be readable yet. */
const unsettled: readonly OrderState[] = ['unknown', 'open', 'partially_filled']
const title = `${count} orders whose answer is lost, some executed, some late, while reads are 3 s old: each ends as the venue has it`

test(title, { timeout: 120_000 + count * 5_000 }, async () => {
  const traders: Trader[] = []
  for (let index = 0; index < count; index += 1)
    traders.push(await floor.trader({ market: index % 2 === 0 ? 'futures' : 'spot' }))
  await Promise.all(traders.slice(0, 2).map(({ account }) => floor.gateway.account(account.id)))
  simulator.faults.add({
    seed: 7,
    rules: [
      { fault: 'late-accept', match: { request: 'order' }, probability: 0.1, afterMs: [500, 8_000] },
      { fault: 'drop-after-accept', match: { request: 'order' }, probability: 0.4 },
      { fault: '-1007-executed', match: { request: 'order' }, probability: 0.2 },
      { fault: '-1007-not-executed', match: { request: 'order' }, probability: 0.5 },
      { fault: 'drop-before', match: { request: 'order' } },
      { fault: 'stale-read', match: { request: ['query', 'fills', 'account'] }, afterMs: 3_000 },
    ],
  })
  const took: number[] = []
  const wrong: string[] = []
  let executed = 0
  const one = async (trader: Trader, index: number) => {
    const base = bases[index % bases.length] ?? 'BTC'
    const orderId = await floor.enter(trader, { base, quantity: sizes[base] })
    const begun = performance.now()
    let looked = await again(() => sendOrder(desk, orderId))
    while (looked.state !== undefined && unsettled.includes(looked.state)) {
      await sleep(looked.nextLook?.inMs ?? 500)
      looked = await again(() => resolveOrder(desk, orderId))
    }
    took.push(performance.now() - begun)
    const order = await orderOrThrow(db, orderId)
    const there = venueOrdersOf(floor, trader, order)
    executed += there.length
    if (there.length > 1 || (there.length === 1) !== (order.state === 'filled'))
      wrong.push(`${order.state}, and the venue has ${there.length}`)
  }
  for (let from = 0; from < count; from += atOnce)
    await Promise.all(traders.slice(from, from + atOnce).map((trader, at) => one(trader, from + at)))
  simulator.faults.remove()
  const sorted = took.sort((a, b) => a - b)
  const at = (share: number) => ((sorted[Math.floor(share * (sorted.length - 1))] ?? 0) / 1_000).toFixed(1)
  console.log(
    `unknown: ${executed} of ${count} executed; resolved after ${at(0.5)} s (p50), ${at(0.99)} s (p99)`,
  )
  expect(wrong).toEqual([])
  expect(executed).toBeGreaterThan(0)
  expect(executed).toBeLessThan(count)
  for (const { account } of traders) expect(await compareBooks(db, account.id, floor.gateway)).toEqual([])
})

/** A venue that does not answer is asked again, as the job does. */
async function again(look: () => Promise<OrderResult>): Promise<OrderResult> {
  for (;;) {
    try {
      return await look()
    } catch (error) {
      if (!(error instanceof VenueUnavailable)) throw error
      await sleep(1_000)
    }
  }
}
