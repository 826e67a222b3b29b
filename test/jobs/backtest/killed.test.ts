import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { isAlive, runNode } from '../../support/program.ts'
import { openGround } from './ground.ts'

vi.setConfig({ testTimeout: 600_000, hookTimeout: 120_000 })

const main = new URL('../../../src/cli/main.ts', import.meta.url).pathname
const home = mkdtempSync(join(tmpdir(), 'bullpen-killed-'))
const strategies = join(home, 'strategies')
mkdirSync(strategies)
writeFileSync(
  join(strategies, 'slow.ts'),
  `import { defineStrategy, z } from 'bullpen/strategy'
export default defineStrategy({ name: 'slow', timeframe: '5m', warmup: 1, parameters: z.object({ ms: z.number().default(5) }),
  onCandle: (_, { parameters }) => { const end = Date.now() + parameters.ms; while (Date.now() < end); return undefined } })`,
)
const ground = await openGround()
const workers: ReturnType<typeof runNode>[] = []
afterAll(async () => {
  for (const worker of workers) worker.kill('SIGKILL')
  for (const worker of workers) await worker.ended
  rmSync(home, { recursive: true, force: true })
})

async function startWorker() {
  const { url } = ground.database
  const worker = runNode([main, 'worker', '--queues', 'backtests'], {
    cwd: home,
    env: {
      BULLPEN_HOME: home,
      BULLPEN_DATABASE_URL: url,
      BULLPEN_QUEUE_URL: url,
      STRATEGIES_DIR: strategies,
      SECRET_KEY: 'a key for tests, of thirty-two bytes or more',
    },
  })
  workers.push(worker)
  await worker.until(/worker is at work/)
  return worker
}

test('what a worker was running when it was killed is begun anew by another, and ends once', async () => {
  const id = await ground.add({ strategy: 'strategy:slow', parameters: { ms: 2 } })
  const first = await startWorker()
  await vi.waitFor(async () => expect((await ground.row(id)).progress).toBeGreaterThan(0.3), {
    timeout: 120_000,
    interval: 100,
  })
  const { claimed_by: before } = await ground.row(id)
  first.kill('SIGKILL')
  await first.ended
  expect(isAlive(first.pid)).toBe(false)
  await startWorker()
  await vi.waitFor(async () => expect(await ground.row(id)).toMatchObject({ state: 'done', claims: 2 }), {
    timeout: 420_000,
    interval: 250,
  })
  const row = await ground.row(id)
  expect(before).not.toBeNull()
  expect(row.summary).toHaveProperty('final_equity')
})
