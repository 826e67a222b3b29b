import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { temporaryHome } from '#test/support/home.ts'
import { runNode, runProgram } from '#test/support/program.ts'

const bin = fileURLToPath(new URL('../../bin.mjs', import.meta.url))

test.each([
  [['nonsense'], /^error: unknown command 'nonsense'/],
  [['start', '--nonsense'], /^error: unknown option '--nonsense'/],
  [['worker'], /^error: required option '--queues <names>' not specified/],
  [['worker', '--queues', ','], /name at least one queue/],
  [[], /^Usage: bullpen /],
])('bullpen %j is refused with exit code 1', async (args, words) => {
  const { code, output } = await runNode([bin, ...args]).ended
  expect(output).toMatch(words)
  expect(code).toBe(1)
})

test('every command explains itself', async () => {
  const { output } = await runNode([bin, '--help']).ended
  const names = [...output.matchAll(/^ {2}([a-z]+) .* {2}/gm)].map(([, name]) => name ?? '')
  expect(names).toEqual(expect.arrayContaining(['start', 'web', 'worker', 'simulator', 'migrate', 'user']))
  for (const name of names) {
    const help = await runNode([bin, name, '--help']).ended
    expect(help.output).toContain('Usage: bullpen')
    expect(help.code).toBe(0)
  }
})

test('what the user can put right is one line, without a stack', async () => {
  const { home, remove } = temporaryHome()
  const env = {
    BULLPEN_HOME: home,
    DATABASE_URL: 'postgres://me:hunter2@127.0.0.1:1/db',
    SECRET_KEY: 'k'.repeat(32),
  }
  const { code, output } = await runNode([bin, 'migrate'], { env }).ended
  remove()
  expect(output).toMatch(/^DATABASE_URL: the database 127\.0\.0\.1:1\/db cannot be opened: .*\n$/)
  expect(code).toBe(1)
})

const oldNode = (process.env.PATH ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'node'))
  .find(
    (file) =>
      Number(/^v(\d+)/.exec(spawnSync(file, ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1]) < 24,
  )

test.runIf(oldNode)(
  'an older Node hands over to the one npm brought, with arguments and exit code',
  async () => {
    const version = await runProgram(oldNode ?? '', [bin, '--version'], {}).ended
    expect(version).toMatchObject({ code: 0, output: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
    expect((await runProgram(oldNode ?? '', [bin, 'nonsense'], {}).ended).code).toBe(1)
  },
)

test.runIf(oldNode)('an older Node without a newer one beside it says what to run', async () => {
  const { folder, remove } = temporaryHome()
  mkdirSync(join(folder, 'bullpen'))
  copyFileSync(bin, join(folder, 'bullpen', 'bin.mjs'))
  const { code, output } = await runProgram(oldNode ?? '', [join(folder, 'bullpen', 'bin.mjs'), 'start'], {})
    .ended
  remove()
  expect(output).toMatch(/^Bullpen needs Node 24, and this is v\d+\.\S+: run npm ci, .*\n$/)
  expect(code).toBe(1)
})
