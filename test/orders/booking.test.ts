import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Fill } from '#db/fills.ts'
import { Decimal } from '#src/domain/decimal.ts'
import { bookFill, ledgerOf } from '#src/orders/booking.ts'

const amount = (max: number) =>
  fc.integer({ min: 1, max }).map((value) => new Decimal(value).div(10_000).toString())
const fills = fc.record({
  side: fc.constantFrom('buy', 'sell'),
  price: amount(1_000_000_000),
  quantity: amount(10_000_000),
  fee: amount(1_000),
  feeCurrency: fc.constantFrom('BTC', 'USDT', 'BNB'),
  isSpot: fc.boolean(),
  realizedPnl: fc.integer({ min: -1_000_000, max: 1_000_000 }).map(String),
})

type Made = typeof fills extends fc.Arbitrary<infer T> ? T : never

const fillOf = (made: Made): Fill => ({
  symbol: 'BTC/USDT',
  venueTradeId: '1',
  side: made.side as Fill['side'],
  price: made.price,
  quantity: made.quantity,
  cost: new Decimal(made.price).times(made.quantity).toString(),
  fee: made.fee,
  feeCurrency: made.feeCurrency,
  feePrice: '1',
  realizedPnl: made.isSpot ? null : made.realizedPnl,
  isMaker: false,
  filledAt: new Date(0),
})

test('whatever part of a fill is beyond its position, the ledger moves by the whole of it, exactly', () => {
  fc.assert(
    fc.property(fills, amount(20_000_000), (made, held) => {
      const fill = fillOf(made)
      const coins = { base: 'BTC', quote: 'USDT', isSpot: made.isSpot }
      const position = { side: 'long', quantityOpen: held, quantityEntered: held } as const
      const { excess } = bookFill(position, fill, coins)
      const moved = new Map<string, Decimal>()
      for (const { currency, amount: by } of ledgerOf(fill, coins, excess))
        moved.set(currency, (moved.get(currency) ?? new Decimal(0)).plus(by))
      const sign = fill.side === 'buy' ? 1 : -1
      const wanted = new Map([
        ['BTC', made.isSpot ? new Decimal(fill.quantity).times(sign) : new Decimal(0)],
        ['USDT', made.isSpot ? new Decimal(fill.cost).times(-sign) : new Decimal(made.realizedPnl)],
        ['BNB', new Decimal(0)],
      ])
      wanted.set(fill.feeCurrency, (wanted.get(fill.feeCurrency) ?? new Decimal(0)).minus(fill.fee))
      for (const [currency, by] of wanted)
        expect(`${currency} ${moved.get(currency) ?? 0}`).toBe(`${currency} ${by}`)
    }),
  )
})

test('a position never goes below nothing, and what it lacks is excess', () => {
  fc.assert(
    fc.property(fills, amount(20_000_000), fc.constantFrom('long', 'short'), (made, held, side) => {
      const fill = fillOf(made)
      const coins = { base: 'BTC', quote: 'USDT', isSpot: made.isSpot }
      const position = { side: side as 'long' | 'short', quantityOpen: held, quantityEntered: held }
      const booked = bookFill(position, fill, coins)
      expect(new Decimal(booked.quantityOpen).gte(0)).toBe(true)
      expect(new Decimal(booked.excess).gte(0)).toBe(true)
      const isEntry = (fill.side === 'buy') === (side === 'long')
      if (!isEntry)
        expect(
          new Decimal(held).minus(fill.quantity).eq(new Decimal(booked.quantityOpen).minus(booked.excess)),
        ).toBe(true)
    }),
  )
})

test.each([
  {
    isSpot: true,
    feeCurrency: 'BTC',
    open: '0.999',
    why: 'a fee in the bought coin is not there to be sold',
  },
  { isSpot: true, feeCurrency: 'USDT', open: '1', why: 'a fee in quote leaves the coins whole' },
  {
    isSpot: false,
    feeCurrency: 'BTC',
    open: '1',
    why: 'on futures a fee comes from the wallet, whatever its coin',
  },
])('$why', ({ isSpot, feeCurrency, open }) => {
  const fill = { side: 'buy', quantity: '1', fee: '0.001', feeCurrency } as const
  const position = { side: 'long', quantityOpen: '0', quantityEntered: '0' } as const
  const booked = bookFill(position, fill, { base: 'BTC', isSpot })
  expect(booked).toEqual({ quantityOpen: open, quantityEntered: '1', excess: '0' })
})
