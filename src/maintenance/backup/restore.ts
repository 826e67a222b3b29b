import pg from 'pg'
import { UserError } from '../../errors.ts'
import { type BackupHeader, readBackup, secretKeyMark } from './format.ts'
import { appliedMigrations, type BackedUpTable, tablesOf } from './tables.ts'

/** What a backup holds. */
export interface BackupContent {
  readonly header: BackupHeader
  /** By table. */
  readonly rows: Readonly<Record<string, number>>
}

/** What a restore needs of whoever knows the schema. */
export interface RestoreParts {
  /** The keys of now: SECRET_KEY and those before it. */
  readonly secretKeys: readonly string[]
  /** Restores also when none of them is the key of then: no sealed exchange key can be opened. */
  readonly isWithoutKey: boolean
  /** Every migration that this build knows, in order. */
  readonly knownMigrations: readonly string[]
  /** Brings an empty database to a migration, or to the newest. */
  migrateTo(name?: string): Promise<unknown>
}

/** Rows that are written at once, and how many characters of them at most. */
const batch = { rows: 1_000, characters: 4_000_000 }

/**
 * Reads a backup to its end without doing anything with it.
 * @throws UserError when it is not whole.
 */
export async function checkBackup(file: string): Promise<BackupContent> {
  let header: BackupHeader | undefined
  let rows: Readonly<Record<string, number>> = {}
  for await (const part of readBackup(file)) {
    if (part.kind === 'header') header = part.header
    if (part.kind === 'end') rows = part.rows
  }
  if (!header) throw new UserError(`${file} is empty`)
  return { header, rows }
}

/**
 * Fills an empty database with a backup, in one transaction, and brings it to the newest schema. Every account is marked as
 * restored: nothing is sent for it before it was compared with its venue.
 * @throws UserError when the database is not empty, the backup is of a newer build, or no SECRET_KEY of now is the one of
 * then; nothing was changed.
 */
export async function restoreBackup(url: string, file: string, parts: RestoreParts): Promise<BackupContent> {
  const content = await checkBackup(file)
  const { header } = content
  requireKnown(header, parts.knownMigrations)
  const isOurKey = parts.secretKeys.some((key) => secretKeyMark(key) === header.secretKeyMark)
  if (!isOurKey && !parts.isWithoutKey)
    throw new UserError(
      'this SECRET_KEY is not the one of the backup, so that no exchange key could be opened and no order of ours be known: put the one of then into SECRET_KEY or SECRET_KEY_PREVIOUS, or restore with --without-secret-key and give every account a key anew',
    )
  const client = new pg.Client({ connectionString: url, application_name: 'bullpen restore' })
  await client.connect()
  try {
    await requireEmpty(client, header)
    await parts.migrateTo(header.migrations.at(-1))
    await client.query('begin')
    await fill(client, file)
    await markRestored(client, header)
    await client.query('commit')
  } finally {
    await client.end()
  }
  await parts.migrateTo()
  return content
}

function requireKnown(header: BackupHeader, known: readonly string[]): void {
  const unknown = header.migrations.filter((name) => !known.includes(name))
  if (unknown.length > 0)
    throw new UserError(
      `the backup is of another build: this one does not know the migration ${unknown[0]}. Restore it with the build that took it (${header.version}), and migrate then`,
    )
  const before = known.slice(0, known.indexOf(header.migrations.at(-1) ?? '') + 1)
  const missing = before.find((name) => !header.migrations.includes(name))
  if (missing !== undefined)
    throw new UserError(`the backup was taken in the middle of a migration: it lacks ${missing}`)
}

async function requireEmpty(client: pg.Client, header: BackupHeader): Promise<void> {
  const { rows } = await client.query<{ tables: string }>(
    `select count(*) as tables from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname in ('public', 'auth') and c.relkind in ('r', 'p')`,
  )
  if (rows[0]?.tables === '0') return
  // One that was prepared, or whose restore was broken off, is as good as empty.
  const applied = await appliedMigrations(client)
  const isPrepared = applied.join() === header.migrations.join()
  const users = isPrepared ? await client.query('select from auth."user" limit 1') : undefined
  if (users?.rows.length === 0) return
  throw new UserError(
    'the database is not empty, and a restore overwrites nothing: make an empty one (create database …) and name that in DATABASE_URL, or set BULLPEN_HOME to a new folder',
  )
}

async function fill(client: pg.Client, file: string): Promise<void> {
  const tables = new Map((await tablesOf(client)).map((table) => [table.name, table]))
  const all = [...tables.values()]
  const each = (statement: (table: BackedUpTable) => string) => client.query(all.map(statement).join(';'))
  // What migrations put there is in the backup, too; rules about changes do not hold for what was so already.
  await client.query(`truncate ${all.map(({ quoted }) => quoted).join(', ')} restart identity cascade`)
  const forced = await forcedTables(client)
  await each(({ quoted }) => `alter table ${quoted} disable trigger user`)
  for (const quoted of forced) await client.query(`alter table ${quoted} no force row level security`)

  let into: Insert | undefined
  for await (const part of readBackup(file)) {
    if (part.kind === 'row') await into?.add(part.row)
    else await into?.flush()
    if (part.kind === 'table') into = insertInto(client, tables.get(part.table), part)
  }
  for (const quoted of forced) await client.query(`alter table ${quoted} force row level security`)
  await each(({ quoted }) => `alter table ${quoted} enable trigger user`)
  for (const { quoted, identities } of all)
    for (const column of identities)
      await client.query(
        `select setval(pg_get_serial_sequence($1, $2), coalesce((select max(${quoteIdent(column)}) from ${quoted}), 0) + 1, false)`,
        [quoted, column],
      )
}

async function forcedTables(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ quoted: string }>(
    `select format('%I.%I', n.nspname, c.relname) as quoted from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname in ('public', 'auth') and c.relforcerowsecurity`,
  )
  return rows.map(({ quoted }) => quoted)
}

/** Rows on their way into one table. */
interface Insert {
  add(row: readonly (string | null)[]): Promise<void>
  flush(): Promise<void>
}

function insertInto(
  client: pg.Client,
  table: BackedUpTable | undefined,
  { table: name, columns }: { readonly table: string; readonly columns: readonly string[] },
): Insert {
  if (!table) throw new UserError(`the backup has a table ${name}, which the schema of then has not`)
  const types = columns.map((column) => {
    const found = table.columns.find((one) => one.name === column)
    if (!found)
      throw new UserError(`the backup has a column ${name}.${column}, which the schema of then has not`)
    return found
  })
  const numbers = types.map((_, i) => i + 1)
  const statement = `insert into ${table.quoted} (${types.map(({ quoted }) => quoted).join(', ')}) overriding system value
    select ${types.map(({ type }, i) => `c${i + 1}::${type}`).join(', ')}
    from unnest(${numbers.map((n) => `$${n}::text[]`).join(', ')}) as kept (${numbers.map((n) => `c${n}`).join(', ')})`
  let waiting: (readonly (string | null)[])[] = []
  let characters = 0
  const flush = async () => {
    if (waiting.length === 0) return
    await client.query(
      statement,
      types.map((_, i) => waiting.map((row) => row[i] ?? null)),
    )
    waiting = []
    characters = 0
  }
  return {
    flush,
    async add(row) {
      waiting.push(row)
      for (const text of row) characters += text?.length ?? 0
      if (waiting.length >= batch.rows || characters >= batch.characters) await flush()
    },
  }
}

function quoteIdent(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** Every account is found in another database than it was last seen in, whatever this one is called. */
async function markRestored(client: pg.Client, { takenAt }: BackupHeader): Promise<void> {
  await client.query(`update accounts set seen_in = $1, must_reconcile = true`, [`backup of ${takenAt}`])
  await client.query(
    `insert into audit_log (actor, action, details) values ('command line', 'database.restore', $1)`,
    [JSON.stringify({ takenAt })],
  )
}
