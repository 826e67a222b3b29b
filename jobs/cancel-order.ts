import { cancelOrder as cancel } from '#src/orders/cancel.ts'
import { cancelOrder } from '#src/queue/contracts.ts'
import { attend } from './attend.ts'
import { job } from './context.ts'

/** Takes one resting order back; asking twice is harmless. */
export default job(cancelOrder, {
  run: ({ orderId }, context) => attend(orderId, context, () => cancel(context, orderId)),
})
