import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { clientOf } from '#test/simulator/support/client.ts'
import { temporaryHome } from '#test/support/home.ts'
import { type Program, runNode } from '#test/support/program.ts'

const bin = fileURLToPath(new URL('../../bin.mjs', import.meta.url))
const keys = { apiKey: 'a-key-for-a-bot', secret: 'a-secret-for-a-bot' }
const account = { venue: 'binance', ...keys, balances: { USDT: '1000' } }
const ready = /^\{"ready":true.*\}\n/

let place: ReturnType<typeof temporaryHome>
let programs: Program[]

beforeEach(() => {
  place = temporaryHome()
  programs = []
})
afterEach(async () => {
  for (const program of programs) program.kill('SIGTERM')
  for (const program of programs) await program.ended
  place.remove()
})

/** Runs the command where there is no database, no queue and no settings. */
function run(...args: string[]): Program {
  const program = runNode([bin, 'simulator', ...args], { cwd: place.folder })
  programs.push(program)
  return program
}

/** A file of accounts, or of what is none. */
function file(content: string): string {
  mkdirSync(place.folder, { recursive: true })
  const path = join(place.folder, 'accounts.json')
  writeFileSync(path, content)
  return path
}

describe('what makes no sense is one line, and exit code 1', () => {
  test.each<[string, () => string[], RegExp]>([
    [
      'a venue nobody simulates',
      () => ['--venues', 'binance,mtgox'],
      /^--venues: there is no "mtgox"; these are simulated: binance.*\n$/,
    ],
    ['a tape that is no file', () => ['--tape', 'BTCUSDT-1m.csv'], /^--tape: .*BTCUSDT-1m\.csv.*\n$/],
    [
      'a speed beyond the most',
      () => ['--tape', 'replay:BTCUSDT-1m.csv', '--speed', '601'],
      /^--tape: .*601.*\n$/,
    ],
    [
      'accounts that are nowhere',
      () => ['--accounts', 'nowhere.json'],
      /^--accounts: nowhere\.json: there is no such file\n$/,
    ],
    [
      'accounts that are not JSON',
      () => ['--accounts', file('{')],
      /^--accounts: .*accounts\.json: .*JSON.*\n$/,
    ],
    [
      'accounts that are no list',
      () => ['--accounts', file('{}')],
      /^--accounts: .*accounts\.json: it is not a list\n$/,
    ],
    [
      'an account of another venue',
      () => [
        '--venues',
        'binance',
        '--accounts',
        file(JSON.stringify([account, { ...account, apiKey: 'another-key', venue: 'mtgox' }])),
      ],
      /^--accounts: .*: account 2: venue: "mtgox" is not simulated here; these are: binance\n$/,
    ],
    [
      'a key that two have',
      () => ['--accounts', file(JSON.stringify([account, account]))],
      /^--accounts: .*: account 2: an account above has the same API key\n$/,
    ],
    [
      'a secret that is too short',
      () => ['--accounts', file(JSON.stringify([{ ...account, secret: 'short' }]))],
      /^--accounts: .*: account 1: its secret is wrong, Too small: .*\n$/,
    ],
    ['no account at all', () => ['--accounts', file('[null]')], /^--accounts: .*: account 1: .*\n$/],
  ])('%s', async (_, args, words) => {
    const { code, output } = await run('--port', '0', ...args()).ended
    expect(output).toMatch(words)
    expect(output).not.toContain(keys.secret)
    expect(code).toBe(1)
  })

  test('an option of the one that runs alone, without a port', async () => {
    const { code, output } = await run('--venues', 'binance').ended
    expect(output).toMatch(/^--venues is of a simulator that runs alone: give it a --port, too\n$/)
    expect(code).toBe(1)
  })

  test('a port that is taken', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const { code, output } = await run('--port', String(port)).ended
    server.close()
    expect(output).toBe(`--port: ${port} is taken; another program listens there\n`)
    expect(code).toBe(1)
  })
})

test('it says in one line where its venues are, both markets trade under one key, and SIGTERM ends it', async () => {
  const program = run('--port', '0', '--venues', 'binance', '--accounts', file(JSON.stringify([account])))
  const [line] = await program.until(ready)
  const { venues } = JSON.parse(line) as { venues: Record<string, Record<string, string>> }
  expect(Object.keys(venues)).toEqual(['binance'])
  const { spot, futures } = venues.binance as { spot: string; futures: string }
  for (const [market, url] of [
    ['spot', spot],
    ['futures', futures],
  ] as const) {
    const client = await clientOf(url, keys, market)
    expect((await client.fetchBalance()).USDT?.total, market).toBe(1000)
    const symbol = market === 'spot' ? 'BTC/USDT' : 'BTC/USDT:USDT'
    const price = (await client.fetchTicker(symbol)).last as number
    const order = await client.createOrder(symbol, 'market', 'buy', Number((200 / price).toFixed(3)))
    expect((await client.fetchOrder(order.id as string, symbol)).status).toBe('closed')
    await client.close()
  }
  program.kill('SIGTERM')
  expect(await program.ended).toEqual({ code: 0, signal: null, output: line })
})

test('what happened is kept where it is asked to be, and goes on there', async () => {
  const args = [
    '--port',
    '0',
    '--venues',
    'binance',
    '--accounts',
    file(JSON.stringify([account])),
    '--journal',
    place.folder,
  ]
  const bought = async (program: Program, amount: number) => {
    const { venues } = JSON.parse((await program.until(ready))[0])
    const client = await clientOf(venues.binance.spot, keys, 'spot')
    if (amount > 0) await client.createOrder('ETH/USDT', 'market', 'buy', amount)
    const { ETH } = await client.fetchBalance()
    await client.close()
    program.kill('SIGTERM')
    await program.ended
    return ETH?.total
  }
  const before = await bought(run(...args), 0.05)
  expect(before).toBeGreaterThan(0)
  expect(await bought(run(...args), 0)).toBe(before)
})
