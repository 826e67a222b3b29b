import { fileURLToPath } from 'node:url'
import { exchanges } from '../queue/contracts.ts'
import type { Role } from './child.ts'

const cli = fileURLToPath(new URL('../cli/main.ts', import.meta.url))

/** The exchange simulator's process. */
export const simulatorRole: Role = { name: 'simulator', args: [cli, 'simulator'] }

/**
 * The web server and the workers of one machine. Three workers share all queues: what decides, what talks to venues, and
 * the monitor, which nothing may delay. A larger installation runs one process per queue (see the Procfile).
 */
export function machineRoles(): Role[] {
  const lanes = exchanges.flatMap((exchange) => [`orders-${exchange}`, `exits-${exchange}`])
  return [
    worker('decisions', ['signals', 'trading', 'alerts', 'maintenance', 'backtests']),
    worker('orders', [...lanes, 'accounts']),
    worker('monitor', ['monitor']),
    { name: 'web', args: [cli, 'web'] },
  ]
}

function worker(name: string, queues: readonly string[]): Role {
  return { name, args: [cli, 'worker', '--queues', queues.join(',')] }
}
