import { expect, test } from 'vitest'
import { countMissedTicks, lateShards, markSwept, shardStates } from '#db/monitor-shards.ts'
import { countWakes, noteReached, takeWakes } from '#db/order-wakes.ts'
import { orderOrThrow } from '#db/orders.ts'
import { pauseVenue } from '#db/venue-budgets.ts'
import { placeOrder } from '#src/orders/place.ts'
import { planExit } from '#src/orders/plan.ts'
import { keys, openFloor, type Trader, venueOrdersOf } from '#test/support/floor.ts'

const floor = await openFloor()
const { db, desk, database } = floor

const take = async (more: { exchange?: string; limit?: number } = {}) =>
  (await takeWakes(db, { quietMs: 4_000, limit: 50, ...more })).map(({ id }) => id)
const place = (orderId: string) => placeOrder(desk, orderId, { isRetry: false })
const age = (orderId: string, ms: number) =>
  database.query(
    `update orders set planned_at = planned_at - $2 * interval '1 ms', woken_at = woken_at - $2 * interval '1 ms' where id = $1`,
    [orderId, ms],
  )
/** Ends what earlier tests left. */
const forget = () =>
  database.query(`update orders set woken_at = now() + interval '1 hour' where ended_at is null`)

async function plannedExit(trader: Trader): Promise<string> {
  const entry = await floor.enter(trader, { base: 'BTC', quantity: '0.01' })
  await place(entry)
  const { positionId } = await orderOrThrow(db, entry)
  const id = await db.transaction().execute((tx) =>
    planExit(tx, keys, {
      positionId,
      quantity: 'all',
      slots: ['close'],
      reason: 'signal',
      price: 60_000,
      actor: 'test',
    }),
  )
  return id ?? ''
}

test('the same wake delivered to many workers at once sends one order', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const entry = await floor.enter(trader, { base: 'BTC', quantity: '0.01' })
  const desks = Array.from({ length: 8 }, (_, index) => floor.deskOf(`worker-${index}`))
  await Promise.all(desks.map((one) => placeOrder(one, entry, { isRetry: false })))
  await Promise.all(desks.map((one) => placeOrder(one, entry, { isRetry: false })))
  const order = await orderOrThrow(db, entry)
  expect(order.state).toBe('filled')
  expect(venueOrdersOf(floor, trader, order)).toHaveLength(1)
})

test('a wake that comes ten minutes late abandons an entry, and sends an exit', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const exit = await plannedExit(trader)
  const other = await floor.trader({ market: 'spot' })
  const entry = await floor.enter(other, { base: 'BTC', quantity: '0.01', signalLeftMs: 600_000 })
  await database.query(
    `update orders set planned_at = planned_at - interval '10 minutes', expires_at = expires_at - interval '10 minutes'
     where id in ($1, $2)`,
    [entry, exit],
  )
  expect(await place(entry)).toMatchObject({ state: 'abandoned' })
  expect(await place(exit)).toMatchObject({ state: 'filled' })
  expect(venueOrdersOf(floor, other, await orderOrThrow(db, entry))).toEqual([])
})

test('a job that was taken over by another worker stops before the claim', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const entry = await floor.enter(trader, { base: 'BTC', quantity: '0.01' })
  const lost = await placeOrder(desk, entry, { isRetry: false, signal: AbortSignal.abort() })
  expect(lost).toMatchObject({ outcome: { kind: 'skipped' }, state: 'planned' })
  expect(await place(entry)).toMatchObject({ state: 'filled' })
})

test('entries whose venue is down wait longer each time, exits no longer than 5 s, and no entry beyond its life', async () => {
  await forget()
  const trader = await floor.trader({ market: 'spot' })
  const exit = await plannedExit(trader)
  const other = await floor.trader({ market: 'spot' })
  const entry = await floor.enter(other, { base: 'BTC', quantity: '0.01' })
  for (const id of [exit, entry]) {
    await age(id, 3_000)
    for (let times = 0; times < 3; times++) await noteReached(db, id, false)
  }
  expect(await take()).toEqual([])
  for (const id of [exit, entry]) await age(id, 2_000)
  expect(await take()).toEqual([exit])
  await age(entry, 9_000)
  expect(await take()).toEqual([])
  await age(entry, 3_000)
  expect(await take()).toEqual([entry])
  await age(entry, 4_100)
  expect(await take()).toEqual([])
  await database.query('update orders set expires_at = now() where id = $1', [entry])
  expect(await take()).toEqual([entry])
  await noteReached(db, exit, true)
  await age(exit, 4_100)
  expect(await take()).toEqual([exit])
})

test('an exit that nobody heard of is woken after 1.5 s, and after each wake without effect less soon', async () => {
  await forget()
  const exit = await plannedExit(await floor.trader({ market: 'spot' }))
  const waits = [
    { tooSoon: 0, due: 1_500 },
    { tooSoon: 0, due: 1_500 },
    { tooSoon: 1_500, due: 3_000 },
    { tooSoon: 2_000, due: 4_000 },
    { tooSoon: 2_000, due: 4_000 },
  ]
  await database.query('update orders set planned_at = clock_timestamp() where id = $1', [exit])
  for (const { tooSoon, due } of waits) {
    await age(exit, tooSoon)
    expect(await take()).toEqual([])
    await age(exit, due - tooSoon)
    expect(await take()).toEqual([exit])
    await countWakes(db, [exit])
  }
})

test('exits are taken before entries, however many wait', async () => {
  await forget()
  const others = await Promise.all([1, 2, 3].map(() => floor.trader({ market: 'spot' })))
  for (const other of others) await age(await floor.enter(other, { base: 'BTC', quantity: '0.01' }), 20_000)
  const exit = await plannedExit(await floor.trader({ market: 'spot' }))
  await age(exit, 4_100)
  expect(await take({ limit: 1 })).toEqual([exit])
})

test('without the queue a new exit is taken at once and once, and an entry not before it is over', async () => {
  await forget()
  const exit = await plannedExit(await floor.trader({ market: 'spot' }))
  const other = await floor.trader({ market: 'spot' })
  const entry = await floor.enter(other, { base: 'BTC', quantity: '0.01' })
  await age(entry, 20_000)
  expect(await take({ exchange: 'kraken' })).toEqual([])
  expect(await take({ exchange: 'binance' })).toEqual([exit])
  expect(await take({ exchange: 'binance' })).toEqual([])
  await database.query('update orders set expires_at = now() where id = $1', [entry])
  expect(await take({ exchange: 'binance' })).toEqual([entry])
})

test('what a venue says of one account holds that one back, what it says of the address everybody, for so long', async () => {
  await forget()
  const [one, two] = [await floor.trader({ market: 'futures' }), await floor.trader({ market: 'futures' })]
  const ids: string[] = []
  for (const trader of [one, two]) {
    const id = await floor.enter(trader, { base: 'BTC', quantity: '0.01' })
    await age(id, 4_100)
    ids.push(id)
  }
  const [ofOne = '', ofTwo = ''] = ids
  const place_ = 'binance futures paper'
  await pauseVenue(db, { place: place_, accountId: one.account.id, forMs: 60_000, reason: 'too many orders' })
  await expect(place(ofOne)).rejects.toMatchObject({ whose: 'account' })
  expect(await take()).toEqual([ofTwo])
  await age(ofTwo, 4_100)

  await pauseVenue(db, { place: place_, forMs: 60_000, reason: 'banned' })
  await pauseVenue(db, { place: place_, forMs: 1, reason: 'a shorter one' })
  await database.query('select pg_sleep(0.6)')
  await expect(place(ofTwo)).rejects.toMatchObject({ whose: 'ip' })
  expect(await take()).toEqual([])
  expect(floor.simulator.ledger(two.apiKey).accounts[0]?.orders).toEqual([])
  await database.query(`update venue_budgets set paused_until = now()`)
  await database.query('select pg_sleep(0.6)')
  expect((await take()).sort()).toEqual(ids.sort())
  for (const id of ids) expect(await place(id)).toMatchObject({ state: 'filled' })
})

test('a venue that says 429 is left alone by every worker at once, and asked again when it said', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const other = await floor.trader({ market: 'spot' })
  const [first, second] = [
    await floor.enter(trader, { base: 'BTC', quantity: '0.01' }),
    await floor.enter(other, { base: 'BTC', quantity: '0.01' }),
  ]
  const [rule] = floor.simulator.faults.add({
    rules: [{ fault: '429', match: { request: 'order' }, times: 1, retryAfterS: 2 }],
  })
  await expect(place(first)).rejects.toMatchObject({ code: 'rate-limited' })
  await expect(placeOrder(floor.deskOf('another'), second, { isRetry: false })).rejects.toMatchObject({
    code: 'rate-limited',
  })
  expect((await orderOrThrow(db, first)).state).toBe('planned')
  const [struck] = floor.simulator.faults.report().rules.filter(({ id }) => id === rule)
  expect(struck).toMatchObject({ fired: 1, matched: 1 })
  await database.query('select pg_sleep(2.1)')
  for (const id of [first, second]) expect(await place(id)).toMatchObject({ state: 'filled' })
})

test('ticks that nobody kept are counted once each, and their shards are late', async () => {
  const plan = { shards: 2, everyMs: 5_000 }
  const back = (column: string, shard: number, ms: number) =>
    database.query(`update monitor_shards set ${column} = now() - $2 * interval '1 ms' where shard = $1`, [
      shard,
      ms,
    ])
  expect(await countMissedTicks(db, plan)).toEqual([])
  for (const shard of [0, 1]) await markSwept(db, shard, 'worker')
  expect(await lateShards(db, plan)).toEqual([])
  await back('swept_at', 1, 6_000)
  await back('missed_at', 1, 6_000)
  expect(await lateShards(db, plan)).toEqual([1])
  expect(await countMissedTicks(db, plan)).toEqual([])
  await back('swept_at', 1, 8_000)
  expect(await countMissedTicks(db, plan)).toEqual([1])
  expect(await countMissedTicks(db, plan)).toEqual([])
  await back('missed_at', 1, 5_100)
  expect(await countMissedTicks(db, plan)).toEqual([1])
  expect(await shardStates(db, 3)).toMatchObject([
    { shard: 0, missedTicks: 0 },
    { shard: 1, missedTicks: 2 },
    { shard: 2, missedTicks: 0, sweptSecondsAgo: null },
  ])
})
