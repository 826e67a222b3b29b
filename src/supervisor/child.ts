import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { type Readiness, readinessIn } from './ready.ts'

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

const firstPauseMs = 500
const longestPauseMs = 30_000
/** Whoever lived this long has earned a short pause again. */
const longLifeMs = 60_000

/**
 * Starts a role, and starts it again whenever it ends: after half a second, twice as long each time, at most 30 s.
 * It runs in a process group of its own, so that Ctrl-C reaches the supervisor alone, which stops things in order; when
 * the supervisor dies, its channel closes and the child ends by itself.
 */
export function superviseChild(role: Role, options: ChildOptions): SupervisedChild {
  const { promise: ready, resolve: announce } = Promise.withResolvers<Readiness>()
  let child: ChildProcess
  let gone: Promise<void>
  let isStopping = false
  let pauseMs = firstPauseMs
  let again: NodeJS.Timeout | undefined

  const start = () => {
    const bornMs = performance.now()
    child = spawn(process.execPath, role.args, {
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    })
    for (const output of [child.stdout, child.stderr])
      if (output) createInterface({ input: output }).on('line', (line) => options.onLine(role.name, line))
    child.on('message', (message) => {
      const readiness = readinessIn(message)
      if (readiness) announce(readiness)
    })
    gone = new Promise((resolve) => {
      const end = (how: string) => {
        resolve()
        if (isStopping || again) return
        if (performance.now() - bornMs > longLifeMs) pauseMs = firstPauseMs
        options.onEnd(role.name, how, pauseMs)
        again = setTimeout(() => {
          again = undefined
          start()
        }, pauseMs)
        pauseMs = Math.min(pauseMs * 2, longestPauseMs)
      }
      child.once('exit', (code, signal) => end(signal ? `was ended by ${signal}` : `ended with code ${code}`))
      child.once('error', (error) => end(`could not be started (${error.message})`))
    })
  }

  start()
  return {
    name: role.name,
    ready,
    async stop(graceMs) {
      isStopping = true
      clearTimeout(again)
      child.kill('SIGTERM')
      const kill = setTimeout(() => child.kill('SIGKILL'), graceMs)
      await gone
      clearTimeout(kill)
    },
  }
}
