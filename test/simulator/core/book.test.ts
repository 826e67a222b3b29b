import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Decimal } from '#src/domain/decimal.ts'
import { bestPrices, levelsFor, quantityFor, walk } from '#src/simulator/core/book.ts'
import type { Instrument } from '#src/simulator/core/instrument.ts'
import { openTape } from '#src/simulator/tape/tape.ts'
import { binance } from '#src/simulator/venues/binance/binance.ts'

const now = Date.UTC(2026, 5, 17, 13)
const tape = openTape('synthetic', { seed: 3, speed: 1, nowMs: now })
const instruments = binance.instruments(tape)
const anything = fc.record({
  instrument: fc.constantFrom(...instruments),
  side: fc.constantFrom('buy' as const, 'sell' as const),
  move: fc.double({ min: 0.5, max: 2, noNaN: true }),
  at: fc.integer({ min: 0, max: 86_400_000 }),
})
const lastOf = ({ symbol, tick }: Instrument, move: number) =>
  Number(new Decimal(tape.priceAt(symbol, now) * move).div(tick).floor().times(tick))

test('levels leave the best price in whole ticks and whole steps, around the last price', () => {
  fc.assert(
    fc.property(anything, ({ instrument, side, move, at }) => {
      const last = lastOf(instrument, move)
      const levels = [...levelsFor(side, instrument, last, now + at)]
      const { bid, ask } = bestPrices(instrument, last)
      expect(levels[0]?.price.toString()).toBe((side === 'buy' ? ask : bid).toString())
      expect(bid.lt(last) && ask.gte(last) && ask.gt(bid)).toBe(true)
      expect(ask.minus(bid).div(last).toNumber()).toBeLessThan(0.002)
      for (const [index, { price, size }] of levels.entries()) {
        expect(price.mod(instrument.tick).isZero() && size.mod(instrument.step).isZero()).toBe(true)
        const before = levels[index - 1]
        if (before !== undefined)
          expect(side === 'buy' ? price.gt(before.price) : price.lt(before.price)).toBe(true)
      }
      expect([...levelsFor(side, instrument, last, now + at)]).toEqual(levels)
    }),
    { numRuns: 100 },
  )
})

test('a walk takes what was asked, or all there is within the limit, best levels first', () => {
  fc.assert(
    fc.property(
      anything,
      fc.double({ min: 0.01, max: 3000, noNaN: true }),
      fc.boolean(),
      (where, times, hasLimit) => {
        const { instrument, side, move, at } = where
        const levels = [...levelsFor(side, instrument, lastOf(instrument, move), now + at)]
        const quantity = new Decimal(instrument.topOfBook * times)
          .div(lastOf(instrument, move))
          .div(instrument.step)
          .ceil()
          .times(instrument.step)
        const limit = hasLimit ? levels[7]?.price : undefined
        const takes = walk(levels, side, quantity, limit)
        const within = levels.slice(0, hasLimit ? 8 : levels.length)
        const offered = within.reduce((total, { size }) => total.plus(size), new Decimal(0))
        const taken = takes.reduce((total, take) => total.plus(take.quantity), new Decimal(0))
        expect(taken.toString()).toBe(Decimal.min(quantity, offered).toString())
        expect(takes.map(({ price }) => price.toString())).toEqual(
          levels.slice(0, takes.length).map(({ price }) => price.toString()),
        )
        expect(takes.slice(0, -1).every((take, index) => take.quantity.eq(levels[index]?.size ?? 0))).toBe(
          true,
        )
      },
    ),
    { numRuns: 100 },
  )
})

test('an amount in quote currency is never overspent, and falls short by less than one step', () => {
  fc.assert(
    fc.property(
      anything,
      fc.double({ min: 6, max: 500_000, noNaN: true }),
      ({ instrument, move, at }, amount) => {
        const levels = [...levelsFor('buy', instrument, lastOf(instrument, move), now + at)]
        const quote = new Decimal(amount).toDecimalPlaces(2)
        const quantity = quantityFor(levels, quote, instrument.step)
        const takes = quantity.gt(0) ? walk(levels, 'buy', quantity, undefined) : []
        const spent = takes.reduce(
          (total, take) => total.plus(take.price.times(take.quantity)),
          new Decimal(0),
        )
        const dearest = (takes.at(-1) ?? levels[0])?.price.times(1.002) ?? new Decimal(0)
        expect(spent.lte(quote)).toBe(true)
        expect(quote.minus(spent).lt(dearest.times(instrument.step))).toBe(true)
      },
    ),
    { numRuns: 100 },
  )
})
