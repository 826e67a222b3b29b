import { sql } from 'kysely'
import { connect } from '#db/client.ts'
import { findSimulator } from '#db/workers.ts'
import { readConfig } from '../config.ts'
import { connected } from '../database/connected.ts'
import type { OrderSide } from '../domain/side.ts'
import { messageOf, OrderRejected } from '../errors.ts'
import { createGateway } from '../exchange/gateway.ts'
import { approve } from '../exchange/order-request.ts'
import { openBackend } from '../queue/backend.ts'
import { announceReady } from '../supervisor/ready.ts'
import { ringOf } from '../vault/key-ring.ts'
import { naiveQueue } from './naive.ts'

// The control, in a process of its own: the same queue, gateway and venue, and another handler: send, then save, and try
// again on an error. It ends with its parent.
process.on('disconnect', () => process.exit(0))
process.on('SIGTERM', () => process.exit(0))
await connected(readConfig(), 'chaos', async (config) => {
  const db = connect(config.databaseUrl, 'bullpen_worker', { max: 6 })
  const gateway = createGateway({
    db,
    keys: ringOf(config),
    simulatorUrl: () => findSimulator(db),
  })
  const backend = await openBackend(
    config.redisUrl ? { redisUrl: config.redisUrl } : { postgresUrl: config.queueUrl },
  )

  async function handle(id: string): Promise<void> {
    const { rows } = await sql<{
      account_id: string
      symbol: string
      side: OrderSide
      quantity: string
      client_order_id: string
      state: string
    }>`select * from chaos.naive where id = ${id}`.execute(db)
    const [wish] = rows
    if (wish?.state !== 'asked') return
    const venue = await gateway.account(wish.account_id)
    const request = {
      symbol: wish.symbol,
      side: wish.side,
      type: 'market',
      quantity: wish.quantity,
      clientOrderId: wish.client_order_id,
      isReduceOnly: false,
    } as const
    const now = { wallMs: Date.now(), monotonicMs: performance.now() }
    const outcome = await venue.placeOrder(approve(request, now)).then(
      () => ({ state: 'done', reason: null }),
      (error: unknown) => {
        if (error instanceof OrderRejected) return { state: 'refused', reason: messageOf(error) }
        throw error
      },
    )
    await sql`update chaos.naive set state = ${outcome.state}, reason = ${outcome.reason} where id = ${id}`.execute(
      db,
    )
  }

  const worker = backend.worker(naiveQueue, (job) => handle(String(job.data.id)), {
    concurrency: 4,
    maxStalledCount: 1_000,
    lockDuration: 10_000,
    stalledInterval: 5_000,
  })
  worker.on('error', (error) => console.error(messageOf(error)))
  announceReady()
  await new Promise(() => {})
})
