import { type SpawnOptions, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** A program under test: what it has written so far, and how it ends. */
export interface Program {
  readonly pid: number
  output(): string
  /** Resolves once the output matches, with the match; rejects when the program ends before it does. */
  until(pattern: RegExp): Promise<RegExpExecArray>
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; output: string }>
  kill(signal: NodeJS.Signals): void
  /** As Ctrl-C does: to the program and everything in its process group. */
  killGroup(signal: NodeJS.Signals): void
}

/** Runs `node <args>` with the environment of the tests and what is given. */
export function runNode(args: readonly string[], { env, ...options }: SpawnOptions = {}): Program {
  return runProgram(process.execPath, args, { ...options, env: { ...withoutBullpen(), ...env } })
}

/** Runs a program in a process group of its own. */
export function runProgram(file: string, args: readonly string[], options: SpawnOptions): Program {
  const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  let output = ''
  let isOver = false
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk))
  const ended = new Promise<Awaited<Program['ended']>>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      isOver = true
      resolve({ code, signal, output })
    })
  })
  return {
    pid: child.pid ?? 0,
    output: () => output,
    ended,
    async until(pattern) {
      for (;;) {
        const match = pattern.exec(output)
        if (match) return match
        if (isOver) throw new Error(`it ended without ${pattern}:\n${output}`)
        await sleep(20)
      }
    },
    kill: (signal) => void child.kill(signal),
    killGroup: (signal) => void process.kill(-(child.pid ?? 0), signal),
  }
}

/** Resolves when no process has this pid any more. */
export async function untilGone(pid: number): Promise<void> {
  while (isAlive(pid)) await sleep(20)
}

/** Whether a process lives; one that only waits to be reaped does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  const stat = `/proc/${pid}/stat`
  return !(existsSync(stat) && /\) Z /.test(readFileSync(stat, 'utf8')))
}

/** The environment of the tests without what would configure Bullpen. */
function withoutBullpen(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, LANG } = process.env
  return { PATH, HOME, TMPDIR, LANG }
}
