import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf, UserError } from '../errors.ts'
import type { Place } from './place.ts'
import { findPostmaster } from './postmaster.ts'

/** The superuser that owns everything; the roles the program runs as come with the migrations. */
export const owner = 'bullpen'

const startDeadlineMs = 60_000
const largestLogBytes = 10 * 1024 * 1024

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '400',
  shared_buffers: '128MB',
  max_wal_size: '512MB',
  jit: 'off', // compiling a query costs more than any of ours takes
  log_checkpoints: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
}

/**
 * Makes the cluster when there is none, under another name until it is complete, so that an interrupted start leaves
 * no half of one.
 * @throws UserError with the last line of initdb.
 */
export function initialise(place: Place, password: string): void {
  if (existsSync(join(place.cluster, 'PG_VERSION'))) {
    matchVersion(place)
    return
  }
  const draft = `${place.cluster}.new`
  const passwordFile = `${place.cluster}.password`
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(draft, { mode: 0o700 })
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 })
  try {
    if (place.user) for (const path of [draft, passwordFile]) chownSync(path, place.user.uid, place.user.gid)
    const { status, error, stderr } = spawnSync(
      join(place.bin, 'initdb'),
      [
        `--pgdata=${draft}`,
        `--username=${owner}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
      ],
      { ...place.user, cwd: dirname(place.cluster), env: { LC_ALL: 'C' }, encoding: 'utf8' },
    )
    if (error) throw cannotRun(error)
    if (status !== 0)
      throw new UserError(`PostgreSQL could not make its cluster in ${place.cluster}: ${lastLine(stderr)}`)
    renameSync(draft, place.cluster)
  } finally {
    rmSync(passwordFile, { force: true })
    rmSync(draft, { recursive: true, force: true })
  }
}

/**
 * Starts the server in a session of its own, so that a Ctrl-C at the terminal does not end it under the workers that
 * still drain. Resolves once it accepts connections. `preferredPort` is used while it is free.
 * @throws UserError with the server's last words.
 */
export async function launch(
  place: Place,
  log: string,
  preferredPort?: number,
): Promise<{ child: ChildProcess; port: number }> {
  if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) > largestLogBytes) renameSync(log, `${log}.1`)
  let port = preferredPort ?? (await freePort())
  for (let attempt = 1; ; attempt++) {
    const from = statSync(log, { throwIfNoEntry: false })?.size ?? 0
    const child = await run(place, log, port)
    if (await isUp(child, place)) return { child, port }
    const said = readFileSync(log, 'utf8').slice(from)
    if (attempt === 3 || !said.includes('could not bind'))
      throw new UserError(`PostgreSQL did not start: ${lastLine(said)} (all of it is in ${log})`)
    port = await freePort()
  }
}

async function run(place: Place, log: string, port: number): Promise<ChildProcess> {
  const output = openSync(log, 'a', 0o600)
  try {
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const child = spawn(join(place.bin, 'postgres'), ['-D', place.cluster, '-p', String(port), ...options], {
      ...place.user,
      cwd: dirname(place.cluster),
      env: { LC_ALL: 'C' },
      stdio: ['ignore', output, output],
      detached: true,
    })
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', (error) => reject(cannotRun(error)))
    })
    child.unref()
    return child
  } finally {
    closeSync(output)
  }
}

/** True once the server is ready; false when it ended instead. */
async function isUp(child: ChildProcess, place: Place): Promise<boolean> {
  for (let waited = 0; waited < startDeadlineMs; waited += 20) {
    if (child.exitCode !== null || child.signalCode !== null) return false
    const postmaster = findPostmaster(place.cluster)
    if (postmaster?.pid === child.pid && postmaster?.isReady) return true
    await sleep(20)
  }
  child.kill('SIGQUIT')
  return false
}

function matchVersion(place: Place): void {
  const kept = readFileSync(join(place.cluster, 'PG_VERSION'), 'utf8').trim()
  const { stdout, error } = spawnSync(join(place.bin, 'postgres'), ['--version'], {
    ...place.user,
    cwd: '/',
    encoding: 'utf8',
  })
  if (error) throw cannotRun(error)
  const major = /\d+/.exec(stdout)?.[0]
  if (major !== kept)
    throw new UserError(
      `The database in ${place.cluster} was made by PostgreSQL ${kept}, and this is ${major}: go back to the earlier Bullpen and move it by backup and restore`,
    )
}

function cannotRun(error: unknown): UserError {
  return new UserError(
    `The embedded PostgreSQL does not run on this machine (${messageOf(error)}): set DATABASE_URL to a PostgreSQL of your own`,
    { cause: error },
  )
}

/** What a failed program said last, without its prefix, hints or advice. */
function lastLine(output: string): string {
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
  const fatal =
    lines.findLast((line) => /\b(FATAL|PANIC|error):/.test(line)) ?? lines.at(-1) ?? 'it said nothing'
  return fatal.replace(/^.*?\b(FATAL|PANIC|error):\s*/, '')
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}
