import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Guarded, type GuardRules, judgeProcesses } from '#src/maintenance/guard.ts'

const mb = 1024 * 1024
const rules: GuardRules = { limitBytes: 700 * mb, mayReplace: true, leftLately: [] }

let number = 0
function one(change: Partial<Guarded> = {}): Guarded {
  number += 1
  return {
    id: `p${number}`,
    role: 'worker',
    queues: ['trading'],
    rssBytes: 100 * mb,
    silentMs: 1_000,
    isAskedToLeave: false,
    isTold: false,
    ...change,
  }
}

describe('who leaves', () => {
  const heavy = one({ rssBytes: 800 * mb })
  const heavier = one({ rssBytes: 900 * mb, queues: ['monitor'] })
  const other = { ...heavy, id: 'other' }
  test.each<[string, Guarded[], Partial<GuardRules>, string | undefined]>([
    ['nobody at the limit', [one({ rssBytes: 700 * mb })], {}, undefined],
    ['a worker above it', [heavy], {}, heavy.id],
    ['the heaviest of two', [heavy, heavier], {}, heavier.id],
    ['nobody where it is not allowed', [heavy], { mayReplace: false }, undefined],
    ['nobody while another leaves', [heavy, one({ isAskedToLeave: true })], {}, undefined],
    [
      'one, when the other that was asked has died',
      [heavy, one({ isAskedToLeave: true, silentMs: 16_000 })],
      {},
      heavy.id,
    ],
    ['nobody whose queue was left a short while ago', [heavy], { leftLately: ['trading', 'x'] }, undefined],
    ['the next heaviest instead', [heavy, heavier], { leftLately: ['monitor'] }, heavy.id],
    ['no simulator', [one({ role: 'simulator', rssBytes: 2_000 * mb, queues: [] })], {}, undefined],
    ['nobody who is silent', [one({ rssBytes: 800 * mb, silentMs: 20_000 })], {}, undefined],
    ['nobody who has said nothing of its memory', [one({ rssBytes: null })], {}, undefined],
    ['one of two alike', [heavy, other], {}, heavy.id],
  ])('%s', (_, processes, change, id) => {
    expect(judgeProcesses(processes, { ...rules, ...change }).leaves?.id).toBe(id)
  })
})

describe('who is told of', () => {
  test('a silent one, with the queues that nobody else works on', () => {
    const dead = one({ queues: ['monitor', 'trading'], silentMs: 31_000 })
    const frozen = one({ queues: ['accounts'], silentMs: 20_000 })
    expect(judgeProcesses([dead, frozen, one()], rules).silent).toEqual([
      { worker: dead, unserved: ['monitor'] },
    ])
  })

  test('not twice, and not before 30 s', () => {
    const told = one({ silentMs: 60_000, isTold: true })
    expect(judgeProcesses([told, one({ silentMs: 30_000 })], rules).silent).toEqual([])
  })
})

const anyProcess = fc.record({
  id: fc.uuid(),
  role: fc.constantFrom('worker', 'simulator', 'web'),
  queues: fc.subarray(['signals', 'trading', 'monitor']),
  rssBytes: fc.option(fc.integer({ min: 0, max: 2_000 }).map((size) => size * mb)),
  silentMs: fc.integer({ min: 0, max: 120_000 }),
  isAskedToLeave: fc.boolean(),
  isTold: fc.boolean(),
})

test('whoever leaves is a living worker above the limit, allowed to, and the only one', () => {
  fc.assert(
    fc.property(
      fc.array(anyProcess),
      fc.subarray(['signals', 'monitor']),
      fc.boolean(),
      (all, leftLately, mayReplace) => {
        const { leaves, heavy, silent } = judgeProcesses(all, { ...rules, leftLately, mayReplace })
        if (leaves) {
          expect(mayReplace && leaves.role === 'worker' && heavy.includes(leaves)).toBe(true)
          expect(leaves.rssBytes).toBeGreaterThan(rules.limitBytes)
          expect(leaves.queues.filter((queue) => leftLately.includes(queue))).toEqual([])
          expect(all.some(({ isAskedToLeave, silentMs }) => isAskedToLeave && silentMs < 15_000)).toBe(false)
        }
        for (const { worker } of silent) expect(heavy).not.toContain(worker)
      },
    ),
  )
})
