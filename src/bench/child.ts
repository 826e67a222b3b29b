import { fork } from 'node:child_process'
import { basename } from 'node:path'
import { ended } from './ground.ts'

/** A program of the bench in a process of its own, which answers one question at a time. */
export interface Child {
  /** Asks by a word; rejects when the child ends instead of answering. */
  ask<T>(word: string): Promise<T>
}

/** Forks a program with its settings and waits until it is ready; it is killed with `closing`. */
export async function forkChild(
  program: URL,
  settings: object,
  closing: AsyncDisposableStack,
): Promise<Child> {
  const child = fork(program, [JSON.stringify(settings)], { execArgv: [] })
  closing.defer(() => ended(child, 'SIGKILL'))
  const next = <T>() =>
    new Promise<T>((resolve, reject) => {
      const end = (code: number | null) =>
        reject(new Error(`${basename(program.pathname)} ended with code ${code}`))
      child.once('exit', end)
      child.once('message', (message) => {
        child.off('exit', end)
        resolve(message as T)
      })
    })
  await next()
  return {
    ask(word) {
      child.send(word)
      return next()
    },
  }
}

/** The settings a forked program was given. */
export function settingsOf<T>(): T {
  return JSON.parse(process.argv[2] ?? '{}') as T
}

/** In a forked program: says that it is ready, and answers from then on. It ends with its parent. */
export function answer(answers: Readonly<Record<string, () => unknown>>): void {
  process.on('disconnect', () => process.exit(0))
  process.on('message', async (word) => process.send?.(await answers[String(word)]?.()))
  process.send?.('ready')
}

/** Milliseconds of a clock that all processes of a machine share. */
export function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
