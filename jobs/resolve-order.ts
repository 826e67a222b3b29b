import { resolveOrder as resolve } from '#src/orders/resolve.ts'
import { resolveOrder } from '#src/queue/contracts.ts'
import { job } from './context.ts'
import { follow } from './follow.ts'

/** Learns from the venue what became of an order that was sent. */
export default job(resolveOrder, {
  async run({ orderId }, context) {
    const result = await resolve(context, orderId)
    await follow(orderId, { ...result, needsResolving: false }, context)
    return result.outcome
  },
})
