import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startEmbedded } from '#src/database/embedded.ts'
import { dumpSchema } from './dump.ts'
import { migrate } from './migrate.ts'

// Writes what follows from the migrations: db/schema.sql and the Kysely types of db/database.ts.
const home = mkdtempSync(path.join(tmpdir(), 'bullpen-schema-'))
chmodSync(home, 0o755) // as root, PostgreSQL runs as somebody else
const server = await startEmbedded(home)
try {
  await migrate(server.url)
  writeFileSync(path.join(import.meta.dirname, 'schema.sql'), await dumpSchema(server.url))
  const types = path.join(import.meta.dirname, 'database.ts')
  const codegen = path.join(import.meta.dirname, '../node_modules/kysely-codegen/dist/cli/bin.js')
  const options = [
    '--dialect',
    'postgres',
    '--url',
    server.url,
    '--exclude-pattern',
    'kysely_*',
    '--out-file',
    types,
  ]
  const { status } = spawnSync(process.execPath, [codegen, ...options], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
} finally {
  await server.stop()
  rmSync(home, { recursive: true, force: true })
}
