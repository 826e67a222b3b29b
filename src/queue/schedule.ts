import type { JobSchedulerJson, Queue } from 'bullmq'
import { versioned } from './contract.ts'
import { jobOptions } from './enqueue.ts'
import type { AnyJob, ScheduledItem } from './job.ts'
import type { Queues } from './queues.ts'

/** What one round of keeping schedules changed. */
export interface ScheduleChanges {
  readonly added: number
  readonly removed: number
}

/**
 * Makes the queue's schedulers those that the database wants: adds what is missing or differs, removes what is not
 * wanted any more. Idempotent; a lost queue gets all its schedulers back at the next round. Schedulers of jobs that this
 * build does not know belong to another one that runs beside it, and are left alone.
 */
export async function keepSchedules<Context>(
  queues: Queues,
  jobs: readonly AnyJob<Context>[],
  context: Context,
): Promise<ScheduleChanges> {
  let added = 0
  let removed = 0
  const known = new Set(jobs.map((job) => job.contract.name))
  const wanted = await wantedByQueue(jobs, context)
  for (const queue of queues.all()) {
    const schedulers = wanted.get(queue.name) ?? new Map<string, Wanted<Context>>()
    const present = new Map((await queue.getJobSchedulers(0, -1)).map((one) => [one.key, one]))
    for (const { job, item } of schedulers.values()) {
      if (same(present.get(item.key), job, item)) continue
      await queue.upsertJobScheduler(
        item.key,
        { every: item.everyMs, ...(item.offsetMs && { offset: item.offsetMs }) },
        {
          name: job.contract.name,
          data: dataOf(job, item),
          opts: { ...jobOptions(job.contract), ...ownTrace },
        },
      )
      if (item.offsetMs) await runSoon(queue, job, item)
      added += 1
    }
    for (const { key, name } of present.values()) {
      if (schedulers.has(key) || !known.has(name)) continue
      await queue.removeJobScheduler(key)
      removed += 1
    }
  }
  return { added, removed }
}

interface Wanted<Context> {
  readonly job: AnyJob<Context>
  readonly item: ScheduledItem<unknown>
}

async function wantedByQueue<Context>(
  jobs: readonly AnyJob<Context>[],
  context: Context,
): Promise<Map<string, Map<string, Wanted<Context>>>> {
  const wanted = new Map<string, Map<string, Wanted<Context>>>()
  for (const job of jobs) {
    for (const item of (await job.schedule?.(context)) ?? []) {
      const queueName = job.contract.queue(item.data)
      const schedulers = wanted.get(queueName) ?? new Map<string, Wanted<Context>>()
      wanted.set(queueName, schedulers)
      schedulers.set(item.key, { job, item })
    }
  }
  return wanted
}

/** A spread item would first run at its place in the interval; what was just switched on runs within 10 s. */
async function runSoon<Context>(
  queue: Queue,
  job: AnyJob<Context>,
  item: ScheduledItem<unknown>,
): Promise<void> {
  const delay = (item.offsetMs ?? 0) % Math.min(10_000, item.everyMs)
  await queue.add(job.contract.name, dataOf(job, item), { ...jobOptions(job.contract), delay })
}

/** The library would let each run follow from the one before it, in a trace without end. */
const ownTrace = { telemetry: { omitContext: true } }

function dataOf<Context>({ contract }: AnyJob<Context>, { data }: ScheduledItem<unknown>): unknown {
  return versioned(contract, data)
}

function same<Context>(
  present: JobSchedulerJson | undefined,
  job: AnyJob<Context>,
  item: ScheduledItem<unknown>,
): boolean {
  return (
    present !== undefined &&
    Number(present.every) === item.everyMs &&
    (!item.offsetMs || Number(present.offset) === item.offsetMs) &&
    (present.template?.opts?.priority ?? 0) === (jobOptions(job.contract).priority ?? 0) &&
    JSON.stringify(present.template?.data) === JSON.stringify(dataOf(job, item))
  )
}
