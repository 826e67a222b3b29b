import { placeOrder as place } from '#src/orders/place.ts'
import { placeOrder } from '#src/queue/contracts.ts'
import { judgeWith } from '#src/trading/decide-again.ts'
import { attend } from './attend.ts'
import { job } from './context.ts'

/** Sends one order, once; retried by a person, it does what the order's state allows. */
export default job(placeOrder, {
  run: ({ orderId, isRetry = false }, context, run) =>
    attend(orderId, context, () =>
      place(context, orderId, {
        ...run,
        isRetry: run.isRetry || isRetry,
        judge: judgeWith(context),
      }),
    ),
})
