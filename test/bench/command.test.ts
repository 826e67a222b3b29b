import { existsSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runNode } from '#test/support/program.ts'

const bin = fileURLToPath(new URL('../../bin.mjs', import.meta.url))

test.each([
  [['--only', '1,99'], /^--only 99: there are only 1, 2, 4, /],
  [['--rounds', '1'], /'1' is invalid\. it must be a whole number from 2/],
  [['--rounds', 'many'], /it must be a whole number/],
])('bullpen bench %j is refused before anything is measured', async (args, words) => {
  const { code, output } = await runNode([bin, 'bench', ...args]).ended
  expect(output).toMatch(words)
  expect(code).toBe(1)
})

test('what was measured is in the file, met or not, and the exit code is 0', async () => {
  const file = join(tmpdir(), `bullpen-bench-${process.pid}.json`)
  const args = [bin, 'bench', '--only', 'simulator', '--rounds', '2', '--json', file]
  const { code, output } = await runNode(args).ended
  expect(output).toMatch(/^simulator +simulator orders \. \. \d+ s\n/)
  expect(code).toBe(0)
  expect(existsSync(file)).toBe(true)
  const { rows } = JSON.parse(readFileSync(file, 'utf8'))
  rmSync(file)
  expect(rows).toEqual([
    {
      id: 'simulator-orders',
      metric: expect.any(String),
      floor: expect.any(Number),
      ours: expect.any(Number),
      ratio: expect.any(Number),
      goal: '≥ 1000',
      spread: [expect.any(Number), expect.any(Number)],
      pass: expect.any(Boolean),
    },
  ])
})
