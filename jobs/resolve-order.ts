import { resolveOrder as resolve } from '#src/orders/resolve.ts'
import { resolveOrder } from '#src/queue/contracts.ts'
import { skipped } from '#src/queue/job.ts'
import { attend } from './attend.ts'
import { job } from './context.ts'

/** Learns from the venue what became of an order that was sent. */
export default job(resolveOrder, {
  async run({ orderId }, context) {
    let isUnknown = false
    const outcome = await attend(orderId, context, async () => {
      const looked = await resolve(context, orderId)
      isUnknown = looked.state === 'unknown'
      return { ...looked, needsResolving: false }
    })
    // What stays unknown fails as the job that placed it, not with every look for it.
    return isUnknown && outcome.kind === 'failed' ? skipped(outcome.reason) : outcome
  },
})
