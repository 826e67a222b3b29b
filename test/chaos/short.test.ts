import { describe, expect, test } from 'vitest'
import { verdictOf } from '#src/chaos/report.ts'
import { runChaos } from '#src/chaos/run.ts'
import { backendKinds } from '../support/backends.ts'

/** A short form of `bullpen chaos`. It ends by what happens, not by a time: a slow machine takes longer. */
const short = {
  seed: 1,
  exchange: 'binance',
  orders: 120,
  killEveryMs: 2_000,
  longestFreezeMs: 5_000,
  ordersPerSecond: 10,
  workers: 3,
  eachCrashpoint: 0,
  hands: false,
  faults: 'all',
  say: () => {},
} as const

describe.each(backendKinds)('with the queue on %s', (backend) => {
  test('killed workers and broken wires: each order has one effect, and the naive handler fails', {
    timeout: 15 * 60_000,
  }, async () => {
    const report = await runChaos({ ...short, backend })
    expect(report.bullpen.findings).toEqual([])
    expect(report.bullpen).toMatchObject({
      orders: short.orders,
      duplicates: 0,
      lost: 0,
      unresolved: 0,
      oversold: 0,
      booksDiffer: 0,
    })
    expect(report.naive.orders).toBe(short.orders)
    expect(report.naive.duplicates + report.naive.lost).toBeGreaterThan(0)
    expect(report.bullpen.kills).toBeGreaterThan(0)
    expect(verdictOf(report)).toBe('passed')
  })
})
