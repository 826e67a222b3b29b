/** A process as it last said of itself. */
export interface Guarded {
  readonly id: string
  readonly role: string
  readonly queues: readonly string[]
  /** Bytes; null before it said so. */
  readonly rssBytes: number | null
  /** Since its last beat. */
  readonly silentMs: number
  readonly isAskedToLeave: boolean
  /** Whether its silence was told already. */
  readonly isTold: boolean
}

/** What is held against processes, and what may be done about it. */
export interface GuardRules {
  readonly limitBytes: number
  /** Whether a worker above the limit is asked to leave. */
  readonly mayReplace: boolean
  /** Queues of workers that were asked to leave a short while ago: theirs are not asked again. */
  readonly leftLately: readonly string[]
}

/** What a look at all processes came to. */
export interface Judged<Worker extends Guarded> {
  /** Alive and above the limit, the heaviest first. */
  readonly heavy: readonly Worker[]
  /** The one that is asked to leave now. */
  readonly leaves: Worker | undefined
  /** Silent, and not told yet; with the queues that nobody else works on. */
  readonly silent: readonly { readonly worker: Worker; readonly unserved: readonly string[] }[]
}

/** Beats come every 5 s; after three of them a process counts as gone everywhere. */
const aliveMs = 15_000
/** And after this it is told of: whoever supervises it has started another by then. */
const silentMs = 30_000

/**
 * Judges all processes by their heartbeats. One worker leaves at a time, the heaviest, and none whose queues another left a short
 * while ago: where a fresh one grows at once, replacing it would not help. Only workers leave; others are told of.
 */
export function judgeProcesses<Worker extends Guarded>(
  processes: readonly Worker[],
  rules: GuardRules,
): Judged<Worker> {
  const alive = processes.filter((one) => one.silentMs < aliveMs)
  const heavy = alive
    .filter(({ rssBytes }) => (rssBytes ?? 0) > rules.limitBytes)
    .sort((a, b) => (b.rssBytes ?? 0) - (a.rssBytes ?? 0))
  const isOneLeaving = alive.some(({ isAskedToLeave }) => isAskedToLeave)
  const mayLeave = (one: Worker) =>
    one.role === 'worker' && !one.queues.some((queue) => rules.leftLately.includes(queue))
  const served = new Set(alive.flatMap(({ queues }) => queues))
  return {
    heavy,
    leaves: rules.mayReplace && !isOneLeaving ? heavy.find(mayLeave) : undefined,
    silent: processes
      .filter((one) => one.silentMs > silentMs && !one.isTold)
      .map((worker) => ({ worker, unserved: worker.queues.filter((queue) => !served.has(queue)) })),
  }
}
