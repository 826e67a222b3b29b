import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Fault, schedule, stormOf } from '#src/chaos/schedule.ts'

function first(seed: number, count: number): Fault[] {
  const faults = schedule({ seed, killEveryMs: 2_000, longestFreezeMs: 45_000 })
  return Array.from({ length: count }, () => faults.next().value)
}

test('the same seed gives the same faults, and another seed others', () => {
  expect(first(7, 300)).toEqual(first(7, 300))
  expect(first(8, 300)).not.toEqual(first(7, 300))
})

test('faults come in the order of their time, whatever the seed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => {
      const times = first(seed, 100).map(({ atMs }) => atMs)
      expect(times).toEqual(times.toSorted((a, b) => a - b))
    }),
    { numRuns: 50 },
  )
})

test('a worker is killed every two seconds, and every kind of fault comes', () => {
  const faults = first(1, 2_000)
  const kills = faults.filter(({ kind }) => kind === 'kill').map(({ atMs }) => atMs)
  expect(kills.slice(0, 4)).toEqual([2_000, 4_000, 6_000, 8_000])
  expect([...new Set(faults.map(({ kind }) => kind))].toSorted()).toEqual(
    [
      'blackhole',
      'cut-answers',
      'freeze',
      'kill',
      'latency',
      'lose-answers',
      'lose-requests',
      'reset',
    ].toSorted(),
  )
  const freezes = faults.flatMap((fault) => (fault.kind === 'freeze' ? [fault.forMs] : []))
  expect(Math.max(...freezes)).toBe(45_000)
})

test('kills alone are the kills of the same seed, and none is none', () => {
  const plan = { seed: 3, killEveryMs: 2_000, longestFreezeMs: 45_000 }
  expect([...stormOf({ ...plan, faults: 'none' })]).toEqual([])
  const kills = stormOf({ ...plan, faults: 'kills' })
  const all = first(3, 300).filter(({ kind }) => kind === 'kill')
  expect(all.map(() => kills.next().value)).toEqual(all)
})
