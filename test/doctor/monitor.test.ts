import { expect, test } from 'vitest'
import { markSwept } from '#db/monitor-shards.ts'
import { pauseVenue } from '#db/venue-budgets.ts'
import { examineAll } from '#src/doctor/check.ts'
import { monitorChecks } from '#src/doctor/monitor.ts'
import { sendOrder } from '#src/orders/send.ts'
import { openFloor } from '../support/floor.ts'

const floor = await openFloor()
const { db, desk, database } = floor
const look = () => examineAll(monitorChecks(db, { monitorShards: 4 }))

test('without positions nobody has to watch, and every venue takes requests', async () => {
  expect(await look()).toEqual([
    { id: 'monitor', ok: true, detail: '4 shards, 0 ticks missed in all', advice: '' },
    { id: 'limits', ok: true, detail: 'every venue takes requests', advice: '' },
  ])
})

test('a position that nobody watches is told, and who would watch it', async () => {
  const trader = await floor.trader({ market: 'spot' })
  await sendOrder(desk, await floor.enter(trader, { base: 'BTC', quantity: '0.01' }))
  const [row] = await database.query<{ shard: number }>('select shard from monitored_positions')
  const shard = row?.shard ?? 0
  const unwatched = {
    id: 'monitor',
    ok: false,
    detail: `nobody watches 1 positions: shards ${shard} are not swept`,
    advice: 'npx bullpen worker --queues monitor',
  }
  expect((await look())[0]).toEqual(unwatched)
  await markSwept(db, shard, 'worker')
  expect((await look())[0]).toMatchObject({ ok: true })
  await database.query(`update monitor_shards set swept_at = now() - interval '16 s', missed_ticks = 7`)
  expect((await look())[0]).toEqual(unwatched)
  await markSwept(db, shard, 'worker')
  expect((await look())[0]).toMatchObject({ detail: '4 shards, 7 ticks missed in all' })
})

test('venues that take no requests are told, with how long and why', async () => {
  await pauseVenue(db, { place: 'binance spot live', forMs: 59_500, reason: 'banned' })
  await pauseVenue(db, {
    place: 'binance futures live',
    accountId: 'abc',
    forMs: 9_500,
    reason: 'too many orders',
  })
  expect((await look())[1]).toEqual({
    id: 'limits',
    ok: true,
    detail:
      'binance futures live takes none of account abc for another 10 s (too many orders); binance spot live takes none for another 60 s (banned)',
    advice: '',
  })
})
