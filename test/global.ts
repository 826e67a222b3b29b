import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { migrate } from '#db/migrate.ts'
import { startEmbedded } from '#src/database/embedded.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A PostgreSQL superuser's address. */
    postgresUrl: string
    /** The migrated database that test files clone; nobody connects to it. */
    template: string
    /** A Redis for this run alone, or '' on a machine without redis-server. */
    redisUrl: string
  }
}

/** One PostgreSQL and one Redis for the run. TEST_POSTGRES_URL lends a running server instead of starting one. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bullpen-test-'))
  await chmod(folder, 0o755) // as root, PostgreSQL runs as somebody else
  const lent = process.env.TEST_POSTGRES_URL
  const embedded = lent ? undefined : await startEmbedded(path.join(folder, 'home'))
  const postgresUrl = lent ?? embedded?.url ?? ''
  const template = `template_${process.pid}`
  await createTemplate(postgresUrl, template)
  const redis = await startRedis(folder)
  if (!redis) console.log('redis-server is not installed: the Redis half of the tests is not run')
  if (!process.env.BULLPEN_MARKET_DIR)
    console.log('BULLPEN_MARKET_DIR is not set: tests on real candles are not run')
  project.provide('postgresUrl', postgresUrl)
  project.provide('template', template)
  project.provide('redisUrl', redis?.url ?? '')
  return async () => {
    redis?.process.kill('SIGKILL')
    await embedded?.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function createTemplate(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`drop database if exists ${name}`)
  await client.query(`create database ${name}`)
  await client.end()
  const template = new URL(url)
  template.pathname = `/${name}`
  await migrate(template.href)
}

async function startRedis(folder: string): Promise<{ url: string; process: ChildProcess } | undefined> {
  if (spawnSync('redis-server', ['--version']).error) return undefined
  const port = await freePort()
  const options = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--hz', '100', '--dir', folder]
  const child = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] })
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error('redis-server ended before it was ready')))
    child.stdout.on('data', (text) => String(text).includes('Ready to accept') && resolve())
  })
  return { url: `redis://127.0.0.1:${port}`, process: child }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
