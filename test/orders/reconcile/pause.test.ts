import { beforeEach, expect, test } from 'vitest'
import { reconciliationOf } from '#db/reconciliations.ts'
import { pauseVenue } from '#db/venue-budgets.ts'
import type { JobContext } from '#jobs/context.ts'
import reconcile from '#jobs/reconcile-account.ts'
import { openFloor } from '#test/support/floor.ts'
import { lossyProxy } from '#test/support/lossy-proxy.ts'

const floor = await openFloor()
const { db, database, desk } = floor
const proxy = await lossyProxy(floor.simulator.url)
floor.route.url = proxy.url

beforeEach(async () => {
  await database.query('delete from venue_budgets')
  await database.query('select pg_sleep(0.6)') // for so long a process remembers a pause
})

interface Asked {
  readonly jobId?: string
  readonly delayMs?: number
}

/** Runs the job as a worker does, and returns how it ended and what it asked for. */
async function run(accountId: string) {
  const asked: Asked[] = []
  const context = {
    ...desk,
    enqueue: async (_contract: unknown, _data: unknown, options: Asked = {}) => void asked.push(options),
  } as unknown as JobContext
  const signal = new AbortController().signal
  return { outcome: await reconcile.run({ accountId }, context, { signal, isRetry: false }), asked }
}

test.each(['ip', 'account'] as const)(
  'a pause of the venue for this %s is no failure: it is said, and one look follows after it',
  async (whose) => {
    const { account } = await floor.trader({ market: 'spot' })
    await pauseVenue(db, {
      place: 'binance spot paper',
      forMs: 30_000,
      reason: 'too many requests',
      ...(whose === 'account' && { accountId: account.id }),
    })
    await database.query('select pg_sleep(0.6)')
    const first = await run(account.id)
    expect(first.outcome).toMatchObject({
      kind: 'skipped',
      reason: expect.stringMatching(/takes no requests for another \d+ ms: too many requests/),
    })
    expect(first.asked).toHaveLength(1)
    expect(first.asked[0]?.delayMs).toBeGreaterThan(25_000)
    expect(first.asked[0]?.delayMs).toBeLessThan(36_000)
    expect((await reconciliationOf(db, account.id)).reconciledAt).toBeNull()

    await database.query('delete from venue_budgets')
    await database.query('select pg_sleep(0.6)')
    expect(await run(account.id)).toEqual({ outcome: { kind: 'done' }, asked: [] })
    expect((await reconciliationOf(db, account.id)).staleSince).toBeNull()
  },
)

test('a venue that is down is a failure: the next interval tries again', async () => {
  const { account } = await floor.trader({ market: 'futures' })
  await proxy.shut()
  await expect(run(account.id)).rejects.toThrow()
  await proxy.reopen()
})
