import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Holding } from '#db/holdings.ts'
import { type Books, exposuresOf, reservedByHand, worthOf } from '#src/trading/worth.ts'

const prices: Record<string, number> = { BTC: 50_000, BNB: 500 }
const priceOf = (base: string) => prices[base]

function holding(change: Partial<Holding> = {}): Holding {
  return {
    positionId: 'p',
    symbol: 'BTC/USDT',
    side: 'long',
    state: 'open',
    source: 'smart_entry',
    quantity: '0.1',
    entryPrice: 48_000,
    stopLoss: 47_000,
    leverage: 1,
    reserved: null,
    ...change,
  }
}

const reserved = { notional: '1000', margin: '100', risk: '20' }

describe('what an account is worth', () => {
  test.each<[string, Partial<Books>, object]>([
    [
      'spot: every currency at its price, and an unquoted one counts nothing',
      {
        balances: new Map([
          ['USDT', '100'],
          ['BTC', '0.1'],
          ['BNB', '1'],
          ['OLD', '7'],
        ]),
        holdings: [holding()],
      },
      { equity: '5600', freeQuote: '100', exposure: '5000', openPnl: '200' },
    ],
    [
      'spot: a reserved entry is not free any more',
      {
        balances: new Map([['USDT', '1500']]),
        holdings: [holding({ state: 'reserved', quantity: '0', entryPrice: null, reserved })],
      },
      { equity: '1500', freeQuote: '500', exposure: '0', openPnl: '0' },
    ],
    [
      'futures: collateral plus open profit, less margin in use and reserved',
      {
        market: 'futures',
        balances: new Map([['USDT', '1000']]),
        holdings: [
          holding({ symbol: 'BTC/USDT:USDT', leverage: 10 }),
          holding({ symbol: 'BNB/USDT:USDT', state: 'reserved', quantity: '0', entryPrice: null, reserved }),
        ],
      },
      { equity: '1200', freeQuote: '600', exposure: '5000', openPnl: '200' },
    ],
    [
      'futures: a short loses when the price rises',
      {
        market: 'futures',
        balances: new Map([['USDT', '1000']]),
        holdings: [holding({ symbol: 'BTC/USDT:USDT', side: 'short', leverage: 10 })],
      },
      { equity: '800', freeQuote: '300', exposure: '5000', openPnl: '-200' },
    ],
    [
      'free quote is never negative',
      {
        balances: new Map([['USDT', '10']]),
        holdings: [holding({ state: 'reserved', quantity: '0', entryPrice: null, reserved })],
      },
      { freeQuote: '0' },
    ],
  ])('%s', (_, books, worth) => {
    expect(
      worthOf({ market: 'spot', quote: 'USDT', balances: new Map(), holdings: [], priceOf, ...books }),
    ).toMatchObject(worth)
  })

  test('on futures equity less collateral is the open profit, whatever is held', () => {
    const amount = fc.double({ min: 0.001, max: 1000, noNaN: true }).map(String)
    const one = fc.record({
      quantity: amount,
      entryPrice: fc.double({ min: 1, max: 1e6, noNaN: true }),
      side: fc.constantFrom('long' as const, 'short' as const),
    })
    fc.assert(
      fc.property(fc.array(one, { maxLength: 6 }), amount, (held, cash) => {
        const holdings = held.map((change) => holding({ ...change, leverage: 5 }))
        const worth = worthOf({
          market: 'futures',
          quote: 'USDT',
          balances: new Map([['USDT', cash]]),
          holdings,
          priceOf,
        })
        expect(Number(worth.equity) - Number(cash)).toBeCloseTo(Number(worth.openPnl), 3)
      }),
    )
  })
})

test('what the user’s own orders reserve on spot is not free, and what has filled of them reserves nothing', () => {
  const order = { symbol: 'BTC/USDT', side: 'buy', quantity: '2', filled: '0.5', price: '100' } as const
  const others = [
    { ...order, side: 'sell' as const },
    { ...order, price: null },
  ]
  const reserved = reservedByHand('spot', { orders: [order, ...others] })
  expect(reserved).toBe('150')
  expect(reservedByHand('futures', { orders: [order] })).toBe('0')
  const books = { market: 'spot', quote: 'USDT', holdings: [], priceOf: () => undefined } as const
  const balances = new Map([['USDT', '1000']])
  expect(worthOf({ ...books, balances, reservedByHand: reserved })).toMatchObject({
    equity: '1000',
    freeQuote: '850',
  })
})

test('an exposure counts what is filled and what its entry still reserves', () => {
  const [exposure] = exposuresOf({
    market: 'futures',
    priceOf,
    holdings: [holding({ leverage: 10, reserved })],
  })
  expect(exposure).toMatchObject({ notional: '6000', margin: '600', risk: '120' })
})

test('a position without a stop risks all of it', () => {
  const [exposure] = exposuresOf({ market: 'spot', priceOf, holdings: [holding({ stopLoss: null })] })
  expect(exposure?.risk).toBe('5000')
})
