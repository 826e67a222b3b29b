import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemCode, UserError } from '../errors.ts'

/**
 * The password of the embedded database, kept in `<home>/database.json` (mode 0600) and made before its cluster is.
 * @throws UserError when the file is lost or unreadable although the cluster is there.
 */
export function passwordIn(home: string, cluster: string): string {
  const file = join(home, 'database.json')
  try {
    const { password } = JSON.parse(readFileSync(file, 'utf8')) as { password?: unknown }
    if (typeof password === 'string' && password !== '') return password
    throw new Error('it holds no password')
  } catch (error) {
    if (systemCode(error) === 'EACCES')
      throw new UserError(`${file} cannot be read: it belongs to another user`, { cause: error })
    if (existsSync(join(cluster, 'PG_VERSION')))
      throw new UserError(
        `${file}, which holds the password of the database beside it, is lost: put it back, or move ${join(home, 'postgres')} away to begin anew`,
        { cause: error },
      )
  }
  const password = randomBytes(24).toString('base64url')
  writeFileSync(file, `${JSON.stringify({ password })}\n`, { mode: 0o600, flush: true })
  return password
}
