import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { disturbedSocket } from '#src/simulator/faults/disturbed-socket.ts'
import { Faults } from '#src/simulator/faults/faults.ts'
import type { FaultScript } from '#src/simulator/faults/rule.ts'
import { limitLife } from '#src/simulator/venues/binance/streams/life.ts'
import type { StreamSocket } from '#src/simulator/venues/venue.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A connection that writes down what passes over it. */
function wire() {
  const sent: string[] = []
  const pongs: (() => void)[] = []
  const closers: (() => void)[] = []
  const log: string[] = []
  const socket: StreamSocket = {
    send: (text) => void sent.push(text),
    close: (code) => {
      log.push(`closed ${code}`)
      for (const close of closers) close()
    },
    cut: () => void log.push('cut'),
    onMessage: () => {},
    ping: () => void log.push('ping'),
    onPong: (listener) => void pongs.push(listener),
    onClose: (listener) => void closers.push(listener),
  }
  const pong = () => {
    for (const each of pongs) each()
  }
  return { socket, sent, log, pong }
}

function disturbed(script: FaultScript) {
  const faults = new Faults()
  faults.add(script)
  const line = wire()
  const socket = disturbedSocket(line.socket, { faults, venue: 'binance', path: '/ws', wallNow: Date.now })
  const tell = (text: string, apiKey = 'mine') =>
    socket.send(text, { market: 'spot', apiKey, symbol: 'BTC/USDT', clientOrderId: text })
  return { ...line, socket, faults, tell }
}

test('a frame that answers the client meets no fault', () => {
  const { socket, sent } = disturbed({ rules: [{ fault: 'stream-stopped' }] })
  socket.send('an answer')
  expect(sent).toEqual(['an answer'])
})

test('a rule meets the frames it names, and no other', () => {
  const rules = [{ fault: 'stream-stopped' as const, match: { apiKey: 'mine', clientOrderId: 'b' } }]
  const { tell, sent, faults } = disturbed({ rules })
  for (const text of ['a', 'b']) tell(text)
  tell('b', 'another')
  expect(sent).toEqual(['a'])
  expect(faults.report().strikes).toMatchObject([
    { method: 'WS', clientOrderId: 'b', outcome: 'not-executed' },
  ])
})

test('a repeated frame comes once more, later', () => {
  const { tell, sent } = disturbed({ rules: [{ fault: 'stream-repeated', times: 1, afterMs: 100 }] })
  tell('a')
  tell('b')
  expect(sent).toEqual(['a', 'b'])
  vi.advanceTimersByTime(100)
  expect(sent).toEqual(['a', 'b', 'a'])
})

test('a reordered frame comes behind the next one, or by itself when none follows', () => {
  const { tell, sent, faults } = disturbed({
    rules: [{ fault: 'stream-reordered', match: { clientOrderId: 'a' }, afterMs: 100 }],
  })
  tell('a')
  tell('b')
  expect(sent).toEqual(['b', 'a'])
  tell('a')
  vi.advanceTimersByTime(99)
  expect(sent).toEqual(['b', 'a'])
  vi.advanceTimersByTime(1)
  expect(sent).toEqual(['b', 'a', 'a'])
  expect(faults.report().strikes.map(({ outcome }) => outcome)).toEqual(['executed', 'executed'])
})

test('a stopped stream loses what it should carry for a while, and goes on', () => {
  const { tell, sent } = disturbed({ rules: [{ fault: 'stream-stopped', times: 1, afterMs: 100 }] })
  tell('a')
  vi.advanceTimersByTime(99)
  tell('b')
  vi.advanceTimersByTime(1)
  tell('c')
  expect(sent).toEqual(['c'])
})

test('a cut stream ends without a farewell and carries nothing more', () => {
  const { tell, sent, log } = disturbed({ rules: [{ fault: 'stream-cut', times: 1 }] })
  tell('a')
  tell('b')
  expect(sent).toEqual([])
  expect(log).toEqual(['cut'])
})

test('faults of requests meet no frame', () => {
  const { tell, sent } = disturbed({ rules: [{ fault: 'drop-before' }] })
  tell('a')
  expect(sent).toEqual(['a'])
})

test('a client that answers pings is kept for a day, one that does not is ended before', () => {
  const silent = wire()
  limitLife(silent.socket, { everyMs: 20_000, patienceMs: 60_000 })
  vi.advanceTimersByTime(60_000)
  expect(silent.log).toEqual(['ping', 'ping', 'ping'])
  vi.advanceTimersByTime(20_000)
  expect(silent.log.at(-1)).toBe('closed 1008')

  const alive = wire()
  limitLife(alive.socket, { everyMs: 20_000, patienceMs: 60_000 })
  for (let passed = 0; passed < 86_400_000 - 20_000; passed += 20_000) {
    vi.advanceTimersByTime(20_000)
    alive.pong()
  }
  expect(alive.log).not.toContain('closed 1000')
  vi.advanceTimersByTime(20_000)
  expect(alive.log.at(-1)).toBe('closed 1000')
})
