import type { Queue, Job as QueuedJob } from 'bullmq'
import { expect, test } from 'vitest'
import { leaveToOthers } from '#src/queue/other-build.ts'

const bornMs = Date.parse('2026-01-01T00:00:00Z')

/** A queue that keeps what it is given, and a job as the library shows it. */
function met(id: string) {
  const added: { name: string; data: unknown; options: Record<string, unknown> }[] = []
  const queue = {
    add: async (name: string, data: unknown, options: Record<string, unknown>) => {
      added.push({ name, data, options })
    },
  }
  const opts = { attempts: 3, removeOnComplete: true, delay: 7, repeat: { every: 1 }, jobId: id }
  const queued = { id, name: 'wish', data: { version: 9 }, timestamp: bornMs, opts }
  const leave = (afterMs = 0) =>
    leaveToOthers(queue as never as Queue, queued as never as QueuedJob, bornMs + afterMs)
  return { added, leave }
}

test('it is queued once more as it is, later each time, under an id that says how often', async () => {
  const delays: unknown[] = []
  let id = 'order-1-w0'
  for (let times = 1; times <= 8; times += 1) {
    const { added, leave } = met(id)
    expect(await leave()).toMatchObject({ kind: 'skipped' })
    const [one] = added
    expect(one).toEqual({
      name: 'wish',
      data: { version: 9 },
      options: {
        attempts: 3,
        removeOnComplete: true,
        jobId: `later-order-1-w0-h${times}`,
        timestamp: bornMs,
        delay: expect.any(Number),
      },
    })
    delays.push(one?.options.delay)
    id = String(one?.options.jobId)
  }
  expect(delays).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
})

test('a tick is handed on three times, and then the next one comes', async () => {
  const { added, leave } = met('repeat:tick:1767225600000')
  await leave()
  expect(added[0]?.options.jobId).toBe('later-repeat-tick-1767225600000-h1')
  const last = met('later-repeat-tick-1767225600000-h3')
  expect(await last.leave()).toMatchObject({ kind: 'skipped' })
  expect(last.added).toEqual([])
})

test('after 10 minutes it fails, with what can be done', async () => {
  const { added, leave } = met('later-order-1-w0-h20')
  expect(await leave(600_000)).toMatchObject({ kind: 'skipped' })
  expect(added).toHaveLength(1)
  expect(await leave(600_001)).toMatchObject({
    kind: 'failed',
    reason: expect.stringContaining('no worker of this build knows wish'),
    advice: expect.stringContaining('Finish the deploy'),
  })
  expect(added).toHaveLength(1)
})
