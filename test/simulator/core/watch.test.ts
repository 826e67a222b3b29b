import { expect, test } from 'vitest'
import { Decimal } from '#src/domain/decimal.ts'
import { manualClock } from '#src/simulator/clock.ts'
import type { Event } from '#src/simulator/core/event.ts'
import { Exchange } from '#src/simulator/core/exchange.ts'
import type { Instrument } from '#src/simulator/core/instrument.ts'
import { Ledger } from '#src/simulator/core/ledger.ts'
import type { Placement } from '#src/simulator/core/placement.ts'
import { openTape } from '#src/simulator/tape/tape.ts'
import { binance } from '#src/simulator/venues/binance/binance.ts'

const now = Date.UTC(2026, 5, 17, 13)
const tape = openTape('synthetic', { seed: 3, speed: 1, nowMs: now })
const [spot] = binance.instruments(tape) as [Instrument]
const seed = { venue: 'binance', market: 'spot', apiKey: 'watched', secret: 'secret' } as const

const wish: Placement = {
  clientOrderId: 'one',
  side: 'buy',
  type: 'market',
  timeInForce: 'GTC',
  postOnly: false,
  reduceOnly: false,
  closePosition: false,
  quantity: spot.step.times(1000),
  wire: {},
}

/** An exchange whose journal and whose listener write down what they get, in one list. */
function watched() {
  const ledger = new Ledger((_, market, symbol) =>
    binance.instruments(tape).find((each) => each.market === market && each.symbol === symbol),
  )
  const told: { by: 'journal' | 'listener'; kinds: Event['kind'][] }[] = []
  const note = (by: 'journal' | 'listener') => (events: readonly Event[]) =>
    void told.push({ by, kinds: events.map(({ kind }) => kind) })
  const journal = { append: note('journal'), close: () => {} }
  const exchange = new Exchange({ ledger, clock: manualClock(now), tape, journal, feeOf: binance.feeOf })
  const account = exchange.addAccount({ ...seed, balances: { USDT: '100000' } })
  told.length = 0
  return { exchange, account, told, unwatch: exchange.watch(note('listener')) }
}

test('a refused order is nothing to hear of, and nothing is heard after it was unwatched', () => {
  const { exchange, account, told, unwatch } = watched()
  exchange.place(account, spot, { ...wish, quantity: new Decimal(1_000_000).times(spot.step) })
  expect(told).toEqual([])
  unwatch()
  exchange.place(account, spot, wish)
  expect(told.map(({ by }) => by)).toEqual(['journal'])
})

test('the events of one call are heard together, after they are in the journal and in the ledger', () => {
  const { exchange, account, told } = watched()
  let filled = 0
  exchange.watch(() => {
    filled = account.fills.length
  })
  exchange.place(account, spot, wish)
  expect(told.map(({ by }) => by)).toEqual(['journal', 'listener'])
  expect(told[0]?.kinds).toEqual(told[1]?.kinds)
  expect(told[0]?.kinds.slice(0, 2)).toEqual(['order', 'fill'])
  expect(filled).toBeGreaterThan(0)
})
