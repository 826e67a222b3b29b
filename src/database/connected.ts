import type { Config, ConnectedConfig } from '../config.ts'
import { holderOf } from '../home/running.ts'
import { secretKeyIn } from '../home/secret-key.ts'
import type { Addresses } from './embedded.ts'
import { openDatabase } from './open.ts'

/** Where the simulator listens unless something else does already. */
export const usualSimulatorUrl = 'http://127.0.0.1:3900'

/**
 * Runs a command's work with the database open, and lets go of it afterwards, come what may.
 * @param command its name, for others that would like the same data folder
 */
export async function connected<T>(
  config: Config,
  command: string,
  work: (config: ConnectedConfig) => Promise<T>,
): Promise<T> {
  const database = await openDatabase(config, command, (line) => console.error(line))
  try {
    return await work(connectedConfig(config, database))
  } finally {
    await database.stop()
  }
}

/** The configuration together with what was opened for it, and the simulator of whoever runs in the data folder. */
export function connectedConfig(config: Config, { url, queueUrl }: Addresses): ConnectedConfig {
  return {
    ...config,
    databaseUrl: url,
    queueUrl,
    simulatorUrl: config.simulatorUrl ?? holderOf(config.bullpenHome)?.simulatorUrl ?? usualSimulatorUrl,
    secretKey: config.secretKey ?? secretKeyIn(config.bullpenHome),
  }
}
