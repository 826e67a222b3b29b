import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { isLeavingIn, type Readiness, readinessIn } from './ready.ts'

/** One process of the cluster: what it is called on the console, and what node runs. */
export interface Role {
  readonly name: string
  /** Script and arguments. */
  readonly args: readonly string[]
}

/** A role that is kept running. */
export interface SupervisedChild {
  readonly name: string
  /** Resolves when it first says that it is ready, however many times it had to be started. */
  readonly ready: Promise<Readiness>
  /** SIGTERM, and SIGKILL after `graceMs`. Resolves when it is gone; it is not started again. */
  stop(graceMs: number): Promise<void>
}

interface ChildOptions {
  readonly env: NodeJS.ProcessEnv
  /** A line it wrote. */
  readonly onLine: (name: string, line: string) => void
  /** It ended by itself: how, and in how many milliseconds it is started again. */
  readonly onEnd: (name: string, how: string, againInMs: number) => void
}

/** One process of a role, of which there may be two for a moment. */
interface Life {
  readonly child: ChildProcess
  readonly ready: Promise<Readiness>
  /** Resolves with how it ended. */
  readonly gone: Promise<string>
}

const firstPauseMs = 500
const longestPauseMs = 30_000
/** Whoever lived this long has earned a short pause again. */
const longLifeMs = 60_000
/** For the one that takes over to be ready; then the other one leaves all the same. */
const takeOverMs = 120_000
/** For the one that leaves to finish what it has in hand: longer than it takes itself. */
const leaveMs = 30_000

/**
 * Starts a role, and starts it again whenever it ends: after half a second, twice as long each time, at most 30 s. One that
 * says that it would leave is stopped once another is ready in its place.
 * It runs in a process group of its own, so that Ctrl-C reaches the supervisor alone, which stops things in order; when
 * the supervisor dies, its channel closes and the child ends by itself.
 */
export function superviseChild(role: Role, options: ChildOptions): SupervisedChild {
  const { promise: ready, resolve: announce } = Promise.withResolvers<Readiness>()
  const living = new Set<Life>()
  let current: Life
  let isStopping = false
  let pauseMs = firstPauseMs
  let again: NodeJS.Timeout | undefined

  const start = () => {
    const bornMs = performance.now()
    const life = launch(role, options, () => void replace(life))
    current = life
    living.add(life)
    void life.ready.then(announce)
    void life.gone.then((how) => {
      living.delete(life)
      if (isStopping || current !== life) return
      if (performance.now() - bornMs > longLifeMs) pauseMs = firstPauseMs
      options.onEnd(role.name, how, pauseMs)
      again = setTimeout(start, pauseMs)
      pauseMs = Math.min(pauseMs * 2, longestPauseMs)
    })
  }

  const replace = async (old: Life) => {
    if (isStopping || current !== old) return
    options.onLine(role.name, `${role.name} would leave: another one is started in its place`)
    start()
    await within(takeOverMs, Promise.race([current.ready, current.gone]))
    await end(old, leaveMs)
  }

  start()
  return {
    name: role.name,
    ready,
    async stop(graceMs) {
      isStopping = true
      clearTimeout(again)
      await Promise.all([...living].map((life) => end(life, graceMs)))
    },
  }
}

function launch(role: Role, { env, onLine }: ChildOptions, onLeaving: () => void): Life {
  const child = spawn(process.execPath, role.args, {
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  })
  for (const output of [child.stdout, child.stderr])
    if (output) createInterface({ input: output }).on('line', (line) => onLine(role.name, line))
  const { promise: ready, resolve: announce } = Promise.withResolvers<Readiness>()
  child.on('message', (message) => {
    const readiness = readinessIn(message)
    if (readiness) announce(readiness)
    if (isLeavingIn(message)) onLeaving()
  })
  const gone = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) =>
      resolve(signal ? `was ended by ${signal}` : `ended with code ${code}`),
    )
    child.once('error', (error) => resolve(`could not be started (${error.message})`))
  })
  return { child, ready, gone }
}

/** SIGTERM, and SIGKILL after `graceMs`. Resolves when it is gone. */
async function end({ child, gone }: Life, graceMs: number): Promise<void> {
  child.kill('SIGTERM')
  const kill = setTimeout(() => child.kill('SIGKILL'), graceMs)
  await gone
  clearTimeout(kill)
}

async function within(ms: number, done: Promise<unknown>): Promise<void> {
  const late = new AbortController()
  await Promise.race([done, sleep(ms, undefined, { signal: late.signal }).catch(() => {})])
  late.abort()
}
