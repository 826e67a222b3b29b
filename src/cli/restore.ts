import { resolve } from 'node:path'
import type { Command } from 'commander'
import { readConfig } from '../config.ts'
import { connected } from '../database/connected.ts'
import type { BackupContent } from '../maintenance/backup/restore.ts'

/** `bullpen restore FILE`: fills an empty database with what `backup` wrote. */
export function restore(program: Command): void {
  program
    .command('restore <file>')
    .description('fill an empty database with a backup; nothing is overwritten')
    .option('--check', 'only look whether the file is whole, and what is in it')
    .option('--without-secret-key', 'also when SECRET_KEY is not the one of the backup')
    .option('--json', 'for machines: {file, takenAt, version, rows: {table: count}}')
    .action(async (file: string, options: Options) => {
      const content = options.check
        ? await (await import('../maintenance/backup/restore.ts')).checkBackup(resolve(file))
        : await fill(resolve(file), options)
      say(file, content, options)
    })
}

interface Options {
  readonly check?: boolean
  readonly withoutSecretKey?: boolean
  readonly json?: boolean
}

async function fill(file: string, { withoutSecretKey = false }: Options): Promise<BackupContent> {
  const { restoreBackup } = await import('../maintenance/backup/restore.ts')
  const { knownMigrations, migrate } = await import('#db/migrate.ts')
  return connected(readConfig(), 'restore', ({ databaseUrl, secretKey, secretKeyPrevious }) =>
    restoreBackup(databaseUrl, file, {
      secretKeys: [secretKey, ...secretKeyPrevious],
      isWithoutKey: withoutSecretKey,
      knownMigrations: knownMigrations(),
      migrateTo: (name) => migrate(databaseUrl, name),
    }),
  )
}

function say(file: string, { header, rows }: BackupContent, { check, json }: Options): void {
  const { takenAt, version } = header
  if (json) {
    console.log(JSON.stringify({ file: resolve(file), takenAt, version, rows }))
    return
  }
  const count = Object.values(rows).reduce((sum, one) => sum + one, 0)
  console.log(
    `${file}: taken ${takenAt} by version ${version}, ${count} rows of ${Object.keys(rows).length} tables`,
  )
  if (check) {
    console.log('It is whole. Nothing was changed.')
    return
  }
  console.log('Restored. Everybody signs in anew.')
  console.log(
    'Start the workers: nothing is sent for an account before it was compared with its venue, and orders of ours from after the backup are taken into the books.',
  )
}
