import type { z } from 'zod'

/** What a job is to those who ask for it: its name, the queue it goes to, and the shape of its data. */
export interface Contract<Data> {
  readonly name: string
  /** The queue, by the data where one job serves several (a lane per exchange). */
  readonly queue: (data: Data) => string
  readonly data: z.ZodType<Data>
  /**
   * Which shape of data this is: raised when workers of an older build could not run such a job, or would run it wrongly.
   * The schema goes on taking the data of the version before, whose jobs wait while a deploy goes on.
   */
  readonly version: number
  /** How often a throwing handler runs in all; an order's liveness never rests on this. */
  readonly attempts: number
  /** Whether whatever else waits in its queue goes first. */
  readonly yields: boolean
  /** Wait before the second attempt, doubling from there, in ms. */
  readonly backoffMs: number
  /** Finished jobs kept for the board; 0 where ids may come back. */
  readonly keepCompleted: number
}

/** Declares a job. `queue` may be a name or a function of the data. */
export function contract<Data>(declared: {
  name: string
  queue: string | ((data: Data) => string)
  data: z.ZodType<Data>
  attempts: number
  backoffMs?: number
  keepCompleted?: number
  yields?: boolean
  version?: number
}): Contract<Data> {
  const { queue } = declared
  return {
    backoffMs: 1_000,
    keepCompleted: 25,
    yields: false,
    version: 1,
    ...declared,
    queue: typeof queue === 'function' ? queue : () => queue,
  }
}

/** A job's data as the queue keeps it: the first version needs no number. */
export function versioned<Data>({ version }: Pick<Contract<Data>, 'version'>, data: Data): Data {
  return version === 1 ? data : { ...data, version }
}

/** The version of what the queue kept. */
export function versionIn(kept: unknown): number {
  const version = typeof kept === 'object' && kept !== null && 'version' in kept ? kept.version : 1
  return typeof version === 'number' ? version : 1
}
