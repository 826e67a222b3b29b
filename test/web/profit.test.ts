import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Decimal } from '#src/domain/decimal.ts'
import { type Books, profitOf } from '#src/web/api/profit.ts'

const books: Books = {
  side: 'long',
  entryPrice: '100',
  lastPrice: '110',
  open: '2',
  sold: '0',
  soldFor: '0',
  entryFees: '0.2',
  exitFees: '0',
}

test.each([
  {
    why: 'nothing has filled',
    given: { entryPrice: null, open: '0', lastPrice: null, entryFees: '0' },
    openPnl: null,
    realizedPnl: '0',
  },
  { why: 'no price is known yet', given: { lastPrice: null }, openPnl: null, realizedPnl: '0' },
  { why: 'a long rose', given: {}, openPnl: '19.8', realizedPnl: '0' },
  { why: 'a short rose', given: { side: 'short' as const }, openPnl: '-20.2', realizedPnl: '0' },
  {
    why: 'half was sold',
    given: { open: '1', sold: '1', soldFor: '105', exitFees: '0.105' },
    openPnl: '9.9',
    realizedPnl: '4.795',
  },
  {
    why: 'half of a short was bought back',
    given: { side: 'short' as const, open: '1', sold: '1', soldFor: '95' },
    openPnl: '-10.1',
    realizedPnl: '4.9',
  },
])('$why', ({ given, openPnl, realizedPnl }) => {
  expect(profitOf({ ...books, ...given })).toMatchObject({ openPnl, realizedPnl })
})

const amount = fc.integer({ min: 1, max: 1_000_000 }).map((units) => new Decimal(units).div(10_000).toFixed())

test('however much was sold at the last price, open and booked profit add up to the whole', () => {
  fc.assert(
    fc.property(
      amount,
      amount,
      amount,
      amount,
      amount,
      fc.constantFrom('long', 'short'),
      (entry, last, open, sold, fees, side) => {
        const soldFor = new Decimal(sold).times(last).toFixed()
        const common = { side, entryPrice: entry, lastPrice: last, entryFees: fees, exitFees: '0' } as const
        const split = profitOf({ ...common, open, sold, soldFor })
        const whole = profitOf({
          ...common,
          open: new Decimal(open).plus(sold).toFixed(),
          sold: '0',
          soldFor: '0',
        })
        const sum = new Decimal(split.openPnl ?? 0).plus(split.realizedPnl)
        // Each of the two is cut at eight decimals.
        expect(
          sum
            .minus(whole.openPnl ?? 0)
            .abs()
            .lte('0.00000002'),
        ).toBe(true)
      },
    ),
  )
})
