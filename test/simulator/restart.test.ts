import { type ChildProcess, spawn } from 'node:child_process'
import { appendFileSync, readFileSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { type Simulator, startSimulator } from '#src/simulator/simulator.ts'
import { openTape } from '#src/simulator/tape/tape.ts'
import { send } from './support/client.ts'
import { candleLines, newFolder, writeCandles } from './support/csv.ts'
import { errorOf, spotKeys } from './support/market.ts'

const running: { stop(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of running.splice(0)) await each.stop()
})

const seed = { venue: 'binance', market: 'spot' as const, ...spotKeys, balances: { USDT: '100000' } }

async function start(home: string): Promise<Simulator> {
  const simulator = await startSimulator({
    tape: openTape('synthetic', { seed: 5, speed: 1, nowMs: Date.now() }),
    home,
  })
  simulator.addAccount(seed)
  running.push(simulator)
  return simulator
}

const buy = (url: string, newClientOrderId: string) =>
  send(url, spotKeys, 'POST', '/api/v3/order', {
    symbol: 'ETHUSDT',
    side: 'BUY',
    type: 'MARKET',
    quantity: '0.01',
    newClientOrderId,
  })

test('a journal line that is not JSON stops the start and is named', async () => {
  const home = newFolder()
  await (await start(home)).stop()
  running.splice(0)
  appendFileSync(join(home, 'journal.jsonl'), 'this is not JSON\n')
  expect(await errorOf(start(home))).toContain('journal.jsonl: line 3 is not JSON')
})

test('a last line cut short was never acknowledged: it is dropped, and the journal goes on', async () => {
  const home = newFolder()
  const first = await start(home)
  await buy(first.url, 'one')
  const kept = first.ledger()
  await buy(first.url, 'two')
  await first.stop()
  running.splice(0)
  const journal = join(home, 'journal.jsonl')
  truncateSync(journal, readFileSync(journal).length - 25)

  const second = await start(home)
  expect(second.ledger()).toEqual(kept)
  await buy(second.url, 'three')
  const ids = second.ledger().accounts[0]?.orders.map(({ clientOrderId }) => clientOrderId)
  expect(ids).toEqual(['one', 'three'])
  await second.stop()
  running.splice(0)
  expect((await start(home)).ledger()).toEqual(second.ledger())
})

test('an account that exists already stays as it is', async () => {
  const home = newFolder()
  const first = await start(home)
  await buy(first.url, 'one')
  const before = first.ledger()
  first.addAccount({ ...seed, balances: { USDT: '5' } })
  expect(first.ledger()).toEqual(before)
})

describe('killed without warning', () => {
  const program = `
    import { startSimulator } from '#src/simulator/simulator.ts'
    import { openTape } from '#src/simulator/tape/tape.ts'
    const simulator = await startSimulator({
      tape: openTape('synthetic', { seed: 5, speed: 1, nowMs: Date.now() }),
      home: process.argv[1],
      enforceLimits: false,
    })
    console.log(simulator.url)
  `
  const child = async (home: string): Promise<{ url: string; process: ChildProcess }> => {
    const started = spawn(process.execPath, ['--input-type=module', '-e', program, home], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const url = await new Promise<string>((resolve) =>
      started.stdout.once('data', (text) => resolve(String(text).trim())),
    )
    return { url, process: started }
  }

  test('every order that was acknowledged is there after the restart, once', async () => {
    const home = newFolder()
    const acknowledged = new Set<string>()
    let count = 0
    for (let round = 0; round < 3; round++) {
      const { url, process } = await child(home)
      await fetch(`${url}/__sim/accounts`, { method: 'POST', body: JSON.stringify(seed) })
      const clients = Array.from({ length: 4 }, async () => {
        for (;;) {
          const id = `order-${count++}`
          try {
            const { status } = await buy(url, id)
            if (status === 200) acknowledged.add(id)
          } catch {
            return
          }
        }
      })
      while (acknowledged.size < 15 * (round + 1)) await new Promise((resolve) => setTimeout(resolve, 5))
      process.kill('SIGKILL')
      await Promise.all(clients)
    }
    const simulator = await start(home)
    const [account] = simulator.ledger().accounts
    const ids = account?.orders.map(({ clientOrderId }) => clientOrderId) ?? []
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).toEqual(expect.arrayContaining([...acknowledged]))
    expect(account?.orders.every(({ status }) => status === 'filled')).toBe(true)
  }, 30_000)
})

test('the clock of a replay stands while the simulator is down, and stops where the tape ends', async () => {
  const folder = newFolder()
  const from = Date.UTC(2025, 0, 1)
  const rows = Array.from({ length: 40 }, (_, k) => [100 + k, 101 + k, 99 + k, 100.5 + k, 3])
  const path = writeCandles(folder, 'binance-ETHUSDT-1m-x.csv', candleLines(from, 60_000, rows))
  let wallMs = 1_800_000_000_000
  const open = async () => {
    const tape = openTape(`replay:${path}`, { seed: 0, speed: 60, nowMs: wallMs })
    const simulator = await startSimulator({ tape, home: folder, wallNow: () => wallMs })
    running.push(simulator)
    return simulator
  }
  const first = await open()
  expect(first.clock()).toEqual({ wallMs, marketMs: from + 30 * 60_000, speed: 60, ended: false })
  wallMs += 3000
  expect(first.clock().marketMs).toBe(from + 33 * 60_000)
  await first.stop()
  running.splice(0)
  wallMs += 3_600_000

  const second = await open()
  expect(second.clock().marketMs).toBe(from + 33 * 60_000)
  wallMs += 3_600_000
  const clock = await (await fetch(`${second.url}/__sim/clock`)).json()
  expect(clock).toEqual({ wallMs, marketMs: from + 40 * 60_000 - 1, speed: 0, ended: true })
  const price = await (await fetch(`${second.url}/api/v3/ticker/price?symbol=ETHUSDT`)).json()
  expect(price).toEqual({ symbol: 'ETHUSDT', price: '139.50000000' })
  expect(await (await fetch(`${second.url}/__sim/health`)).json()).toEqual({
    ok: true,
    tape: 'replay',
    ended: true,
    isLimited: true,
  })
})

test('a stop that the market passed while the simulator was down is triggered by what it missed', async () => {
  const home = newFolder()
  const tape = openTape('synthetic', { seed: 5, speed: 1, nowMs: Date.now() })
  let wallMs = Date.UTC(2026, 3, 1)
  const open = async () => {
    const simulator = await startSimulator({ tape, home, wallNow: () => wallMs })
    running.push(simulator)
    return simulator
  }
  const first = await open()
  first.addAccount({ ...seed, balances: { ETH: '1' } })
  const hour = [...tape.pointsBetween('ETH/USDT', wallMs, wallMs + 3_600_000)].map(({ price }) => price)
  const lowest = Math.min(...hour)
  const { answer } = await send(
    first.url,
    spotKeys,
    'POST',
    '/api/v3/order',
    { symbol: 'ETHUSDT', side: 'SELL', type: 'STOP_LOSS', quantity: '0.5', stopPrice: lowest.toFixed(2) },
    { timestamp: wallMs },
  )
  expect(answer.orderId).toBeDefined()
  await first.stop()
  running.splice(0)
  wallMs += 3_600_000
  const second = await open()
  second.settle()
  const [order] = second.ledger().accounts[0]?.orders ?? []
  expect(order?.status).toBe('filled')
  expect(Number(order?.fills[0]?.price)).toBeLessThanOrEqual(lowest)
  expect(Number(order?.fills[0]?.price)).toBeGreaterThan(lowest * 0.999)
})
