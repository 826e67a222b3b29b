import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '#db/migrate.ts'
import type { Addresses } from '../database/embedded.ts'
import { startEmbedded } from '../database/embedded.ts'
import type { QueueAddress } from '../queue/backend.ts'
import { loopbackPort } from '../supervisor/port.ts'

/** What contests stand on: stores of the bench's own, started when first asked for. */
export interface Ground {
  /** An embedded PostgreSQL with the newest schema. */
  postgres(): Promise<Addresses>
  /** The address of a Redis without persistence, or undefined on a machine without redis-server. */
  redis(): Promise<string | undefined>
  /** An empty folder that every user may enter, removed at the end. */
  folder(): string
}

/** Queue stores by name. */
export type StoreKind = 'redis' | 'postgres'

/** Opens the ground; everything on it ends with `closing`. */
export function openGround(closing: AsyncDisposableStack): Ground {
  const folder = () => temporaryFolder(closing)
  let postgres: Promise<Addresses> | undefined
  let redis: Promise<string | undefined> | undefined
  return {
    folder,
    postgres: () => (postgres ??= startPostgres(folder(), closing)),
    redis: () => (redis ??= startRedis(folder(), closing)),
  }
}

/** Where a contest's queues live. Throws without Redis: a contest that needs it says so and is not opened. */
export async function queueAddress(ground: Ground, kind: StoreKind): Promise<QueueAddress> {
  if (kind === 'postgres') return { postgresUrl: (await ground.postgres()).queueUrl }
  const redisUrl = await ground.redis()
  if (redisUrl === undefined) throw new Error('there is no redis-server on this machine')
  return { redisUrl }
}

function temporaryFolder(closing: AsyncDisposableStack): string {
  const folder = mkdtempSync(join(tmpdir(), 'bullpen-bench-'))
  closing.defer(async () => rmSync(folder, { recursive: true, force: true }))
  chmodSync(folder, 0o755) // as root, PostgreSQL runs as somebody else
  return folder
}

async function startPostgres(folder: string, closing: AsyncDisposableStack): Promise<Addresses> {
  const server = await startEmbedded(join(folder, 'home'))
  closing.defer(server.stop)
  await migrate(server.url)
  return server
}

/** Starts a Redis without persistence, ended with `closing`; undefined on a machine without redis-server. */
export async function startRedis(
  folder: string,
  closing: AsyncDisposableStack,
  more: readonly string[] = [],
): Promise<string | undefined> {
  if (spawnSync('redis-server', ['--version']).error) return undefined
  const port = await loopbackPort(6399)
  const bare = ['--save', '', '--appendonly', 'no', '--hz', '100', '--dir', folder]
  const server = spawn('redis-server', ['--port', `${port}`, '--bind', '127.0.0.1', ...bare, ...more], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  closing.defer(() => ended(server, 'SIGKILL'))
  await new Promise<void>((resolve, reject) => {
    server.once('exit', () => reject(new Error('redis-server ended before it was ready')))
    server.stdout.on('data', (text) => String(text).includes('Ready to accept') && resolve())
  })
  return `redis://127.0.0.1:${port}`
}

/** Sends the signal and resolves when the process is gone. */
export async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill(signal)
  await gone
}
