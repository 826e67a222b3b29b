import { sendAlert } from '#src/queue/contracts.ts'
import { job } from './context.ts'

/** Tries to send one message of an alert; what fails is woken again when its time has come. */
export default job(sendAlert, {
  async run({ deliveryId }, { alertDesk, clock }) {
    // Templates and the chart are for the workers that send.
    const { deliver } = await import('#src/alerts/deliver.ts')
    return deliver(await alertDesk(), deliveryId, clock.wallNow())
  },
})
