import { placeOrder as place } from '#src/orders/place.ts'
import { placeOrder } from '#src/queue/contracts.ts'
import { job } from './context.ts'
import { follow } from './follow.ts'

/** Sends one order, once; retried by a person, it does what the order's state allows. */
export default job(placeOrder, {
  async run({ orderId }, context, { isRetry }) {
    const result = await place(context, orderId, { isRetry })
    await follow(orderId, result, context)
    return result.outcome
  },
})
