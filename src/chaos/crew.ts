import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, fstatSync, openSync } from 'node:fs'
import { readinessIn } from '../supervisor/ready.ts'
import { lastWordsIn } from './last-words.ts'

/** One worker process that is kept running, and what is done to it. */
export interface Member {
  /** Whether it is at work: started, and neither frozen nor gone. */
  isUp(): boolean
  /** SIGKILL; it is started again. */
  kill(): void
  /** SIGSTOP, and SIGCONT after `forMs` unless it was killed by then. */
  freeze(forMs: number): void
  /** Wakes it when it is frozen; an armed one is killed and started again without its crash point. */
  calm(): void
  /** SIGTERM, SIGKILL after a while; it is not started again. */
  stop(): Promise<void>
}

/** How a member is started and what is heard of it. */
export interface Recruit {
  readonly name: string
  /** Script and arguments. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Where its output goes. */
  readonly log: string
  /** The crash points it is started with, `<name>:<passes>`, separated by commas; asked at every start. */
  readonly arm?: () => string | undefined
  /** It died at one of the crash points it was armed with. */
  readonly onCrash?: (name: string) => void
  /** It ended by itself, which nobody asked of it. */
  readonly onEnd: (name: string, how: string) => void
}

const againMs = 100
const graceMs = 8_000

/** Starts a member and keeps it running until it is stopped. Resolves when it is ready for the first time. */
export async function recruit(wanted: Recruit): Promise<Member> {
  const { promise: ready, resolve: announce } = Promise.withResolvers<void>()
  let child: ChildProcess
  let armed: string | undefined
  let isOurKill = false
  let isStopping = false
  let isUp = false
  let isCalm = false
  let thaw: NodeJS.Timeout | undefined
  let gone: Promise<void>

  const start = () => {
    if (isStopping) return
    armed = isCalm ? undefined : wanted.arm?.()
    isOurKill = false
    const output = openSync(wanted.log, 'a')
    const begins = fstatSync(output).size
    const env = { ...wanted.env, ...(armed !== undefined && { BULLPEN_CRASHPOINT: armed }) }
    // In a group of its own: a Ctrl-C at the terminal reaches the harness alone, which ends things in order.
    child = spawn(process.execPath, wanted.args, {
      env,
      stdio: ['ignore', output, output, 'ipc'],
      detached: true,
    })
    closeSync(output)
    child.on('message', (message) => {
      if (!readinessIn(message)) return
      isUp = true
      announce()
    })
    const { promise, resolve } = Promise.withResolvers<void>()
    gone = promise
    child.once('error', (error) => wanted.onEnd(wanted.name, error.message))
    child.once('exit', (code, signal) => {
      clearTimeout(thaw)
      isUp = false
      resolve()
      if (isStopping) return
      const point = signal === 'SIGKILL' && armed !== undefined ? lastWordsIn(wanted.log, begins) : undefined
      if (point !== undefined) wanted.onCrash?.(point)
      else if (!isOurKill) wanted.onEnd(wanted.name, signal ?? `code ${code}`)
      setTimeout(start, againMs)
    })
  }

  const kill = () => {
    isOurKill = true
    isUp = false
    child.kill('SIGKILL')
  }
  start()
  await ready
  return {
    isUp: () => isUp,
    kill,
    freeze(forMs) {
      if (!isUp) return
      isUp = false
      const frozen = child
      frozen.kill('SIGSTOP')
      clearTimeout(thaw)
      thaw = setTimeout(() => {
        frozen.kill('SIGCONT')
        isUp = child === frozen
      }, forMs)
    },
    calm() {
      isCalm = true
      clearTimeout(thaw)
      child.kill('SIGCONT')
      if (armed !== undefined) kill()
    },
    async stop() {
      isStopping = true
      clearTimeout(thaw)
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGCONT')
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), graceMs)
      await gone
      clearTimeout(late)
    },
  }
}
