import { isUnderNpm } from '../config.ts'

const drainDeadlineMs = 8_000
const lookMs = 250

/**
 * Aborts when this process is to stop: on SIGTERM, SIGINT or SIGHUP, and, under a supervisor, when that one is gone, for
 * a worker nobody supervises would be there for ever. Then the process has 8 s to drain before it ends itself.
 * Asked again, it goes on stopping. npm passes a SIGTERM on to the shell between it and us alone, so under npm the loss of
 * that parent is one, too.
 */
export function stopSignal(): AbortSignal {
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => stop.abort())
  process.once('disconnect', () => {
    stop.abort()
    setTimeout(() => process.exit(1), drainDeadlineMs).unref()
  })
  if (isUnderNpm()) {
    const parent = process.ppid
    setInterval(() => process.ppid !== parent && stop.abort(), lookMs).unref()
  }
  return stop.signal
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
