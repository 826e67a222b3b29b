import { setTimeout as sleep } from 'node:timers/promises'
import type { AtWork } from '#src/queue/work.ts'

/** From here on handlers are told to leave what can be left. */
const patienceMs = 14_000
/** And from here on nobody waits for them: a PaaS kills a process that has not ended 20 to 30 s after SIGTERM. */
const deadlineMs = 18_000
/** For closing connections, once nothing is in hand; a store that is gone would keep them open for ever. */
const closingMs = 1_500
const lookMs = 50

/**
 * Takes nothing new, and resolves when what is in hand is finished and the workers are closed, or with how many jobs were
 * still in hand after 18 s.
 */
export async function drain(workers: readonly AtWork[], giveUp: AbortController): Promise<number> {
  const begunMs = performance.now()
  const elapsed = () => performance.now() - begunMs
  const closed = Promise.all(workers.map((worker) => worker.close()))
  closed.catch(() => {})
  const inHand = () => workers.reduce((sum, worker) => sum + worker.inHand(), 0)
  while (inHand() > 0 && elapsed() < deadlineMs) {
    if (elapsed() > patienceMs) giveUp.abort()
    await sleep(lookMs)
  }
  await within(closingMs, closed)
  return inHand()
}

/** Waits for something, but not for ever. */
export async function within(ms: number, done: Promise<unknown>): Promise<void> {
  const late = new AbortController()
  await Promise.race([done.catch(() => {}), sleep(ms, undefined, { signal: late.signal }).catch(() => {})])
  late.abort()
}
