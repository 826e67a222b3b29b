import { createHash, createHmac, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { z } from 'zod'
import { messageOf, UserError } from '../../errors.ts'

/** The first line of a backup. */
const headerLine = z.object({
  bullpenBackup: z.literal(1),
  takenAt: z.iso.datetime(),
  /** The program's, and the server's. */
  version: z.string(),
  postgres: z.string(),
  /** What had been applied, in order. */
  migrations: z.array(z.string()).min(1),
  /** Tells whether a SECRET_KEY is the one of then; nothing follows about the key itself. */
  secretKeyMark: z.string(),
})
export type BackupHeader = z.infer<typeof headerLine>

/** Says whose rows follow: each an array of the columns' texts as PostgreSQL writes them, or null. */
const tableLine = z.object({ table: z.string(), columns: z.array(z.string()).min(1) })

/** The last line: without it a backup is not whole. */
const endLine = z.object({ rows: z.record(z.string(), z.int()), sha256: z.string() })

const rowLine = z.array(z.string().nullable())

/** What stands in a backup, in its order. */
export type BackupPart =
  | { readonly kind: 'header'; readonly header: BackupHeader }
  | { readonly kind: 'table'; readonly table: string; readonly columns: readonly string[] }
  | { readonly kind: 'row'; readonly row: readonly (string | null)[] }
  | { readonly kind: 'end'; readonly rows: Readonly<Record<string, number>> }

/** Marks a SECRET_KEY without telling anything of it. */
export function secretKeyMark(secretKey: string): string {
  return createHmac('sha256', secretKey).update('bullpen backup').digest('hex').slice(0, 16)
}

/** The line that closes what a digest has seen. */
export function closingLine(rows: Readonly<Record<string, number>>, digest: Hash): string {
  return `${JSON.stringify({ rows, sha256: digest.digest('hex') })}\n`
}

/**
 * Reads a backup from its beginning to its end.
 * @throws UserError when the file cannot be read, is no backup, or is not whole: that shows at its end.
 */
export async function* readBackup(file: string): AsyncGenerator<BackupPart> {
  const digest = createHash('sha256')
  let isFirst = true
  let isWhole = false
  try {
    for await (const line of linesIn(file)) {
      const part = partOf(line, isFirst, digest)
      isFirst = false
      isWhole = part.kind === 'end'
      yield part
    }
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(`${file} is no backup that can be read: ${messageOf(error)}`, { cause: error })
  }
  if (!isWhole) throw new UserError(`${file} is not whole: its end is missing`)
}

/** By hand, for readline does not pass on what goes wrong in its input. */
async function* linesIn(file: string): AsyncGenerator<string> {
  const unpacked = createGunzip()
  const packed = createReadStream(file)
    .on('error', (error) => unpacked.destroy(error))
    .pipe(unpacked)
  let left = ''
  for await (const chunk of packed.setEncoding('utf8')) {
    const lines = `${left}${chunk}`.split('\n')
    left = lines.pop() ?? ''
    yield* lines
  }
  if (left !== '') yield left
}

function partOf(line: string, isFirst: boolean, digest: Hash): BackupPart {
  const value: unknown = JSON.parse(line)
  if (!isFirst && Array.isArray(value)) {
    digest.update(`${line}\n`)
    return { kind: 'row', row: rowLine.parse(value) }
  }
  const end = endLine.safeParse(value)
  if (end.success) {
    const { rows, sha256 } = end.data
    if (digest.digest('hex') !== sha256) throw new Error('its checksum is another one')
    return { kind: 'end', rows }
  }
  digest.update(`${line}\n`)
  if (isFirst) {
    const header = headerLine.safeParse(value)
    if (!header.success) throw new Error('it does not begin like one')
    return { kind: 'header', header: header.data }
  }
  return { kind: 'table', ...tableLine.parse(value) }
}
