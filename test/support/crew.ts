import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'
import { beat } from '#db/workers.ts'
import type { QueueAddress } from '#src/queue/backend.ts'
import { type Floor, secretKey } from './floor.ts'
import { temporaryHome } from './home.ts'
import { type Program, runNode } from './program.ts'

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const beatMs = 5_000

/** Worker processes of their own over a floor. */
export interface Crew {
  /** Starts `bullpen worker` on these queues and resolves when it is at work; it is ended after the file. */
  start(queues: readonly string[], address: QueueAddress, env?: NodeJS.ProcessEnv): Promise<Program>
}

/** A crew for the calling test file; the floor's simulator says where it is, as one of its own process would. */
export async function openCrew(floor: Floor): Promise<Crew> {
  const identity = { id: 'simulator', role: 'simulator', queues: [], host: 'test', pid: 0, version: 'test' }
  const say = () =>
    beat(floor.db, { ...identity, address: floor.simulator.url }, { rssBytes: 0, loopLagMs: 0 })
  await say()
  const timer = setInterval(() => void say().catch(() => {}), beatMs)
  const place = temporaryHome()
  const programs: Program[] = []
  afterAll(async () => {
    clearInterval(timer)
    for (const program of programs) program.kill('SIGKILL')
    for (const program of programs) await program.ended
    place.remove()
  })
  return {
    async start(queues, address, env = {}) {
      const { url } = floor.database
      const program = runNode([main, 'worker', '--queues', queues.join(',')], {
        cwd: place.folder,
        env: {
          BULLPEN_HOME: place.home,
          BULLPEN_DATABASE_URL: url,
          BULLPEN_QUEUE_URL: 'postgresUrl' in address ? address.postgresUrl : url,
          ...('redisUrl' in address && { REDIS_URL: address.redisUrl }),
          SECRET_KEY: secretKey,
          WORKER_CONCURRENCY: '4',
          ...env,
        },
      })
      programs.push(program)
      await program.until(/worker is at work/)
      return program
    },
  }
}
