import { randomBytes } from 'node:crypto'
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemCode, UserError } from '../errors.ts'
import { unwritable } from './folder.ts'

/**
 * The key that seals API keys, kept in the data folder (mode 0600) and made at the first call. Without it every sealed
 * key is lost, so it is never made anew over a file that is there.
 * @throws UserError when the file cannot be written or holds less than 32 bytes.
 */
export function secretKeyIn(home: string): string {
  const file = join(home, 'secret.key')
  return read(file) ?? make(home, file)
}

function read(file: string): string | undefined {
  let key: string
  try {
    key = readFileSync(file, 'utf8').trim()
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw new UserError(`${file} cannot be read (${systemCode(error)}): it belongs to another user`, {
      cause: error,
    })
  }
  if (Buffer.byteLength(key) < 32)
    throw new UserError(
      `${file} has been cut short: put back the key it held, or every sealed API key is lost`,
    )
  return key
}

function make(home: string, file: string): string {
  const draft = `${file}.${process.pid}`
  try {
    writeFileSync(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flush: true })
    linkSync(draft, file)
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw unwritable(home, error)
  } finally {
    rmSync(draft, { force: true })
  }
  return readFileSync(file, 'utf8').trim()
}
