import { afterAll, describe, expect, inject, test } from 'vitest'
import { backtests } from '#src/bench/backtest.ts'
import { type Contest, pairsOf } from '#src/bench/contest.ts'
import { contests } from '#src/bench/contests.ts'
import { exitEvaluation } from '#src/bench/exit-evaluation.ts'
import { firstStart } from '#src/bench/first-start.ts'
import { type Ground, openGround } from '#src/bench/ground.ts'
import { keyMemory } from '#src/bench/key-memory.ts'
import { hasChromium, livePage } from '#src/bench/live-page.ts'
import { queueHop } from '#src/bench/queue-hop.ts'
import { judge } from '#src/bench/row.ts'
import { runContests } from '#src/bench/run.ts'
import { simulatorOrders } from '#src/bench/simulator-orders.ts'
import { monitorSweep } from '#src/bench/sweep.ts'
import { throughput } from '#src/bench/throughput.ts'
import { queueAddress } from '#test/support/backends.ts'
import { testDatabase } from '#test/support/database.ts'

const closing = new AsyncDisposableStack()
afterAll(() => closing.disposeAsync())

/** The stores of the test run, and folders that go with the file. */
function ground(): Ground {
  return {
    ...openGround(closing),
    async postgres() {
      const { url } = await testDatabase()
      return { url, queueUrl: url }
    },
    async redis() {
      const address = await queueAddress('redis')
      return 'redisUrl' in address ? address.redisUrl : undefined
    },
  }
}

const few = { jobs: 40, concurrency: 4 }
const small: readonly Contest[] = [
  throughput('redis', few),
  throughput('postgres', few),
  queueHop('redis', { jobs: 5, pauseMs: 1 }),
  queueHop('postgres', { jobs: 5, pauseMs: 1 }),
  monitorSweep({ positions: 1_200, sweeps: 2 }),
  exitEvaluation({ positions: 500, symbols: 20, sweeps: 50 }, 2_000),
  keyMemory({ accounts: [2, 20], symbols: 30 }),
  backtests(3_000),
  firstStart(),
  simulatorOrders({ orders: 50, inFlight: 4 }),
  livePage({ positions: 20, updates: 50, seconds: 1 }),
]
const has = { redis: inject('redisUrl') !== '', chromium: hasChromium }
const possible = small.filter(({ needs }) => needs === undefined || has[needs])

// Starting everything twice takes its time on a machine that is busy with other tests.
test.each(possible)('$title measures both sides', { timeout: 180_000 }, async (contest) => {
  await using ending = new AsyncDisposableStack()
  const round = await contest.open(ground(), ending)
  const rounds = [await round()]
  for (const measure of contest.measures)
    for (const { floor, ours } of pairsOf(rounds, measure)) {
      expect(floor).toBeGreaterThan(0)
      expect(ours).toBeGreaterThan(0)
    }
})

test('the exit rules take the same actions as bare ones in every random case', async () => {
  const contest = exitEvaluation({ positions: 1, symbols: 1, sweeps: 1 }, 20_000)
  const { floor, ours } = await (await contest.open(ground(), closing))()
  expect(ours['8-actions']).toBe(floor['8-actions'])
})

test('every contest of the whole run is tried here, small', () => {
  const names = (list: readonly Contest[]) => list.map(({ title }) => title)
  expect(names(small)).toEqual(names(contests({ isLong: false })))
  expect(names(contests({ isLong: true }))).toEqual(names(small))
})

describe('a run', () => {
  const still = (goal: string, open: Contest['open']): Contest => ({
    goal,
    title: goal,
    measures: [{ id: goal, metric: goal, goal: { of: 'ratio', bound: 'at least', value: 1 } }],
    open,
  })
  const fine = still('fine', async () => async () => ({ floor: { fine: 2 }, ours: { fine: 4 } }))
  const options = { rounds: 3, signal: new AbortController().signal }

  test('says which contest broke, counts it, and goes on', async () => {
    const broken = still('broken', () => Promise.reject(new Error('no luck')))
    const silent = still('silent', async () => async () => ({ floor: { silent: 1 }, ours: {} }))
    const said: string[] = []
    const run = await runContests([broken, silent, fine], { ...options, say: (text) => said.push(text) })
    expect(run.broken).toBe(2)
    expect(run.rows).toEqual([
      judge(
        fine.measures[0] as (typeof fine.measures)[number],
        [2, 2, 2].map((floor) => ({ floor, ours: 4 })),
      ),
    ])
    const [first, second, third] = said.join('').split('\n')
    expect(first).toMatch(/^broken +broken not measured: no luck$/)
    expect(second).toMatch(/^silent +silent \. \. \. not measured: silent came to NaN beside a floor of 1$/)
    expect(third).toMatch(/^fine +fine \. \. \. \d+ s$/)
  })

  test('ends what a contest has opened, and stops between rounds when it is asked to', async () => {
    const stop = new AbortController()
    let rounds = 0
    let ends = 0
    const stopping = still('stopping', async (_, ending) => {
      ending.defer(async () => {
        ends += 1
      })
      return async () => {
        rounds += 1
        stop.abort()
        return { floor: { stopping: 1 }, ours: { stopping: 1 } }
      }
    })
    await expect(
      runContests([stopping, fine], { ...options, say: () => {}, signal: stop.signal }),
    ).rejects.toThrow(/abort/)
    expect([rounds, ends]).toEqual([1, 1])
  })
})
