import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { messageOf, UserError } from '../errors.ts'
import { prepareHome, unwritable } from '../home/folder.ts'
import { holderOf } from '../home/running.ts'
import { initialise, launch, owner } from './cluster.ts'
import { passwordIn } from './password.ts'
import { settle } from './place.ts'
import { findPostmaster, stopPostmaster } from './postmaster.ts'

/** The addresses of an embedded PostgreSQL's two databases, as its superuser. */
export interface Addresses {
  readonly url: string
  /** The queue's own database, which need not wait for the disk: all of it can be rebuilt from the other. */
  readonly queueUrl: string
}

export interface Embedded extends Addresses {
  readonly pid: number
  stop(): Promise<void>
}

const retryMs = 1_000
const borrowDeadlineMs = 60_000

/**
 * Starts the PostgreSQL of a data folder, making folder, cluster and databases at the first call. A server that a killed
 * process left behind is stopped first, and its port kept. One that ends by itself is started again on its port.
 * The caller holds the folder (see home/running.ts), or nobody else knows it.
 * @throws UserError with one line when the folder cannot be written or PostgreSQL does not start.
 */
export async function startEmbedded(home: string, say: (line: string) => void = () => {}): Promise<Embedded> {
  prepareHome(home)
  const log = join(home, 'postgres.log')
  const { place, password } = inside(home, () => {
    const place = settle(home, say)
    const password = passwordIn(home, place.cluster)
    initialise(place, password)
    return { place, password }
  })
  const orphan = findPostmaster(place.cluster)
  if (orphan) await stopPostmaster(orphan.pid)
  let server = await launch(place, log, orphan?.port)
  let isStopping = false

  const restart = async () => {
    while (!isStopping) {
      say('PostgreSQL ended by itself and is started again')
      await sleep(retryMs)
      try {
        server = await launch(place, log, server.port)
        return watch()
      } catch (error) {
        say(messageOf(error))
      }
    }
  }
  const watch = () => {
    server.child.once('exit', () => void (isStopping || restart()))
  }
  watch()

  const addresses = addressesOf(server.port, password)
  // A process that ends without asking, by an exception or process.exit, does not leave its server behind.
  const lastWish = () => void server.child.kill('SIGINT')
  process.once('exit', lastWish)
  const stop = async () => {
    isStopping = true
    process.off('exit', lastWish)
    if (server.child.pid !== undefined) await stopPostmaster(server.child.pid)
  }
  try {
    await createDatabases(addresses.url)
  } catch (error) {
    await stop()
    throw error
  }
  return { ...addresses, pid: server.child.pid ?? 0, stop }
}

/**
 * The PostgreSQL that another process keeps in a data folder; waits while that one is still starting.
 * @throws UserError when the other process ended or its database does not come up.
 */
export async function borrowEmbedded(home: string): Promise<Addresses> {
  const place = inside(home, () => settle(home, () => {}))
  for (let waited = 0; waited < borrowDeadlineMs && holderOf(home); waited += 100) {
    const postmaster = findPostmaster(place.cluster)
    if (postmaster?.isReady) return addressesOf(postmaster.port, passwordIn(home, place.cluster))
    await sleep(100)
  }
  throw new UserError(
    `The database in ${home} did not come up: its last words are in ${join(home, 'postgres.log')}`,
  )
}

function addressesOf(port: number, password: string): Addresses {
  const base = `postgres://${owner}:${password}@127.0.0.1:${port}`
  return { url: `${base}/bullpen`, queueUrl: `${base}/bullpen_queue` }
}

async function createDatabases(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url.replace(/\/bullpen$/, '/postgres') })
  await client.connect()
  try {
    const { rows } = await client.query<{ datname: string }>('select datname from pg_database')
    for (const name of ['bullpen', 'bullpen_queue'])
      if (!rows.some((row) => row.datname === name)) await client.query(`create database ${name}`)
    await client.query('alter database bullpen_queue set synchronous_commit = off')
  } finally {
    await client.end()
  }
}

/** What the operating system refuses inside the data folder is the user's to put right, in one line. */
function inside<T>(home: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof UserError) throw error
    throw unwritable(home, error)
  }
}
