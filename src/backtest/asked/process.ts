import { setPriority } from 'node:os'
import { Worker } from 'node:worker_threads'
import { messageOf } from '../../errors.ts'

/**
 * The process around one run. It gives way to everything that trades, hands messages on, and ends when whoever started it is
 * gone or the run takes too much memory; a strategy in an endless loop keeps neither from happening.
 *
 * Its argument is the megabytes it may use; its first message is what is to be run.
 */
const most = Number(process.argv[2] ?? 512)
// Buffers lie outside of the heap that a thread's limits bound.
const baseMb = 200

try {
  setPriority(10)
} catch {
  // A machine that does not allow it runs it as any other.
}

process.once('message', (workerData) => {
  const thread = new Worker(new URL('thread.ts', import.meta.url), {
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: most, maxYoungGenerationSizeMb: 32 },
    env: {},
  })
  thread.on('message', (message) => process.send?.(message))
  thread.on('error', (error) => end(messageOf(error)))
  thread.on('exit', (code) => end(`its thread ended with ${code}`))
})
process.on('disconnect', die)

setInterval(() => {
  if (process.memoryUsage.rss() / 1e6 > most + baseMb) end(`it takes more than ${most} MB of memory`)
}, 100)

function end(failed: string): void {
  if (process.connected) process.send?.({ failed }, die)
  else die()
}

/** At once: a thread in an endless loop could not be asked to leave. */
function die(): void {
  process.kill(process.pid, 'SIGKILL')
}
