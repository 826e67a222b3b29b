import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { readConfig } from '../config.ts'
import { connected } from '../database/connected.ts'

/** `bullpen backup FILE`: everything in the database as it is at one moment, in one file. */
export function backup(program: Command): void {
  program
    .command('backup <file>')
    .description(
      'write everything in the database into a file, while everything runs; SECRET_KEY is not in it',
    )
    .option('--json', 'for machines: {file, takenAt, bytes, rows: {table: count}}')
    .action(async (file: string, { json }: { json?: boolean }) => {
      const { writeBackup } = await import('../maintenance/backup/write.ts')
      const config = readConfig()
      const written = await connected(config, 'backup', ({ databaseUrl, secretKey }) =>
        writeBackup(databaseUrl, resolve(file), { secretKey, version: programVersion() }),
      )
      if (json) {
        console.log(JSON.stringify({ file: resolve(file), ...written }))
        return
      }
      const rows = Object.values(written.rows).reduce((sum, count) => sum + count, 0)
      console.log(
        `${file}: ${rows} rows of ${Object.keys(written.rows).length} tables, ${(written.bytes / 1e6).toFixed(1)} MB`,
      )
      const where = config.secretKey === undefined ? ` (${join(config.bullpenHome, 'secret.key')})` : ''
      console.log(
        `SECRET_KEY${where} is not in it. Keep that as well, elsewhere: without it no exchange key of the backup can be opened.`,
      )
    })
}

function programVersion(): string {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version
}
