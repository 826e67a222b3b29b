import { rmSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { superviseChild } from '#src/supervisor/child.ts'
import { temporaryHome } from '../support/home.ts'

const script = fileURLToPath(new URL('fixtures/child.ts', import.meta.url))
const { folder, remove } = temporaryHome()
afterAll(remove)

/** A supervised child, and what it and its heirs said: which of them, in the order of their births, and what. */
function supervised(env: NodeJS.ProcessEnv = {}) {
  const bad = path.join(folder, 'bad')
  const pids: number[] = []
  const said: string[] = []
  const ends: string[] = []
  const child = superviseChild(
    { name: 'child', args: [script, bad] },
    {
      env: { PATH: process.env.PATH, ...env },
      onLine: (_, line) => {
        const [, what = '', pid] = /^(.*) (\d+)$/.exec(line) ?? []
        if (pid === undefined) return
        if (!pids.includes(Number(pid))) pids.push(Number(pid))
        said.push(`${pids.indexOf(Number(pid))} ${what}`)
      },
      onEnd: (_, how) => void ends.push(how),
    },
  )
  const until = async (what: string) => {
    while (!said.includes(what)) await sleep(20)
  }
  return { child, pids, said, ends, until, mend: () => rmSync(bad, { force: true }) }
}

test('one that would leave is stopped when another is ready, and not before', async () => {
  const { child, pids, said, ends, until } = supervised()
  await child.ready
  process.kill(pids[0] ?? 0, 'SIGUSR2')
  await until('0 ends')
  expect(said).toEqual(['0 starts', '0 is ready', '1 starts', '1 is ready', '0 drains', '0 ends'])
  process.kill(pids[1] ?? 0, 'SIGKILL')
  await until('2 is ready')
  await child.stop(5_000)
  expect(ends).toEqual(['was ended by SIGKILL'])
})

test('an heir that dies at once keeps nobody from leaving, and is started again', async () => {
  const { child, pids, said, ends, until, mend } = supervised({ HEIR_DIES: 'yes' })
  await child.ready
  process.kill(pids[0] ?? 0, 'SIGUSR2')
  await until('1 dies')
  mend()
  await until('0 ends')
  await until('2 is ready')
  await child.stop(5_000)
  expect(said.filter((what) => what.startsWith('0'))).toEqual([
    '0 starts',
    '0 is ready',
    '0 drains',
    '0 ends',
  ])
  expect(ends).toEqual(['ended with code 3'])
})

test('stopping in the middle of it stops both', async () => {
  const { child, pids, said, ends, until } = supervised()
  await child.ready
  process.kill(pids[0] ?? 0, 'SIGUSR2')
  await until('1 starts')
  await child.stop(5_000)
  expect(pids.map((pid) => isAlive(pid))).toEqual([false, false])
  expect(said).toContain('0 ends')
  expect(ends).toEqual([])
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
