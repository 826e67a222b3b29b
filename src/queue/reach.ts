const everyMs = 500
/** The queue is lost when its store has left questions unanswered for so long. */
const lostAfterMs = 2_000

/** Whether the queue's store answers, as one process sees it. */
export interface QueueReach {
  /** True from 2 s after the first question without an answer until the next answer. */
  isLost(): boolean
  stop(): void
}

/**
 * Asks the store twice a second. `onChange` hears of each loss and of each return; `ping` must reject, not hang, when
 * there is no answer.
 */
export function watchReach(ping: () => Promise<void>, onChange: (isLost: boolean) => void): QueueReach {
  let failing: { readonly sinceMs: number } | undefined
  let isLost = false
  let isStopped = false
  let timer: NodeJS.Timeout | undefined
  const note = (lost: boolean) => {
    if (lost === isLost || isStopped) return
    isLost = lost
    onChange(lost)
  }
  const ask = async () => {
    const askedMs = performance.now()
    try {
      await ping()
      failing = undefined
      note(false)
    } catch {
      // A process that was frozen has not asked in the meantime: it takes a second failure to be sure.
      if (failing && performance.now() - failing.sinceMs >= lostAfterMs) note(true)
      failing ??= { sinceMs: askedMs }
    }
    if (!isStopped) timer = setTimeout(ask, everyMs)
  }
  void ask()
  return {
    isLost: () => isLost,
    stop() {
      isStopped = true
      clearTimeout(timer)
    },
  }
}
