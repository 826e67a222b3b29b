import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import type { OrderState } from '#src/domain/order.ts'
import { compareBooks } from '#src/orders/books.ts'
import type { QueueAddress } from '#src/queue/backend.ts'
import { backendKinds, queueAddress } from '../support/backends.ts'
import { openCrew } from '../support/crew.ts'
import { openFloor, type Trader } from '../support/floor.ts'
import type { Program } from '../support/program.ts'

/** Real processes start slowly on a machine that is busy. */
const processesMs = 180_000

const floor = await openFloor()
const { database, db } = floor
const crew = await openCrew(floor)
const queues = ['orders-binance', 'exits-binance', 'accounts', 'monitor']

/** Every account wants one entry; returns who they are. */
async function enterAll(count: number): Promise<Trader[]> {
  const traders = await Promise.all(Array.from({ length: count }, () => floor.trader({ market: 'spot' })))
  for (const trader of traders) await floor.enter(trader, { base: 'BTC', quantity: '0.01' })
  return traders
}

async function untilAll(traders: readonly Trader[], state: OrderState): Promise<void> {
  const ids = traders.map(({ account }) => account.id)
  for (;;) {
    const [row] = await database.query<{ left: string }>(
      'select count(*) as left from orders where account_id = any ($1) and state <> $2',
      [ids, state],
    )
    if (row?.left === '0') return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Each entry was executed once, and the books say so. */
async function expectOnce(traders: readonly Trader[]): Promise<void> {
  for (const { apiKey, account } of traders) {
    expect(floor.simulator.ledger(apiKey).accounts[0]?.orders).toHaveLength(1)
    expect(await compareBooks(db, account.id, floor.gateway)).toEqual([])
  }
}

async function killAll(workers: readonly Program[]): Promise<void> {
  for (const worker of workers) worker.kill('SIGKILL')
  for (const worker of workers) await worker.ended
}

test.runIf(backendKinds.includes('redis'))(
  'a queue that was emptied under way, and one store after the other: nothing is lost, nothing happens twice',
  { timeout: processesMs },
  async () => {
    const redis = (await queueAddress('redis')) as Extract<QueueAddress, { redisUrl: string }>
    const postgres = await queueAddress('postgres')
    const client = new Redis(redis.redisUrl)
    await client.flushdb()
    const first = await crew.start(queues, redis)

    const flushed = await enterAll(6)
    await new Promise((resolve) => setTimeout(resolve, 3_000)) // some are woken, some wait
    await client.flushdb()
    await untilAll(flushed, 'filled')
    await expectOnce(flushed)

    floor.simulator.faults.add({
      rules: [{ fault: 'slow', match: { request: 'order' }, times: 3, afterMs: 3_000 }],
    })
    const switched = await enterAll(6)
    await new Promise((resolve) => setTimeout(resolve, 5_000))
    await killAll([first])
    const second = await crew.start(queues, postgres)
    await untilAll(switched, 'filled')
    await expectOnce(switched)

    const back = await enterAll(4)
    await killAll([second])
    const third = await crew.start(queues, redis) // with what the first left there
    await untilAll(back, 'filled')
    for (const traders of [flushed, switched, back]) await expectOnce(traders)
    third.kill('SIGTERM')
    expect((await third.ended).code).toBe(0)
    client.disconnect()
  },
)
