import type { Command } from 'commander'
import type { Db } from '#db/client.ts'
import type { OrderState } from '../domain/order.ts'
import { messageOf, UserError } from '../errors.ts'
import type { Retried } from '../queue/order-jobs.ts'
import type { Queues } from '../queue/queues.ts'
import { withDatabase } from './with-database.ts'

/** A worker that is at work has looked at an order by then. */
const waitMs = 20_000

/** `bullpen retry`: what the retry button of Bull Board does, by the state of the order. */
export function retry(program: Command): void {
  program
    .command('retry <id>')
    .description(
      'have a worker try an order again, by its id or the id of its failed job: sends what is planned, looks up what was sent, plans a new attempt of what was certainly not executed; nothing happens twice',
    )
    .option('--json', 'for machines: {orderId, state, outcome}')
    .option(
      '--settle <finding>',
      'end an order that stays unknown, by your word that nothing of it was executed and nothing rests; say what you found at the venue',
    )
    .action((id: string, options: Options) =>
      options.settle === undefined ? run(id, options) : settle(id, options.settle, options),
    )
}

interface Options {
  readonly json?: boolean
  readonly settle?: string
}

/** Ends an order that no venue can prove any more as `manual`. It needs neither the queue nor the venue. */
async function settle(id: string, reason: string, { json }: Options): Promise<void> {
  const { findOrder } = await import('#db/orders.ts')
  const { settleByHand } = await import('../orders/settle-by-hand.ts')
  const { wallClock } = await import('../clock.ts')
  const { ringOf } = await import('../vault/key-ring.ts')
  await withDatabase('retry', 'bullpen_worker', async (db, config) => {
    const named = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.exec(id)?.[0]
    const order = named === undefined ? undefined : await findOrder(db, named)
    if (!order) throw new UserError(`there is no order ${id}`)
    const desk = { db, config, keys: ringOf(config), clock: wallClock }
    const refusal = await settleByHand(desk, order, { by: 'command line', reason })
    if (refusal !== undefined) throw new UserError(`order ${order.id} was not settled: ${refusal}`)
    if (json) console.log(JSON.stringify({ orderId: order.id, state: 'manual', outcome: { kind: 'done' } }))
    else console.log(`order ${order.id} is manual; should it turn up after all, it is booked, with an alarm`)
  })
}

async function run(id: string, { json }: Options): Promise<void> {
  const { openBackend } = await import('../queue/backend.ts')
  const { openQueues } = await import('../queue/queues.ts')
  await withDatabase('retry', 'bullpen_worker', async (db, { redisUrl, queueUrl }) => {
    const address = redisUrl ? { redisUrl } : { postgresUrl: queueUrl }
    const backend = await openBackend(address).catch((error: unknown) => {
      throw unreachable(error)
    })
    const queues = openQueues(backend)
    try {
      const retried = await retryById(db, queues, id, waitMs)
      if (json) console.log(JSON.stringify(retried))
      else console.log(`order ${retried.orderId} is ${retried.state}: ${wordsOf(retried.outcome)}`)
      if (retried.outcome.kind === 'failed' || retried.outcome.kind === 'waiting') process.exitCode = 1
    } finally {
      await queues.close().catch(() => {})
      await backend.close().catch(() => {})
    }
  })
}

/** An order that was tried again. */
interface RetriedOrder {
  readonly orderId: string
  /** Its state afterwards. */
  readonly state: OrderState
  readonly outcome: Retried
}

/**
 * Has a worker try an order again, named by its id or by that of a job about it, and writes it into the audit log.
 * @throws UserError when there is no such order, or the queue does not take it: then nothing happens.
 */
export async function retryById(db: Db, queues: Queues, id: string, waitMs: number): Promise<RetriedOrder> {
  const { recordAudit } = await import('#db/audit.ts')
  const { findOrder, orderOrThrow } = await import('#db/orders.ts')
  const { laneOf } = await import('#jobs/follow.ts')
  const { QueueUnreachable } = await import('../queue/enqueue.ts')
  const { orderOfJob, retryOrder } = await import('../queue/order-jobs.ts')
  const asked = async <T>(answer: Promise<T>) => {
    try {
      return await answer
    } catch (error) {
      throw error instanceof QueueUnreachable ? unreachable(error) : error
    }
  }
  const named = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(id)?.[0]
  const found = named === undefined ? undefined : await findOrder(db, named)
  const orderId = found?.id ?? (await asked(orderOfJob(queues, id)))
  const order = orderId === undefined ? undefined : await findOrder(db, orderId)
  if (!order) throw new UserError(`there is no order ${id}, and no job of that id is about one`)
  const outcome = await asked(retryOrder(queues, { orderId: order.id, ...laneOf(order) }, waitMs))
  await recordAudit(db, {
    userId: order.userId,
    actor: 'command line',
    action: 'order.retry',
    target: order.id,
    details: outcome,
  })
  return { orderId: order.id, state: (await orderOrThrow(db, order.id)).state, outcome }
}

function unreachable(error: unknown): UserError {
  return new UserError(
    `the queue cannot be reached, so nothing was tried again (what is planned or under way goes on without it): ${messageOf(error)}`,
    { cause: error },
  )
}

function wordsOf(outcome: Retried): string {
  switch (outcome.kind) {
    case 'done':
      return outcome.note ?? 'done'
    case 'skipped':
      return outcome.reason
    case 'failed':
      return outcome.reason
    case 'waiting':
      return 'no worker has looked at it yet; the first that works on its queue does'
  }
}
