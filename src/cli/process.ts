import { type ConnectedConfig, readConfig } from '../config.ts'
import { connected } from '../database/connected.ts'
import { stopSignal } from '../supervisor/stop-signal.ts'

/** Runs one process of the cluster until it is told to stop and has drained, then ends it with code 0. */
export async function runProcess(
  command: string,
  run: (process: { config: ConnectedConfig; signal: AbortSignal }) => Promise<void>,
): Promise<never> {
  const signal = stopSignal()
  await connected(readConfig(), command, (config) => run({ config, signal }))
  process.exit(0)
}
