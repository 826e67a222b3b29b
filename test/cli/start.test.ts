import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isRoot, temporaryHome } from '#test/support/home.ts'
import { isAlive, type Program, runNode, runProgram, untilGone } from '#test/support/program.ts'

const start = fileURLToPath(new URL('./fixtures/start.ts', import.meta.url))
const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

let place: ReturnType<typeof temporaryHome>
let port: number
let programs: Program[]

beforeEach(async () => {
  place = temporaryHome()
  const server = await listen(0)
  port = (server.address() as { port: number }).port
  await new Promise((resolve) => server.close(resolve))
  programs = []
})

afterEach(async () => {
  for (const program of programs) program.kill('SIGTERM')
  for (const program of programs) await program.ended
  place.remove()
})

function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Program {
  const options = { cwd: place.folder, env: { BULLPEN_HOME: place.home, PORT: String(port), ...env } }
  const program = runNode(args, options)
  programs.push(program)
  return program
}

function listen(at: number): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer().listen(at, () => resolve(server))
  })
}

/** Every process the program has told of, its database among them. */
function processesOf(program: Program): number[] {
  const children = [...program.output().matchAll(/begins \w+ (\d+)/g)].map((match) => Number(match[1]))
  const postmaster = join(place.home, 'postgres', 'postmaster.pid')
  return existsSync(postmaster)
    ? [...children, Number(readFileSync(postmaster, 'utf8').split('\n', 1)[0])]
    : children
}

const isReady = /Bullpen is ready/

test('a taken port is one line, and nothing has been started', async () => {
  const server = await listen(port)
  const { code, output } = await run([start]).ended
  server.close()
  expect(output).toBe(
    `Port ${port} is already in use: set PORT to a free one, for instance PORT=${port + 1}\n`,
  )
  expect(code).toBe(1)
  expect(existsSync(join(place.home, 'postgres'))).toBe(false)
})

test.each([
  ['.env', 'PORT=1\nnonsense\n', /^\/.*\.env, line 2: expected NAME=value or a # comment\n$/],
  ['.env', 'LOG_LEVEL=loud\n', /^LOG_LEVEL=loud must be one of .*\n$/],
  ['.env', 'MARKET_DATA=replay:nowhere.csv\n', /^MARKET_DATA: there is no file \/.*nowhere\.csv\n$/],
])('a mistake in %s (%j) is one line', async (file, text, line) => {
  writeFileSync(join(place.folder, file), text)
  const { code, output } = await run([start]).ended
  expect(output).toMatch(line)
  expect(code).toBe(1)
})

test('a data folder that is a file is one line', async () => {
  writeFileSync(place.home, '')
  const { code, output } = await run([start]).ended
  expect(output).toBe(
    `The data folder ${place.home} cannot be written: it is not a folder. Set BULLPEN_HOME to another folder\n`,
  )
  expect(code).toBe(1)
})

test.runIf(existsSync('/sys/kernel'))('a read-only data folder is one line', async () => {
  const { code, output } = await run([start], { BULLPEN_HOME: '/sys/kernel/bullpen' }).ended
  expect(output).toMatch(
    /^The data folder \/sys\/kernel\/bullpen cannot be written: .+\. Set BULLPEN_HOME to another folder\n$/,
  )
  expect(code).toBe(1)
})

test('the real command says the same in the same way', async () => {
  const { code, output } = await run([main, 'start'], { PORT: 'x' }).ended
  expect(output).toBe('PORT=x must be a whole number from 1 to 65535\n')
  expect(code).toBe(1)
})

test('the second start in one folder says which process has it', async () => {
  const first = run([start])
  await first.until(isReady)
  const { code, output } = await run([start], { PORT: String(port + 1) }).ended
  expect(output).toBe(
    `bullpen start already runs in ${place.home} (pid ${first.pid}): stop that one, or set BULLPEN_HOME to another folder\n`,
  )
  expect(code).toBe(1)
})

test('SIGTERM stops workers and web, then the simulator, then the database, and leaves nothing behind', async () => {
  const program = run([start])
  await program.until(isReady)
  const processes = processesOf(program)
  expect(processes).toHaveLength(4)
  program.kill('SIGTERM')
  const { code, output } = await program.ended
  expect(code).toBe(0)
  const ends = [...output.matchAll(/ends (\w+)/g)].map((match) => match[1])
  expect(ends.slice(0, 2).toSorted()).toEqual(['web', 'worker'])
  expect(ends[2]).toBe('simulator')
  expect(processes.filter(isAlive)).toEqual([])
  expect(existsSync(join(place.home, 'running.json'))).toBe(false)
})

test('Ctrl-C, pressed three times by someone impatient, stops as cleanly', async () => {
  const program = run([start])
  await program.until(isReady)
  const processes = processesOf(program)
  for (let presses = 0; presses < 3; presses++) program.killGroup('SIGINT')
  const { code, output } = await program.ended
  expect(code).toBe(0)
  expect(output).toContain('ends worker')
  expect(output).toMatch(/stopped\n$/)
  expect(processes.filter(isAlive)).toEqual([])
})

test('SIGTERM to npm, which passes it on to a shell alone, stops everything as well', async () => {
  const env = { ...process.env, npm_command: 'run-script', BULLPEN_HOME: place.home, PORT: String(port) }
  const shell = runProgram('/bin/sh', ['-c', '"$0" "$1"; true', process.execPath, start], {
    cwd: place.folder,
    env,
  })
  programs.push(shell)
  await shell.until(isReady)
  const processes = processesOf(shell)
  shell.kill('SIGTERM')
  const { output } = await shell.ended
  expect(output).toMatch(/stopped\n$/)
  expect(processes.filter(isAlive)).toEqual([])
})

test('a signal while it is still starting stops it, too', async () => {
  const program = run([start])
  await program.until(/begins simulator/)
  program.kill('SIGTERM')
  const { code } = await program.ended
  expect(code).toBe(0)
  expect(processesOf(program).filter(isAlive)).toEqual([])
})

test('a worker that does not drain is killed, and the rest still stops in order', async () => {
  const program = run([start, 'stubborn'])
  await program.until(isReady)
  const processes = processesOf(program)
  program.kill('SIGTERM')
  const { code, output } = await program.ended
  expect(code).toBe(0)
  expect(output).toContain('ends simulator')
  expect(output).not.toContain('ends worker')
  expect(processes.filter(isAlive)).toEqual([])
})

test('a worker that dies is started again', async () => {
  const program = run([start])
  await program.until(isReady)
  const [, pid] = await program.until(/begins worker (\d+)/)
  process.kill(Number(pid), 'SIGKILL')
  await program.until(/worker was ended by SIGKILL; it is started again in 0\.5 s/)
  await program.until(new RegExp(`begins worker (?!${pid})\\d+`))
})

test('a worker that cannot start is told with its own words, without its secrets, and everything stops', async () => {
  const program = run([start, 'broken'])
  const { code, output } = await program.ended
  expect(code).toBe(1)
  expect(output).toMatch(/worker +bad luck: apiKey=\[hidden\]\n/)
  expect(output).toMatch(/worker ended with code 3 for the third time: its lines are above\n$/)
  expect(processesOf(program).filter(isAlive)).toEqual([])
})

test('after SIGKILL the children end by themselves, and the next start goes on with the same state', async () => {
  const first = run([start])
  await first.until(isReady)
  const key = readFileSync(join(place.home, 'secret.key'), 'utf8')
  const processes = processesOf(first)
  first.kill('SIGKILL')
  for (const pid of processes.slice(0, 3)) await untilGone(pid)

  const second = run([start])
  await second.until(isReady)
  expect(readFileSync(join(place.home, 'secret.key'), 'utf8')).toBe(key)
  const all = [...processes, ...processesOf(second)]
  second.kill('SIGTERM')
  await second.ended
  expect(all.filter(isAlive)).toEqual([])
})

/** Whether another user may enter this tree: not when it lies in a folder of root's own. */
function isOpenToOthers(): boolean {
  const isOpen = isRoot && spawnSync(process.execPath, ['--version'], { cwd: '/', uid: 65_534 }).status === 0
  if (isRoot && !isOpen) console.log('this tree is closed to other users: what they are told is not tested')
  return isOpen
}

test.runIf(isOpenToOthers())('a data folder of somebody else is one line', async () => {
  mkdirSync(place.home, { mode: 0o755 })
  const options = {
    cwd: '/',
    uid: 65_534,
    gid: 65_534,
    env: { BULLPEN_HOME: place.home, PORT: String(port) },
  }
  const { code, output } = await runNode([start], options).ended
  expect(output).toBe(
    `The data folder ${place.home} cannot be written: permission denied. Set BULLPEN_HOME to another folder\n`,
  )
  expect(code).toBe(1)
})
