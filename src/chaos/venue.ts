import { fork } from 'node:child_process'
import { readinessIn } from '../supervisor/ready.ts'

/** What the simulator's process is told, so that its prices stand still. */
export const holdMarket = 'hold market'

/** The simulator of a run. */
export interface StartedVenue {
  readonly url: string
  /** Lets prices stand still for good: no stop is reached any more behind the back of whoever compares books. */
  hold(): void
}

/** Starts the simulator in a process of its own; it is killed with `closing`. */
export async function startVenue(
  seed: number,
  home: string,
  closing: AsyncDisposableStack,
): Promise<StartedVenue> {
  const child = fork(new URL('./venue-program.ts', import.meta.url), [String(seed), home], {
    execArgv: [],
    detached: true,
    env: {},
  })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  closing.defer(async () => {
    child.kill('SIGKILL')
    await gone
  })
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the simulator ended with code ${code}`)))
    child.on('message', (message) => {
      const url = readinessIn(message)?.url
      if (url !== undefined) resolve({ url, hold: () => void child.send(holdMarket) })
    })
  })
}
