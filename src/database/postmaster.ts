import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beginningOf, commandOf } from '../home/process.ts'

/** A living PostgreSQL server, as its own `postmaster.pid` describes it. */
export interface Postmaster {
  readonly pid: number
  readonly port: number
  readonly isReady: boolean
}

/**
 * The server that runs on a cluster, or undefined. A `postmaster.pid` whose process is gone is left for PostgreSQL, which
 * clears it away itself; one whose pid has become another program's would stop PostgreSQL for ever, so it is removed.
 */
export function findPostmaster(cluster: string): Postmaster | undefined {
  const file = join(cluster, 'postmaster.pid')
  let lines: string[]
  try {
    lines = readFileSync(file, 'utf8').split('\n')
  } catch {
    return undefined
  }
  const pid = Number(lines[0])
  if (!Number.isInteger(pid) || pid <= 0) return undefined
  const command = commandOf(pid)
  if (command?.includes(cluster))
    return { pid, port: Number(lines[3]), isReady: lines[7]?.trim() === 'ready' }
  if (command !== undefined) rmSync(file, { force: true })
  return undefined
}

/**
 * Stops a server: fast shutdown (open transactions are rolled back, a checkpoint is written), after `graceMs` an
 * immediate one, which costs a recovery at the next start and loses nothing committed. Resolves when it is gone.
 */
export async function stopPostmaster(pid: number, graceMs = 3_000): Promise<void> {
  const began = beginningOf(pid)
  if (began === undefined) return
  for (const [signal, ms] of [
    ['SIGINT', graceMs],
    ['SIGQUIT', 1_000],
    ['SIGKILL', 1_000],
  ] as const) {
    try {
      process.kill(pid, signal)
    } catch {
      return
    }
    for (let waited = 0; waited < ms; waited += 20) {
      if (beginningOf(pid) !== began) return
      await sleep(20)
    }
  }
}
