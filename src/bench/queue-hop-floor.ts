import type { QueueAddress } from '../queue/backend.ts'
import { answer, nowMs, settingsOf } from './child.ts'
import { openRawWorker } from './throughput-floor.ts'

const { address, queueName } = settingsOf<{ address: QueueAddress; queueName: string }>()
let waits: number[] = []
const worker = openRawWorker(
  address,
  queueName,
  async ({ data }) => void waits.push(nowMs() - (data as { sentMs: number }).sentMs),
  8,
)
await worker.waitUntilReady()
answer({
  waits() {
    const seen = waits
    waits = []
    return seen
  },
})
