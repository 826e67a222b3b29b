import pg from 'pg'
import type { Config } from '../config.ts'
import { messageOf, systemCode, UserError } from '../errors.ts'
import { prepareHome } from '../home/folder.ts'
import { claimHome } from '../home/running.ts'
import { type Addresses, borrowEmbedded, startEmbedded } from './embedded.ts'

/** An open database: its addresses, whether this process keeps it, and how to let go of it. */
export interface Database extends Addresses {
  /** True when this process started the server and stops it again. */
  readonly owned: boolean
  /** Stops an owned server within 5 s; does nothing to another. */
  stop(): Promise<void>
}

/**
 * Opens the database of a configuration: the one DATABASE_URL names (the queue is then in the same one), else the
 * embedded one. Whoever holds the data folder keeps the embedded server and stops it at the end; everybody else borrows it.
 * @param command for what the folder is held, as others are told
 * @throws UserError with one line when there is no database to be had.
 */
export async function openDatabase(
  config: Config,
  command: string,
  say?: (line: string) => void,
): Promise<Database> {
  if (config.databaseUrl) return openGiven(config.databaseUrl, config.queueUrl)
  prepareHome(config.bullpenHome)
  const found = claimHome(config.bullpenHome, command)
  if ('heldBy' in found)
    return { ...(await borrowEmbedded(config.bullpenHome)), owned: false, stop: async () => {} }
  const { release } = found.claim
  try {
    const database = await openHeld(config, say)
    return { ...database, stop: () => database.stop().finally(release) }
  } catch (error) {
    release()
    throw error
  }
}

/** As `openDatabase`, for a process that holds the data folder already and lets go of it itself. */
export async function openHeld(config: Config, say?: (line: string) => void): Promise<Database> {
  if (config.databaseUrl) return openGiven(config.databaseUrl, config.queueUrl)
  const { url, queueUrl, stop } = await startEmbedded(config.bullpenHome, say)
  return { url, queueUrl, owned: true, stop }
}

async function openGiven(url: string, queueUrl: string | undefined): Promise<Database> {
  const database = { url, queueUrl: queueUrl ?? url, owned: false, stop: async () => {} }
  // A supervisor has looked already, and its children outlive a moment without the database.
  if (queueUrl === undefined) await greet(url)
  return database
}

async function greet(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  try {
    await client.connect()
  } catch (error) {
    const { host, pathname } = new URL(url)
    const reason = messageOf(error) || systemCode(error)
    throw new UserError(`DATABASE_URL: the database ${host}${pathname} cannot be opened: ${reason}`, {
      cause: error,
    })
  } finally {
    await client.end().catch(() => {})
  }
}
