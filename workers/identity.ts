import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import path from 'node:path'
import { newestMigration } from '#db/migrate.ts'
import type { WorkerIdentity } from '#db/workers.ts'
import { digestOf } from '#src/build.ts'

const root = path.join(import.meta.dirname, '..')
const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string }

/** Who this process is to the others: a new id at every start, because a restarted process holds nothing of the old one. */
export function identityOf(
  role: string,
  more: { readonly queues?: readonly string[]; readonly address?: string } = {},
): WorkerIdentity & { readonly build: string } {
  const place = { host: hostname(), pid: process.pid }
  const program = { version, build: digestOf(root), schema: newestMigration() }
  return { id: randomUUID(), role, queues: [], ...place, ...program, ...more }
}
