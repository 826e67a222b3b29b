import type { Logger } from '#src/log.ts'
import { startRounds } from './rounds.ts'

const everyMs = 1_000

/**
 * Looks every second which alerts are to be sent, in the workers that send them, until stopped; what fails is said and the
 * next round tries again.
 */
export function startAlerts(round: () => Promise<void>, log: Logger): { stop(): Promise<void> } {
  return startRounds(everyMs, async (isStopped) => {
    await round().catch((error) => {
      if (!isStopped()) log.warn({ err: error }, 'alerts could not be looked at')
    })
  })
}
