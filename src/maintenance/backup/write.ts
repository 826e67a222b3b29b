import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import pg from 'pg'
import { messageOf, systemCode, UserError } from '../../errors.ts'
import { type BackupHeader, closingLine, secretKeyMark } from './format.ts'
import { appliedMigrations, type BackedUpTable, tablesOf } from './tables.ts'

/** Rows that are asked for at once. */
const fetched = 1_000

/** A backup that was written. */
export interface WrittenBackup {
  readonly takenAt: string
  readonly bytes: number
  /** By table. */
  readonly rows: Readonly<Record<string, number>>
}

/**
 * Writes everything as it is at one moment into a file that its owner alone may read, while everything goes on. SECRET_KEY is
 * not in it. The file has its name once it is whole.
 * @throws UserError when the file cannot be written, or the database would show only a part of its rows.
 */
export async function writeBackup(
  url: string,
  file: string,
  { secretKey, version }: { readonly secretKey: string; readonly version: string },
): Promise<WrittenBackup> {
  const client = new pg.Client({ connectionString: url, application_name: 'bullpen backup' })
  await client.connect()
  const draft = `${file}.partial`
  try {
    await requireEverything(client)
    // The format of texts: the same wherever it is read back.
    await client.query(
      `set timezone = 'UTC'; set datestyle = 'ISO'; set intervalstyle = 'iso_8601'; set bytea_output = 'hex'; set extra_float_digits = 1`,
    )
    await client.query('begin isolation level repeatable read read only')
    const header = await headerOf(client, { secretKey, version })
    const rows: Record<string, number> = {}
    const lines = Readable.from(withClosing(header, client, rows))
    await pipeline(lines, createGzip(), createWriteStream(draft, { mode: 0o600, flush: true })).catch(
      (error) => {
        if (systemCode(error)?.startsWith('E'))
          throw new UserError(`${file} cannot be written: ${messageOf(error)}`, { cause: error })
        throw error
      },
    )
    await rename(draft, file)
    return { takenAt: header.takenAt, bytes: (await stat(file)).size, rows }
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  } finally {
    await client.end()
  }
}

/** @throws UserError when row security would hide rows from whoever asks. */
async function requireEverything(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string; sees: boolean }>(
    `select current_user as name, rolsuper or rolbypassrls as sees from pg_roles where rolname = current_user`,
  )
  const [role] = rows
  if (!role?.sees)
    throw new UserError(
      `${role?.name} is held by row security, so that a backup would miss rows: alter role ${role?.name} bypassrls, or use the backups of whoever runs the database`,
    )
  await client.query('set row_security = off')
}

async function headerOf(
  client: pg.Client,
  { secretKey, version }: { readonly secretKey: string; readonly version: string },
): Promise<BackupHeader> {
  const { rows } = await client.query<{ now: Date; server_version: string }>(
    `select clock_timestamp() as now, current_setting('server_version') as server_version`,
  )
  const migrations = await appliedMigrations(client)
  if (migrations.length === 0) throw new UserError('there is nothing to keep: the database has no schema yet')
  return {
    bullpenBackup: 1,
    takenAt: (rows[0]?.now ?? new Date(0)).toISOString(),
    version,
    postgres: rows[0]?.server_version ?? '?',
    migrations,
    secretKeyMark: secretKeyMark(secretKey),
  }
}

/** All lines, and the one that says what they come to. */
async function* withClosing(
  header: BackupHeader,
  client: pg.Client,
  counts: Record<string, number>,
): AsyncGenerator<string> {
  const digest = createHash('sha256')
  for await (const line of linesOf(header, client, counts)) {
    digest.update(line)
    yield line
  }
  yield closingLine(counts, digest)
}

async function* linesOf(
  header: BackupHeader,
  client: pg.Client,
  counts: Record<string, number>,
): AsyncGenerator<string> {
  yield `${JSON.stringify(header)}\n`
  for (const table of await tablesOf(client)) {
    const columns = table.columns.map(({ name }) => name)
    yield `${JSON.stringify({ table: table.name, columns })}\n`
    counts[table.name] = 0
    for await (const row of rowsOf(client, table)) {
      counts[table.name] = (counts[table.name] ?? 0) + 1
      yield `${JSON.stringify(row)}\n`
    }
  }
}

async function* rowsOf(client: pg.Client, table: BackedUpTable): AsyncGenerator<(string | null)[]> {
  const texts = table.columns.map(({ quoted }) => `${quoted}::text`).join(', ')
  await client.query(`declare kept no scroll cursor for select ${texts} from ${table.quoted}`)
  for (;;) {
    const { rows } = await client.query<(string | null)[]>({
      text: `fetch ${fetched} from kept`,
      rowMode: 'array',
    })
    yield* rows
    if (rows.length < fetched) break
  }
  await client.query('close kept')
}
