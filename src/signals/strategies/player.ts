import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Answer, answer, type Loaded, type Look, type Word } from './thread-words.ts'

/** What a strategy may take: time to load, time for one look, and memory. */
export interface StrategyLimits {
  readonly loadMs: number
  readonly lookMs: number
  readonly memoryMb: number
}

/** A strategy file at work in a process of its own. */
export interface StrategyPlayer {
  /** Once it has loaded. Rejects, as `look` does, with an Error of one line when the strategy failed: then it is gone for good. */
  readonly lengths: Promise<Loaded>
  /** What it says at the closes of these candles, one look after the other. */
  look(at: Omit<Look, 'id'>): Promise<readonly Word[]>
  stop(): void
}

interface Waiting {
  resolve(said: Answer): void
  reject(error: Error): void
}

/** Starts a strategy. Nothing it does reaches this process but its answers: not its output, its environment or its end. */
export function playStrategy(
  file: string,
  parameters: Readonly<Record<string, unknown>>,
  limits: StrategyLimits,
): StrategyPlayer {
  const child = fork(
    fileURLToPath(new URL('process.ts', import.meta.url)),
    [file, JSON.stringify(parameters), String(limits.memoryMb)],
    { env: {}, execArgv: [], serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] },
  )
  // It ends with us by itself, and does not keep us from ending.
  child.unref()
  child.channel?.unref()
  let waiting: Waiting | undefined
  let failure: Error | undefined
  let looks = 0

  function fail(reason: string): void {
    failure ??= new Error(reason)
    child.kill('SIGKILL')
    waiting?.reject(failure)
    waiting = undefined
  }
  child.on('message', (message) => {
    const read = answer.safeParse(message)
    if (!read.success) return fail('it answers nonsense')
    if ('failed' in read.data) return fail(read.data.failed)
    waiting?.resolve(read.data)
    waiting = undefined
  })
  child.on('error', (error) => fail(error.message))
  child.on('exit', (code, signal) => fail(endText(code, signal)))

  const loaded = within(limits.loadMs, 'load').then((said) => {
    if (!('loaded' in said)) throw new Error('it answers what it was not asked')
    return said.loaded
  })
  loaded.catch((error) => fail(error.message))
  let turn: Promise<unknown> = loaded.catch(() => {})

  async function lookNow(at: Omit<Look, 'id'>): Promise<readonly Word[]> {
    if (failure) throw failure
    const id = ++looks
    const answered = within(limits.lookMs, `look at ${at.symbol}`)
    send(child, { ...at, id })
    const said = await answered
    if ('words' in said && said.id === id) return said.words
    fail('it answers what it was not asked')
    throw failure
  }

  function within(limitMs: number, what: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => fail(`it took more than ${limitMs / 1_000} s to ${what}`), limitMs)
      waiting = {
        resolve(said) {
          clearTimeout(timer)
          resolve(said)
        },
        reject(error) {
          clearTimeout(timer)
          reject(error)
        },
      }
    })
  }

  return {
    lengths: loaded,
    look(at) {
      const mine = turn.then(() => lookNow(at))
      turn = mine.catch(() => {})
      return mine
    },
    stop: () => fail('it was stopped'),
  }
}

function send(child: ChildProcess, look: Look): void {
  // Whoever is gone cannot be told; its end is heard of by itself.
  if (child.connected) child.send(look, () => {})
}

function endText(code: number | null, signal: string | null): string {
  return `its process ended ${signal === null ? `with ${code}` : `by ${signal}`}, as one does that allocates too much at once`
}
