/** Runs a round now and again `everyMs` after each has ended, until stopped; stopping waits for the one under way. */
export function startRounds(
  everyMs: number,
  round: (isStopped: () => boolean) => Promise<void>,
): { stop(): Promise<void> } {
  let isStopped = false
  let timer: NodeJS.Timeout | undefined
  let current = Promise.resolve()
  const next = () => {
    current = round(() => isStopped).then(() => {
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
