import type { z } from 'zod'

/** What a job is to those who ask for it: its name, the queue it goes to, and the shape of its data. */
export interface Contract<Data> {
  readonly name: string
  /** The queue, by the data where one job serves several (a lane per exchange). */
  readonly queue: (data: Data) => string
  readonly data: z.ZodType<Data>
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
}): Contract<Data> {
  const { queue } = declared
  return {
    backoffMs: 1_000,
    keepCompleted: 25,
    yields: false,
    ...declared,
    queue: typeof queue === 'function' ? queue : () => queue,
  }
}
