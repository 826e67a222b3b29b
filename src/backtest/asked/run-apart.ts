import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { UserError } from '../../errors.ts'
import { type AskedRun, type FinishedRun, toldByRun } from './told.ts'

/** What a run may take. */
interface RunLimits {
  readonly memoryMb: number
  /** It is given up when it has said nothing for so long: some candle keeps its strategy busy for ever. */
  readonly silentMs: number
}

const standardLimits: RunLimits = { memoryMb: 512, silentMs: 120_000 }

/**
 * Runs a backtest in a process of its own, so that whoever waits for it keeps its event loop and its memory, and nothing that a
 * strategy does reaches it. Rejects with UserError for what cannot be run, with the signal's reason when that aborts, and with
 * an Error of one line otherwise; the process is gone in every case.
 */
export async function runApart(
  asked: AskedRun,
  options: {
    readonly signal: AbortSignal
    readonly onProgress: (atMs: number) => void
    readonly limits?: RunLimits
  },
): Promise<FinishedRun> {
  const { signal, onProgress, limits = standardLimits } = options
  signal.throwIfAborted()
  const child = fork(
    fileURLToPath(new URL('process.ts', import.meta.url)),
    [String(limits.memoryMb)],
    // What Node itself says of a failure goes to the log of whoever runs it.
    { env: {}, execArgv: [], serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
  )
  const { promise, resolve, reject } = Promise.withResolvers<FinishedRun>()
  const leave = () => reject(signal.reason)
  signal.addEventListener('abort', leave, { once: true })
  const silent = () => reject(new UserError(`it said nothing for ${limits.silentMs / 1_000} s`))
  let timer = setTimeout(silent, limits.silentMs)
  child.on('message', (message) => {
    clearTimeout(timer)
    timer = setTimeout(silent, limits.silentMs)
    const told = toldByRun.safeParse(message)
    if (!told.success) return reject(new Error('a run tells nonsense'))
    if ('atMs' in told.data) onProgress(told.data.atMs)
    else if ('refused' in told.data) reject(new UserError(told.data.refused))
    else if ('failed' in told.data) reject(new Error(told.data.failed))
    else resolve(told.data)
  })
  child.on('error', reject)
  child.on('exit', (code, by) =>
    reject(new Error(`its process ended ${by === null ? `with ${code}` : `by ${by}`}`)),
  )
  child.send(asked, (error) => error && reject(error))
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', leave)
    child.kill('SIGKILL')
  }
}
