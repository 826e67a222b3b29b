import type { Logger } from '#src/log.ts'

const everyMs = 1_000

/** Advances close-alls every second until stopped, on a timer of its own: it goes on with the queue down. */
export function startCloseAll(advance: () => Promise<void>, log: Logger): { stop(): Promise<void> } {
  let isStopped = false
  let timer: NodeJS.Timeout | undefined
  let current = Promise.resolve()
  const next = () => {
    current = advance()
      .catch((error) => {
        if (!isStopped) log.warn({ err: error }, 'close-alls could not be advanced')
      })
      .then(() => {
        if (!isStopped) timer = setTimeout(next, everyMs)
      })
  }
  next()
  return {
    async stop() {
      isStopped = true
      clearTimeout(timer)
      await current
    },
  }
}
