import type { Contract } from './contract.ts'

/** How a job ended. An exception means: try again. */
export type Outcome =
  | { readonly kind: 'done'; readonly note?: string }
  | { readonly kind: 'skipped'; readonly reason: string }
  | {
      readonly kind: 'failed'
      readonly reason: string
      readonly advice: string
      /** What the venue said, word for word, when it said anything. */
      readonly answer?: string
    }

/** The job did what it is for. */
export const done: Outcome = { kind: 'done' }

/** There was nothing to do, for a reason worth reading on the board. */
export function skipped(reason: string): Outcome {
  return { kind: 'skipped', reason }
}

/** Never again by itself: it shows on the board with its reason and advice, where a person may retry it. */
export function failed(reason: string, advice: string, answer?: string): Outcome {
  return { kind: 'failed', reason, advice, ...(answer !== undefined && { answer }) }
}

/** One recurring item of a job: a stable key, its data, its interval and where in the interval it falls. */
export interface ScheduledItem<Data> {
  readonly key: string
  readonly data: Data
  readonly everyMs: number
  /** Spreads items over the interval: 0 < offsetMs < everyMs. Absent or 0: at once, and every interval from then. */
  readonly offsetMs?: number
}

/** What a handler knows of the run it is in. */
export interface Run {
  /**
   * Aborts when the worker no longer holds the job, so that another may run it, and when a worker that is to stop has
   * waited long enough: what can be left should be, and what must be finished is finished.
   */
  readonly signal: AbortSignal
  /** Whether a person pressed retry on this very job after it had failed for good. */
  readonly isRetry: boolean
  /** When this run was due by the clock of whoever asked for it, epoch ms; absent where it was not asked for by a job. */
  readonly dueMs?: number
  /** Shows on the board how far it is, 0–1, and adds a line to its log there when one is given. */
  readonly tell?: (progress: number, line?: string) => Promise<void>
}

/** A handler and, where it recurs, the items that are due, read from the database. */
export interface Job<Context, Data> {
  readonly contract: Contract<Data>
  readonly schedule?: (context: Context) => Promise<ScheduledItem<Data>[]>
  run(data: Data, context: Context, run: Run): Promise<Outcome>
}

/** A job whose data is known only to itself, as the list of all jobs holds it. */
// biome-ignore lint/suspicious/noExplicitAny: the list holds jobs of every data type; each checks its own by schema
export type AnyJob<Context> = Job<Context, any>
