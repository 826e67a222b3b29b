import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { followMarketClock } from '#src/exchange/market-clock.ts'
import { type MarketClock, manualClock } from '#src/simulator/clock.ts'
import { type Simulator, startSimulator } from '#src/simulator/simulator.ts'
import { syntheticTape } from '#src/simulator/tape/synthetic.ts'
import { venueStub } from '../support/venue-stub.ts'

const startMs = Date.UTC(2026, 2, 23, 12)
const tape = syntheticTape(7, startMs)
const forEver = new AbortController().signal
const closers: (() => unknown)[] = []
afterEach(() => vi.restoreAllMocks())
afterAll(() => Promise.all(closers.map((close) => close())))

async function simulatorWith(clock: MarketClock): Promise<Simulator> {
  const simulator = await startSimulator({ tape, clock })
  closers.push(() => simulator.stop())
  return simulator
}

/** A market that runs at a speed of its own from where it stands; its wall clock is wrong by an hour. */
function marketAtSpeed(speed: number): MarketClock & { marketMs: number } {
  return {
    marketMs: startMs,
    wallNow: Date.now,
    marketNow() {
      return this.marketMs
    },
    hasEnded: () => false,
    anchor() {
      return { wallMs: Date.now() - 3_600_000, marketMs: this.marketMs, speed }
    },
  }
}

async function follow(url: () => string | undefined) {
  const clock = await followMarketClock(async () => url(), forEver)
  closers.push(clock.stop)
  return clock
}

/** Lets the wall clock jump without waiting. */
function wallThatJumps(): { pass(ms: number): void } {
  const now = Date.now.bind(Date)
  let passedMs = 0
  vi.spyOn(Date, 'now').mockImplementation(() => now() + passedMs)
  return {
    pass(ms) {
      passedMs += ms
    },
  }
}

test('it waits for a simulator, and gives up when it is told to', async () => {
  const stop = new AbortController()
  const waiting = followMarketClock(async () => undefined, stop.signal)
  stop.abort(new Error('the process ends'))
  await expect(waiting).rejects.toThrow(/the process ends|aborted/)
  await expect(followMarketClock(async () => 'http://127.0.0.1:1', stop.signal)).rejects.toThrow(
    'the process ends',
  )
})

test('a simulator on another machine is refused at once', async () => {
  const following = followMarketClock(async () => 'http://10.0.0.7:3900', forEver)
  await expect(following).rejects.toThrow('only reach a simulator on this machine')
})

test('nonsense is no answer: it resolves with the first that is one', async () => {
  const simulator = await simulatorWith(manualClock(startMs))
  const stub = await venueStub(simulator.url)
  const nonsense = ['<html>', '{}', '{"marketMs":"1","speed":1}', '{"marketMs":1,"speed":-1}']
  stub.answer = () => {
    const body = nonsense.pop()
    return body === undefined ? undefined : { body }
  }
  let isDatabaseDown = true
  const following = followMarketClock(async () => {
    if (isDatabaseDown) {
      isDatabaseDown = false
      throw new Error('the database is away')
    }
    return stub.url
  }, forEver)
  const clock = await following
  closers.push(clock.stop)
  expect(clock.marketNow()).toBe(startMs)
  expect(stub.asked).toHaveLength(5)
})

test.each([0, 1, 60, 600, 1.3])(
  'between answers it runs on at a speed of %s, in whole milliseconds',
  async (speed) => {
    const simulator = await simulatorWith(marketAtSpeed(speed))
    const clock = await follow(() => simulator.url)
    const now = Date.now()
    const wall = vi.spyOn(Date, 'now').mockReturnValue(now)
    const first = clock.marketNow()
    wall.mockReturnValue(now + 777)
    const then = clock.marketNow()
    expect(Number.isInteger(first) && Number.isInteger(then)).toBe(true)
    expect(Math.abs(then - first - 777 * speed)).toBeLessThan(1)
  },
)

test('it stands while the simulator is away, and goes on with it', async () => {
  const market = marketAtSpeed(60)
  const simulator = await simulatorWith(market)
  const stub = await venueStub(simulator.url)
  let url: string | undefined = stub.url
  const clock = await follow(() => url)
  const wall = wallThatJumps()
  wall.pass(1_000)
  const before = clock.marketNow()
  expect(before).toBeGreaterThanOrEqual(startMs + 60_000)
  await stub.shut()
  wall.pass(3_001)
  expect(clock.marketNow()).toBe(before)
  wall.pass(3_600_000)
  expect(clock.marketNow()).toBe(before)

  market.marketMs = before + 5_000_000
  url = simulator.url
  while (clock.marketNow() === before) await sleep(20)
  expect(clock.marketNow()).toBeGreaterThanOrEqual(before + 5_000_000)
})

test('it never goes back, also when the simulator comes back earlier', async () => {
  const market = marketAtSpeed(1.3)
  const simulator = await simulatorWith(market)
  const stub = await venueStub(simulator.url)
  const clock = await follow(() => stub.url)
  const seen = [clock.marketNow()]
  const answers = () => stub.asked.length
  for (const stepMs of [-600_000, 611_000]) {
    market.marketMs += stepMs
    const asked = answers()
    while (answers() < asked + 2) {
      seen.push(clock.marketNow())
      await sleep(10)
    }
  }
  expect(seen).toEqual([...seen].sort((a, b) => a - b))
  expect(clock.marketNow()).toBeGreaterThanOrEqual(startMs + 11_000)
  clock.stop()
})

test('once stopped it asks no more', async () => {
  const simulator = await simulatorWith(manualClock(startMs))
  const stub = await venueStub(simulator.url)
  const clock = await follow(() => stub.url)
  clock.stop()
  const asked = stub.asked.length
  await sleep(1_500)
  expect(stub.asked).toHaveLength(asked)
})
