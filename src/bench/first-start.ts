import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { environment } from '../config.ts'
import { loopbackPort } from '../supervisor/port.ts'
import { nowMs } from './child.ts'
import type { Contest } from './contest.ts'
import { startBare } from './first-start-floor.ts'
import { ended } from './ground.ts'

const deadlineMs = 60_000
const lookMs = 20
const cli = fileURLToPath(new URL('../cli/main.ts', import.meta.url))

/** `bullpen start` with every role until it says it is ready: in an empty folder, then in the same one again. */
export function firstStart(): Contest {
  return {
    goal: '17',
    title: 'first start',
    measures: [
      {
        id: '17-cold',
        metric: 'first start until /readyz answers 200, embedded PostgreSQL, every role, ms',
        goal: { of: 'ours', bound: 'at most', value: 4_000 },
        usualFloor: [659, 659],
      },
      {
        id: '17-warm',
        metric: 'later start until /readyz answers 200, ms',
        goal: { of: 'ours', bound: 'at most', value: 2_500 },
      },
    ],
    async open(ground) {
      return async () => {
        const bareHome = join(ground.folder(), 'home')
        const floor = { '17-cold': await startBare(bareHome), '17-warm': await startBare(bareHome) }
        const folder = ground.folder()
        const ours = { '17-cold': await start(folder), '17-warm': await start(folder) }
        return { floor, ours }
      }
    },
  }
}

/** Milliseconds until it is ready; it is stopped again before this resolves. */
async function start(folder: string): Promise<number> {
  const port = await loopbackPort(3_980)
  // Nothing of this machine's configuration, and the queue where a first start has it.
  const { PATH, HOME, TMPDIR, LANG } = environment(folder)
  const env = { PATH, HOME, TMPDIR, LANG, BULLPEN_HOME: join(folder, 'home'), PORT: `${port}` }
  const beganMs = nowMs()
  const program = spawn(process.execPath, [cli, 'start'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  try {
    await untilReady(program, `http://127.0.0.1:${port}/readyz`)
    return nowMs() - beganMs
  } finally {
    await ended(program, 'SIGTERM')
  }
}

async function untilReady(program: ChildProcess, url: string): Promise<void> {
  let output = ''
  for (const stream of [program.stdout, program.stderr]) stream?.on('data', (text) => (output += text))
  for (let waited = 0; waited < deadlineMs; waited += lookMs) {
    if (program.exitCode !== null) break
    const status = await fetch(url).then(
      (response) => response.status,
      () => 0,
    )
    if (status === 200) return
    await sleep(lookMs)
  }
  throw new Error(`bullpen start did not become ready; its last lines:\n${output.slice(-1_000)}`)
}
