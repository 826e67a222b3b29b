import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { commandEnvironment } from '#src/config.ts'
import type { Logger } from '#src/log.ts'
import { announceLeaving } from '#src/supervisor/ready.ts'
import { aborted } from '#src/supervisor/stop-signal.ts'

/** A supervisor that has not stopped this process by then does not. */
const supervisorMs = 150_000

/**
 * What a worker does that is asked to leave. With a supervisor it goes on until another is ready in its place, without one
 * it leaves at once. Where a command of the operator's is given, that is run in its stead and the worker goes on: the
 * command restarts what it restarts. Resolves when the worker is to drain and end.
 */
export async function leave(
  reason: string,
  { command, signal, log }: { command: string | undefined; signal: AbortSignal; log: Logger },
): Promise<void> {
  if (command !== undefined) {
    log.fatal({ event: 'worker-leaves', reason }, 'REBOOT_COMMAND is run')
    log.fatal({ event: 'reboot-command', how: await run(command) }, 'REBOOT_COMMAND has ended')
    return aborted(signal)
  }
  log.fatal({ event: 'worker-leaves', reason }, 'this worker leaves, and another takes its place')
  if (announceLeaving()) await Promise.race([aborted(signal), sleep(supervisorMs, undefined, { ref: false })])
}

/** Runs a line of the operator's in a shell, without anything of the program's own environment; how it ended. */
async function run(command: string): Promise<string> {
  const child = spawn(command, {
    shell: true,
    env: commandEnvironment(),
    stdio: 'ignore',
    detached: true,
  })
  child.unref()
  const ended = once(child, 'exit').then(([code, by]) => (by ? `ended by ${by}` : `ended with code ${code}`))
  return ended.catch((error) => `it could not be started: ${error.message}`)
}
