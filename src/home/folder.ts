import { chmodSync, existsSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { messageOf, systemCode, UserError } from '../errors.ts'

const leastFreeBytes = 64 * 1024 * 1024

const reasons: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the disk quota is used up',
  ENOENT: 'a folder above it cannot be made',
  EEXIST: 'it is not a folder',
  ENOTDIR: 'it is not a folder',
}

/**
 * Makes the data folder and proves that it can be written.
 * Only its owner may enter it; root's may be entered by all, because PostgreSQL then runs as another user. What is
 * secret in it has mode 0600.
 * @throws UserError when it cannot be made or written, or the disk is nearly full.
 */
export function prepareHome(home: string, leastFree = leastFreeBytes): void {
  try {
    if (!existsSync(home)) makeFolder(home)
    tryWriting(join(home, `.probe-${process.pid}`))
  } catch (error) {
    throw unwritable(home, error)
  }
  const { bavail, bsize } = statfsSync(home)
  if (bavail * bsize < leastFree)
    throw new UserError(
      `The data folder ${home} has ${megabytes(bavail * bsize)} MB left and needs ${megabytes(leastFree)}: make room, or set BULLPEN_HOME to another folder`,
    )
}

function makeFolder(home: string): void {
  mkdirSync(dirname(home), { recursive: true })
  mkdirSync(home) // by itself, because a recursive mkdir says ENOENT on a read-only file system
  chmodSync(home, isRoot() ? 0o755 : 0o700)
}

function tryWriting(file: string): void {
  try {
    writeFileSync(file, Buffer.alloc(16_384), { mode: 0o600 })
  } finally {
    if (existsSync(file)) rmSync(file)
  }
}

/** The one line for a data folder that refuses to be written. */
export function unwritable(home: string, error: unknown): UserError {
  const reason = reasons[systemCode(error) ?? ''] ?? messageOf(error)
  return new UserError(
    `The data folder ${home} cannot be written: ${reason}. Set BULLPEN_HOME to another folder`,
    {
      cause: error,
    },
  )
}

/** Whether this process runs as root, as which PostgreSQL refuses to run. */
export function isRoot(): boolean {
  return process.getuid?.() === 0
}

function megabytes(bytes: number): number {
  return Math.floor(bytes / 1024 / 1024)
}
