import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { messageOf, systemCode, UserError } from '../errors.ts'
import { isRoot } from '../home/folder.ts'
import { findBinaries } from './binaries.ts'
import { nobody, obstacleTo, type User } from './reach.ts'

/** Where one PostgreSQL lives, and as whom it runs. */
export interface Place {
  /** The data directory, free of symbolic links of ours. */
  readonly cluster: string
  /** The folder with `postgres` and `initdb`. */
  readonly bin: string
  /** As whom it runs; undefined: as this process does. */
  readonly user: User | undefined
}

/**
 * Settles where the PostgreSQL of a data folder lives: in `<home>/postgres`. PostgreSQL refuses to run as root, so root
 * runs it as the owner of the cluster or as `nobody`; and where that user may not come (a clone in /root), the cluster
 * and a copy of the binaries live under /var/lib, and `<home>/postgres` is a link to them.
 */
export function settle(home: string, say: (line: string) => void, binaries = findBinaries()): Place {
  const link = join(realpathSync(home), 'postgres')
  if (!isRoot()) return { cluster: followed(link), bin: join(binaries.folder, 'bin'), user: undefined }

  const user = ownerOf(link) ?? nobody()
  const obstacle = obstacleTo(home, user)
  if (obstacle !== undefined && !isLink(link)) relocate(link, obstacle, say)
  const cluster = followed(link)
  if (isLink(link) && !existsSync(dirname(cluster)))
    throw new UserError(
      `${dirname(cluster)}, where ${link} kept the database, is gone: put it back, or remove ${link} to begin anew`,
    )
  const reachable = obstacleTo(join(binaries.folder, 'bin', 'postgres'), user, true) === undefined
  const folder = reachable
    ? binaries.folder
    : copied(binaries.folder, join(dirname(cluster), `postgresql-${binaries.version}`))
  return { cluster, bin: join(folder, 'bin'), user }
}

function relocate(link: string, obstacle: string, say: (line: string) => void): void {
  if (existsSync(link))
    throw new UserError(
      `PostgreSQL runs as another user than root and may not enter ${obstacle}: run chmod o+x ${obstacle}`,
    )
  const parent = existsSync('/var/lib') ? '/var/lib' : '/var/db'
  let store: string
  try {
    store = mkdtempSync(join(parent, 'bullpen-'))
    chmodSync(store, 0o755)
    symlinkSync(join(store, 'postgres'), link)
  } catch (error) {
    throw new UserError(
      `PostgreSQL runs as another user than root and may not enter ${obstacle}, and ${parent} cannot be written (${messageOf(error)}): set BULLPEN_HOME to a folder all users may enter`,
      { cause: error },
    )
  }
  say(
    `PostgreSQL does not run as root and other users may not enter ${obstacle}: the database lives in ${store}`,
  )
}

/** A copy that every user may read and run; made once per version, and complete when it has its name. */
function copied(from: string, to: string): string {
  if (existsSync(to)) return to
  const draft = `${to}.${process.pid}`
  cpSync(from, draft, { recursive: true, verbatimSymlinks: true })
  openToAll(draft)
  try {
    renameSync(draft, to)
  } catch (error) {
    if (systemCode(error) !== 'ENOTEMPTY') throw error
    rmSync(draft, { recursive: true })
  }
  return to
}

function openToAll(folder: string): void {
  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) openToAll(path)
    else if (entry.isFile()) chmodSync(path, statSync(path).mode & 0o111 ? 0o755 : 0o644)
  }
}

function ownerOf(cluster: string): User | undefined {
  if (!existsSync(cluster)) return undefined
  const { uid, gid } = statSync(cluster)
  return uid === 0 ? undefined : { uid, gid }
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
}

function followed(path: string): string {
  return isLink(path) ? resolve(dirname(path), readlinkSync(path)) : path
}
