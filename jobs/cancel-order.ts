import { cancelOrder as cancel } from '#src/orders/cancel.ts'
import { cancelOrder } from '#src/queue/contracts.ts'
import { job } from './context.ts'
import { follow } from './follow.ts'

/** Takes one resting order back; asking twice is harmless. */
export default job(cancelOrder, {
  async run({ orderId }, context) {
    const result = await cancel(context, orderId)
    await follow(orderId, result, context)
    return result.outcome
  },
})
