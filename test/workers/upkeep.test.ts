import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import { findSimulator, type WorkerIdentity } from '#db/workers.ts'
import type { JobContext } from '#jobs/context.ts'
import { wakeOrders } from '#jobs/wake-orders.ts'
import { startHeartbeat } from '#workers/heartbeat.ts'
import { startUpkeep, type Upkeep } from '#workers/upkeep.ts'
import { openFloor } from '../support/floor.ts'
import { quietExit, registerSimulator } from '../support/quiet-exit.ts'

const floor = await openFloor()
const { database, db, simulator } = floor
const log = pino({ level: 'silent' })
const idle: Upkeep = {
  keepSchedules: async () => {},
  countMissedTicks: async () => {},
  wakeOrders: async () => {},
  closeUnprotected: async () => {},
}

await registerSimulator(floor)

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(20)
}

describe('a round', () => {
  test('that cannot keep the schedules wakes orders all the same, and the next tries again', async () => {
    const did: string[] = []
    const upkeep = startUpkeep(
      db,
      {
        ...idle,
        async keepSchedules() {
          did.push('schedules')
          throw new Error('the queue is away')
        },
        async wakeOrders() {
          did.push('wakes')
        },
      },
      log,
    )
    const times = (what: string) => did.filter((one) => one === what).length
    await until(async () => times('schedules') >= 2)
    await upkeep.stop()
    expect(times('wakes')).toBeGreaterThanOrEqual(2)
  })

  test('keeps the schedules in one process at a time, and wakes orders in all however long that takes', async () => {
    const held = Promise.withResolvers<void>()
    let keepers = 0
    let wakes = 0
    const slow: Upkeep = {
      ...idle,
      async keepSchedules() {
        keepers += 1
        await held.promise
      },
      async wakeOrders() {
        wakes += 1
      },
    }
    const upkeeps = Array.from({ length: 4 }, () => startUpkeep(db, slow, log))
    await until(async () => keepers > 0 && wakes >= 8)
    expect(keepers).toBe(1)
    held.resolve()
    await Promise.all(upkeeps.map((upkeep) => upkeep.stop()))
  })

  test('ends before stop does, and none comes after it', async () => {
    let rounds = 0
    const upkeep = startUpkeep(
      db,
      {
        ...idle,
        async wakeOrders() {
          await sleep(100)
          rounds += 1
        },
      },
      log,
    )
    await upkeep.stop()
    expect(rounds).toBe(1)
    await sleep(2_300)
    expect(rounds).toBe(1)
  })
})

test('many sweepers at once wake an order once, however often they meet', async () => {
  const orderId = await quietExit(floor)
  const asked: string[] = []
  const context = {
    db,
    log,
    enqueue: async (_contract: unknown, _data: unknown, options: { jobId?: string } = {}) => {
      asked.push(options.jobId ?? '')
    },
  } as unknown as JobContext
  const meet = () => Promise.all(Array.from({ length: 8 }, () => wakeOrders(context, async () => false)))
  for (let wakes = 2; wakes < 32; wakes++) {
    // Woken twice in vain it is left alone for longer than a busy machine takes for eight of them.
    await database.query('update orders set wakes = $2, woken_at = null where id = $1', [orderId, wakes])
    asked.length = 0
    await meet()
    expect(asked).toEqual([`order-${orderId}-w${wakes + 1}`])
  }
  await wakeOrders(context, async () => false) // just woken: it is left alone
  expect(asked).toHaveLength(1)
})

test('a process says that it is alive, and that it has stopped', async () => {
  const worker: WorkerIdentity = {
    id: 'one',
    role: 'simulator',
    queues: ['monitor'],
    host: 'here',
    pid: 7,
    version: '1',
    address: 'http://127.0.0.1:7',
  }
  const row = async () =>
    (
      await database.query<Record<string, unknown>>(
        `select queues, pid, address, rss_bytes::float8 > 1e6 as has_memory, loop_lag_ms >= 0 as has_lag,
           heartbeat_at > now() - interval '5 seconds' as is_alive, stopped_at is not null as has_stopped
         from workers where id = 'one'`,
      )
    )[0]
  const alive = {
    queues: ['monitor'],
    pid: 7,
    address: 'http://127.0.0.1:7',
    has_memory: true,
    has_lag: true,
    is_alive: true,
    has_stopped: false,
  }
  await database.query(`update workers set heartbeat_at = now() - interval '1 second' where id = 'sim'`)
  const heartbeat = await startHeartbeat(db, worker, log)
  expect(await row()).toEqual(alive)
  expect(await findSimulator(db)).toBe('http://127.0.0.1:7')
  await heartbeat.stop()
  expect(await row()).toEqual({ ...alive, has_stopped: true })
  expect(await findSimulator(db)).toBe(simulator.url)
  await database.query(`update workers set heartbeat_at = now() + interval '1 hour' where id = 'sim'`)
})
