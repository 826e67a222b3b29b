import type { Logger } from '#src/log.ts'
import { startRounds } from './rounds.ts'

const everyMs = 1_000

/** Advances close-alls every second until stopped, on a timer of its own: it goes on with the queue down. */
export function startCloseAll(advance: () => Promise<void>, log: Logger): { stop(): Promise<void> } {
  return startRounds(everyMs, (isStopped) =>
    advance().catch((error) => {
      if (!isStopped()) log.warn({ err: error }, 'close-alls could not be advanced')
    }),
  )
}
