import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { prepareHome } from '#src/home/folder.ts'
import { beginningOf, commandOf } from '#src/home/process.ts'
import { claimHome, holderOf } from '#src/home/running.ts'
import { secretKeyIn } from '#src/home/secret-key.ts'
import { temporaryHome } from '#test/support/home.ts'
import { runNode } from '#test/support/program.ts'

let place: ReturnType<typeof temporaryHome>

beforeEach(() => {
  place = temporaryHome()
  prepareHome(place.home)
})

afterEach(() => place.remove())

function claim() {
  const found = claimHome(place.home, 'test')
  if (!('claim' in found)) throw new Error('it is held')
  return found.claim
}

test('a nearly full disk is refused before anything is written to it', () => {
  expect(() => prepareHome(place.home, Number.MAX_SAFE_INTEGER)).toThrow(
    /^The data folder \S+ has \d+ MB left and needs \d+: make room, or set BULLPEN_HOME to another folder$/,
  )
})

test('a folder has one holder, who is named to the next', () => {
  const { publish } = claim()
  expect(claimHome(place.home, 'other')).toMatchObject({ heldBy: { pid: process.pid, command: 'test' } })
  publish('http://127.0.0.1:3901')
  expect(holderOf(place.home)).toMatchObject({ pid: process.pid, simulatorUrl: 'http://127.0.0.1:3901' })
})

test('a folder that was released has no holder and can be taken again', () => {
  claim().release()
  expect(holderOf(place.home)).toBeUndefined()
  claim()
})

test.each([
  ['a process that is gone', async () => ({ pid: (await endedProcess()).pid, began: '1' })],
  ['an earlier process with the pid of this one', async () => ({ pid: process.pid, began: 'long ago' })],
  ['nothing readable', async () => 'x'],
])('a folder held by %s is free', async (_, holder) => {
  writeFileSync(join(place.home, 'running.json'), JSON.stringify(await holder()))
  claim()
})

test('of many who want a folder at the same time, one gets it', async () => {
  const contender = `
    const { claimHome } = await import(process.argv[1])
    const found = claimHome(process.argv[2], 'race')
    console.log('claim' in found ? 'mine' : 'held')
    await new Promise((resolve) => setTimeout(resolve, 3000))`
  const module = new URL('../../src/home/running.ts', import.meta.url).href
  writeFileSync(join(place.home, 'running.json'), JSON.stringify({ pid: process.pid, began: 'long ago' }))
  const programs = Array.from({ length: 6 }, () =>
    runNode(['--input-type=module', '-e', contender, module, place.home], {}),
  )
  const answers = await Promise.all(programs.map((program) => program.until(/mine|held/)))
  expect(answers.map(([answer]) => answer).toSorted()).toEqual([...Array(5).fill('held'), 'mine'])
  for (const program of programs) program.kill('SIGKILL')
  await Promise.all(programs.map(({ ended }) => ended))
})

test('a process is known by when it began, and no longer once it has ended', async () => {
  expect(beginningOf(process.pid)).toBe(beginningOf(process.pid))
  expect(commandOf(process.pid)).toContain('node')
  expect(beginningOf((await endedProcess()).pid)).toBeUndefined()
})

test('the secret key is made once, is long enough and is nobody else’s to read', () => {
  const key = secretKeyIn(place.home)
  expect(key).toMatch(/^[0-9a-f]{64}$/)
  expect(secretKeyIn(place.home)).toBe(key)
  expect(statSync(join(place.home, 'secret.key')).mode & 0o777).toBe(0o600)
})

test('a secret key that was cut short is never replaced', () => {
  const file = join(place.home, 'secret.key')
  writeFileSync(file, 'short\n')
  expect(() => secretKeyIn(place.home)).toThrow(/has been cut short/)
  expect(readFileSync(file, 'utf8')).toBe('short\n')
})

async function endedProcess(): Promise<{ pid: number }> {
  const program = runNode(['-e', ''])
  await program.ended
  return program
}
