import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Decimal } from '#src/domain/decimal.ts'
import { manualClock } from '#src/simulator/clock.ts'
import { Exchange } from '#src/simulator/core/exchange.ts'
import type { Instrument, Market } from '#src/simulator/core/instrument.ts'
import { openJournal } from '#src/simulator/core/journal.ts'
import { Ledger } from '#src/simulator/core/ledger.ts'
import { reportOf } from '#src/simulator/report.ts'
import { openTape } from '#src/simulator/tape/tape.ts'
import { binance } from '#src/simulator/venues/binance/binance.ts'
import { newFolder } from '../support/csv.ts'

const now = Date.UTC(2026, 5, 17, 13)
const tape = openTape('synthetic', { seed: 3, speed: 1, nowMs: now })
const instruments = binance.instruments(tape)
const find = (_: string, market: Market, symbol: string) =>
  instruments.find((each) => each.market === market && each.symbol === symbol)
const instrument = find('binance', 'futures', 'BTC/USDT') as Instrument

function open(home: string) {
  const ledger = new Ledger(find)
  const journal = openJournal(home, (event) => ledger.apply(event))
  const clock = manualClock(now, () => 1_700_000_000_000)
  return {
    ledger,
    clock,
    journal,
    exchange: new Exchange({ ledger, clock, tape, journal, feeOf: binance.feeOf }),
  }
}

const order = fc.record({
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  rest: fc.constantFrom('expires' as const, 'stays' as const, 'later' as const),
  side: fc.constantFrom('buy' as const, 'sell' as const),
  type: fc.constantFrom('market' as const, 'limit' as const),
  steps: fc.integer({ min: 10, max: 400 }),
  away: fc.double({ min: -0.004, max: 0.004, noNaN: true }), // of a limit from the last price
  waitMs: fc.integer({ min: 0, max: 600_000 }),
})

test('whatever share the venue gives, an order gets no more of it, ends as its rest says, and survives a restart', () => {
  fc.assert(
    fc.property(fc.array(order, { minLength: 1, maxLength: 12 }), (orders) => {
      const home = newFolder()
      const { ledger, clock, exchange, journal } = open(home)
      const seed = { venue: 'binance', market: 'futures' as const, apiKey: 'whim-key', secret: 'whim-secret' }
      const account = exchange.addAccount({ ...seed, balances: { USDT: '10000000' } })
      const placed = orders.flatMap(({ share, rest, side, type, steps, away, waitMs }, index) => {
        const last = exchange.lastPrice(instrument)
        const price = new Decimal(last * (1 + away)).div(instrument.tick).floor().times(instrument.tick)
        const outcome = exchange.under({ portion: { share, rest } }, () =>
          exchange.place(account, instrument, {
            clientOrderId: `o-${index}`,
            side,
            type,
            timeInForce: 'GTC',
            postOnly: false,
            reduceOnly: false,
            closePosition: false,
            quantity: instrument.step.times(steps),
            price: type === 'limit' ? price : undefined,
            wire: { type: type.toUpperCase() },
          }),
        )
        clock.advance(waitMs)
        exchange.advance()
        return 'order' in outcome ? [{ order: outcome.order, share, rest }] : []
      })
      for (const { order, share, rest } of placed) {
        const most =
          share === 0
            ? 0
            : Math.max(1, Math.floor(order.quantity.times(share).div(instrument.step).toNumber()))
        if (rest !== 'later' || share === 0) expect(order.filled.lte(instrument.step.times(most))).toBe(true)
        expect(order.filled.lte(order.quantity)).toBe(true)
        if (order.filled.eq(order.quantity)) expect(order.status).toBe('filled')
        if (order.status === 'open' && rest === 'expires')
          expect(order.filled.lt(instrument.step.times(Math.max(most, 1)))).toBe(true)
      }
      exchange.rememberClock()
      journal.close()
      const again = open(home)
      expect(reportOf(again.ledger)).toEqual(reportOf(ledger))
      again.journal.close()
    }),
    { numRuns: 40 },
  )
})

test('a whim ends with its call, whatever the call does', () => {
  const { exchange, journal } = open(newFolder())
  const seed = { venue: 'binance', market: 'futures' as const, apiKey: 'whim-key', secret: 'whim-secret' }
  const account = exchange.addAccount({ ...seed, balances: { USDT: '100000' } })
  const fail = () => {
    throw new Error('the call fails')
  }
  expect(() => exchange.under({ portion: { share: 0, rest: 'stays' } }, fail)).toThrow('the call fails')
  const outcome = exchange.place(account, instrument, {
    clientOrderId: 'whole',
    side: 'buy',
    type: 'market',
    timeInForce: 'GTC',
    postOnly: false,
    reduceOnly: false,
    closePosition: false,
    quantity: new Decimal('0.01'),
    wire: { type: 'MARKET' },
  })
  expect(outcome).toMatchObject({ order: { status: 'filled' } })
  journal.close()
})
