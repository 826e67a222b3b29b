import { expect, test } from 'vitest'
import { findPosition } from '#db/positions.ts'
import { compareBooks } from '#src/orders/books.ts'
import { sendOrder } from '#src/orders/send.ts'
import { backendKinds } from '../support/backends.ts'
import { commandLine } from '../support/command.ts'
import { openCrew } from '../support/crew.ts'
import { openFloor, secretKey, type Trader } from '../support/floor.ts'
import { losableStore } from '../support/losable-store.ts'

/** Real processes start slowly on a machine that is busy. */
const processesMs = 240_000

const floor = await openFloor()
const { db, desk, database, simulator } = floor
const crew = await openCrew(floor)
const store = await losableStore(backendKinds.includes('redis') ? 'redis' : 'postgres')

async function enter(trader: Trader, limitAt?: number): Promise<string> {
  const wish = { base: 'BTC', quantity: '0.01', ...(limitAt !== undefined && { limitAt }) }
  const orderId = await floor.enter(trader, wish)
  await sendOrder(desk, orderId)
  const [row] = await database.query<{ position_id: string }>(
    'select position_id from orders where id = $1',
    [orderId],
  )
  return row?.position_id ?? ''
}

const booksOf = ({ apiKey }: Trader) => simulator.ledger(apiKey).accounts[0]

test('with the queue lost and workers alive, close-all closes everything once, and nothing more when the queue is back', {
  timeout: processesMs,
}, async () => {
  const spot = await floor.trader({ market: 'spot' })
  const futures = await floor.trader({ market: 'futures' })
  const waiting = await floor.trader({ market: 'spot' })
  const late = await floor.trader({ market: 'spot' })
  const open = [await enter(spot), await enter(futures)]
  const resting = await enter(waiting, 0.9)
  const queues = ['orders-binance', 'exits-binance', 'accounts', 'monitor']
  const workers = [await crew.start(queues, store.address), await crew.start(queues, store.address)]
  await store.lose()
  for (const worker of workers) await worker.until(/"queue-lost"/)

  const bullpen = commandLine({
    DATABASE_URL: database.url,
    SECRET_KEY: secretKey,
    ...('redisUrl' in store.address && { REDIS_URL: store.address.redisUrl }),
  })
  for (let press = 0; press < 2; press += 1)
    expect(await bullpen(['close-all', '--yes', '--no-wait'])).toMatchObject({ stderr: '' })
  const lateEntry = await floor.enter(late, { base: 'ETH', quantity: '0.1' })
  await until(async () => {
    const batches = await database.query<{ is_open: boolean }>(
      'select ended_at is null as is_open from close_batches',
    )
    return batches.length > 0 && batches.every(({ is_open }) => !is_open)
  })
  for (const positionId of open) expect(await findPosition(db, positionId)).toMatchObject({ state: 'closed' })
  expect(await findPosition(db, resting)).toMatchObject({ state: 'void' })

  await store.bringBack()
  for (const worker of workers) await worker.until(/"queue-back"/)
  await until(
    async () =>
      (await database.query(`select from orders where id = $1 and state = 'planned'`, [lateEntry])).length ===
      0,
  )
  const marketOrders = (trader: Trader) => booksOf(trader)?.orders.filter(({ filled }) => Number(filled) > 0)
  for (const trader of [spot, futures]) {
    expect(marketOrders(trader)).toHaveLength(2)
    expect(booksOf(trader)?.orders.filter(({ status }) => status === 'open')).toEqual([])
    expect(await compareBooks(db, trader.account.id, floor.gateway)).toEqual([])
  }
  expect(booksOf(futures)?.positions.map(({ quantity }) => Number(quantity))).toEqual([0])
  expect(marketOrders(waiting)).toEqual([])
  for (const worker of workers) worker.kill('SIGTERM')
  for (const worker of workers) expect((await worker.ended).code).toBe(0)
})

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 50))
}
