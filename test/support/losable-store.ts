import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll } from 'vitest'
import type { QueueAddress } from '#src/queue/backend.ts'
import { testDatabase } from './database.ts'
import { lossyProxy } from './lossy-proxy.ts'

/** A queue's store that a test may lose. */
export interface LosableStore {
  readonly address: QueueAddress
  /** From now on nobody reaches it: a Redis of the test's own is killed, the way to a PostgreSQL is cut. */
  lose(): Promise<void>
  /** It is there again. Redis has forgotten everything, PostgreSQL nothing. */
  bringBack(): Promise<void>
}

/** A store for the calling test file, ended after it. */
export async function losableStore(kind: 'postgres' | 'redis'): Promise<LosableStore> {
  return kind === 'redis' ? losableRedis() : losablePostgres()
}

async function losablePostgres(): Promise<LosableStore> {
  const direct = new URL((await testDatabase()).url)
  const proxy = await lossyProxy(`http://${direct.host}`)
  const through = new URL(direct)
  through.host = new URL(proxy.url).host
  return { address: { postgresUrl: through.href }, lose: () => proxy.shut(), bringBack: () => proxy.reopen() }
}

async function losableRedis(): Promise<LosableStore> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bullpen-redis-'))
  const port = await freePort()
  let running = await startRedis(port, folder)
  const end = async () => {
    const gone = new Promise((resolve) => running.once('exit', resolve))
    if (running.exitCode !== null || running.signalCode !== null) return
    running.kill('SIGKILL')
    await gone
  }
  afterAll(async () => {
    await end()
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    address: { redisUrl: `redis://127.0.0.1:${port}` },
    lose: end,
    async bringBack() {
      running = await startRedis(port, folder)
    },
  }
}

async function startRedis(port: number, folder: string): Promise<ChildProcess> {
  const options = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--hz', '100', '--dir', folder]
  const child = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] })
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error('redis-server ended before it was ready')))
    child.stdout.on('data', (text) => String(text).includes('Ready to accept') && resolve())
  })
  return child
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
