import type { Command } from 'commander'
import { type ConnectedConfig, readConfig } from '../config.ts'
import { connected } from '../database/connected.ts'
import { messageOf, UserError, VenueUnavailable } from '../errors.ts'
import type { Outcome } from '../queue/job.ts'

/** `bullpen retry`: what the retry button of Bull Board does, by the state of the order. */
export function retry(program: Command): void {
  program
    .command('retry <id>')
    .description(
      'try an order again, by its id or the id of its failed job: sends what is planned, looks up what was sent, plans a new attempt of what was certainly not executed; nothing happens twice',
    )
    .option('--json', 'for machines: {orderId, state, outcome}')
    .action((id: string, options: { json?: boolean }) =>
      connected(readConfig(), 'retry', (config) => run(config, id, options)),
    )
}

async function run(config: ConnectedConfig, id: string, { json }: { json?: boolean }): Promise<void> {
  const { recordAudit } = await import('#db/audit.ts')
  const { findOrder } = await import('#db/orders.ts')
  const { laneOf } = await import('#jobs/follow.ts')
  const { default: placeOrder } = await import('#jobs/place-order.ts')
  const { openContext } = await import('#workers/context.ts')
  const { identityOf } = await import('#workers/identity.ts')
  const { createLog } = await import('../log.ts')
  const { forgetFailed, orderOfJob } = await import('../queue/order-jobs.ts')
  const log = createLog({ level: 'silent', role: 'retry' })
  const { signal } = new AbortController()
  const context = await openContext(config, identityOf('retry'), log, signal)
  try {
    const named = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(id)?.[0]
    const found = named === undefined ? undefined : await findOrder(context.db, named)
    const orderId = found?.id ?? (await orderOfJob(context.queues, id).catch(() => undefined))
    const order = orderId === undefined ? undefined : await findOrder(context.db, orderId)
    if (!order) throw new UserError(`there is no order ${id}, and no job of that id is about one`)

    const data = { orderId: order.id, ...laneOf(order) }
    const outcome = await placeOrder
      .run(data, context, { signal, isRetry: true })
      .catch((error: unknown): Outcome => {
        if (error instanceof VenueUnavailable)
          return { kind: 'failed', reason: messageOf(error), advice: error.advice }
        throw error
      })
    await recordAudit(context.db, {
      userId: order.userId,
      actor: 'command line',
      action: 'order.retry',
      target: order.id,
      details: outcome,
    })
    // What the board still shows as failed has been seen to; a queue that does not answer keeps showing it.
    if (outcome.kind !== 'failed') await forgetFailed(context.queues, order.id).catch(() => 0)
    const state = (await findOrder(context.db, order.id))?.state
    if (json) console.log(JSON.stringify({ orderId: order.id, state, outcome }))
    else console.log(`order ${order.id} is ${state}: ${wordsOf(outcome)}`)
    if (outcome.kind === 'failed') process.exitCode = 1
  } finally {
    await context.close()
  }
}

function wordsOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'done':
      return outcome.note ?? 'done'
    case 'skipped':
      return outcome.reason
    case 'failed':
      return `${outcome.reason}. ${outcome.advice}`
  }
}
