import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import type { WorkerIdentity } from '#db/workers.ts'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string
}

/** Who this process is to the others: a new id at every start, because a restarted process holds nothing of the old one. */
export function identityOf(
  role: string,
  more: { readonly queues?: readonly string[]; readonly address?: string } = {},
): WorkerIdentity {
  return { id: randomUUID(), role, queues: [], host: hostname(), pid: process.pid, version, ...more }
}
