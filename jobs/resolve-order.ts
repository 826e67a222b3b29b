import { resolveOrder as resolve } from '#src/orders/resolve.ts'
import { resolveOrder } from '#src/queue/contracts.ts'
import { attend } from './attend.ts'
import { job } from './context.ts'

/** Learns from the venue what became of an order that was sent. */
export default job(resolveOrder, {
  run: ({ orderId }, context) =>
    attend(orderId, context, async () => ({ ...(await resolve(context, orderId)), needsResolving: false })),
})
