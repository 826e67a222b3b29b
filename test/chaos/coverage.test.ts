import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { openCoverage } from '#src/chaos/coverage.ts'
import { lastWordsIn } from '#src/chaos/last-words.ts'
import { random } from '#src/chaos/random.ts'
import { armFrom, crashpoints } from '#src/orders/crashpoint.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'bullpen-chaos-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('whatever is drawn can be armed, and every place is drawn until it has killed as often as wanted', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.integer({ min: 1, max: 4 }), (seed, least) => {
      const coverage = openCoverage(random(seed, 10), least)
      for (let starts = 0; coverage.lacking().length > 0; starts++) {
        expect(starts).toBeLessThan(crashpoints.length * least * 3)
        const armed = coverage.next()
        if (armed === undefined) continue
        expect(() => armFrom(armed)).not.toThrow()
        const names = armed.split(',').map((one) => one.split(':')[0] ?? '')
        expect(coverage.lacking()).toEqual(expect.arrayContaining(names))
        coverage.died(names[0] ?? '')
      }
      for (const { kills, provenIn } of coverage.table()) expect(provenIn ?? kills).toBeTruthy()
    }),
    { numRuns: 20 },
  )
})

test('a name that is no crash point is refused', () => {
  expect(() => armFrom('sent-not-recorded:1,somewhere:1')).toThrow('there is no crash point somewhere')
})

test.each([
  ['a line of the log\ncrash point mid-claim\n', 0, 'mid-claim'],
  ['a line of the log\n', 0, undefined],
  ['', 0, undefined],
  // The last words of the one before: this one has said nothing.
  ['crash point mid-claim\n', 22, undefined],
  ['crash point mid-claim\nit starts\n', 22, undefined],
  [`${'x'.repeat(5_000)}\ncrash point cancel-sent\n`, 10, 'cancel-sent'],
])('the last words in %j from byte %i on: %s', (text, from, words) => {
  const file = path.join(folder, 'worker.log')
  writeFileSync(file, text)
  expect(lastWordsIn(file, from)).toBe(words)
})
