import { readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** A user of this machine, as whom PostgreSQL runs when this process is root's. */
export interface User {
  readonly uid: number
  readonly gid: number
}

/** The user `nobody`, who owns nothing on the machine. */
export function nobody(): User {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith('nobody:'))
  const [, , uid, gid] = line?.split(':') ?? []
  return { uid: Number(uid ?? 65_534) >>> 0, gid: Number(gid ?? 65_534) >>> 0 }
}

/**
 * The first file or folder on the way to `path` that `user` may not enter, or, at its end, read as well when `reading`;
 * undefined when the way is free. PostgreSQL asks with access(2), so what root's capabilities would allow does not count.
 */
export function obstacleTo(path: string, user: User, reading = false): string | undefined {
  const end = realpathSync(path)
  const way = [end]
  while (way[0] !== undefined && way[0] !== dirname(way[0])) way.unshift(dirname(way[0]))
  return way.find((at) => !may(at, user, reading && at === end ? 0o5 : 0o1))
}

function may(path: string, user: User, wanted: number): boolean {
  const { uid, gid, mode } = statSync(path)
  const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0
  return ((mode >> shift) & wanted) === wanted
}
