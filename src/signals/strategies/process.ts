import { Worker } from 'node:worker_threads'
import { messageOf } from '../../errors.ts'

/**
 * The process around one strategy's thread. It hands messages on in both directions, and ends when whoever started it is
 * gone or the strategy takes too much memory. A thread alone would not do: an allocation that is too large at once (measured:
 * strings of 100 MB in a loop, one array of 2.4 GB) aborts or hangs the whole process that holds the thread.
 *
 * Its arguments are the file, the parameters as JSON and the megabytes it may use.
 */
const [, , file = '', parameters = '{}', memoryMb = '256'] = process.argv
const most = Number(memoryMb)

const thread = new Worker(new URL('thread.ts', import.meta.url), {
  workerData: { file, parameters: JSON.parse(parameters) },
  resourceLimits: { maxOldGenerationSizeMb: most, maxYoungGenerationSizeMb: 32 },
  env: {},
})
thread.on('message', (message) => process.send?.(message))
thread.on('error', (error) => end(messageOf(error)))
thread.on('exit', (code) => end(`its thread ended with ${code}`))
process.on('message', (message) => thread.postMessage(message))
process.on('disconnect', die)

// Buffers lie outside of the heap that a thread's limits bound.
const baseMb = 150
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
