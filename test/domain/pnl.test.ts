import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Decimal } from '#src/domain/decimal.ts'
import { type BookedFill, tradeResult, unrealizedPnl } from '#src/domain/pnl.ts'

function fill(
  purpose: 'entry' | 'exit',
  price: string,
  quantity: string,
  fee: Partial<BookedFill> = {},
): BookedFill {
  return { purpose, price, quantity, fee: '0', feeCurrency: 'USDT', feePrice: '1', ...fee }
}

const long = { side: 'long', base: 'BTC', funding: '0' } as const

test('a position that never filled is worth nothing', () => {
  expect(tradeResult({ ...long, fills: [] })).toMatchObject({ netPnl: '0', profitRatio: 0 })
})

test('fees in quote and in another coin are taken off at their price', () => {
  const fills = [
    fill('entry', '100', '2', { fee: '0.2' }),
    fill('exit', '110', '2', { fee: '0.001', feeCurrency: 'BNB', feePrice: '600' }),
  ]
  expect(tradeResult({ ...long, fills })).toEqual({
    quantity: '2',
    entryPrice: '100',
    exitPrice: '110',
    grossPnl: '20',
    fees: '0.8',
    funding: '0',
    netPnl: '19.2',
    profitRatio: 0.096,
  })
})

test('a fee in the bought coin is paid once: by having less to sell', () => {
  const fills = [
    fill('entry', '100', '1', { fee: '0.001', feeCurrency: 'BTC', feePrice: '100' }),
    fill('exit', '110', '0.999', { fee: '0.10989' }),
  ]
  expect(tradeResult({ ...long, fills })).toMatchObject({
    netPnl: '9.78011',
    fees: '0.20989',
    grossPnl: '9.99',
  })
})

test('a short earns when the price falls, and funding is part of the result', () => {
  const fills = [
    fill('entry', '100', '1', { fee: '0.05' }),
    fill('exit', '90', '0.4'),
    fill('exit', '95', '0.6'),
  ]
  expect(tradeResult({ side: 'short', base: 'BTC', fills, funding: '-0.15' })).toMatchObject({
    entryPrice: '100',
    exitPrice: '93',
    grossPnl: '7',
    netPnl: '6.8',
    profitRatio: 0.068,
  })
})

test('open profit mirrors for shorts', () => {
  const position = { quantity: '0.5', entryPrice: 100, price: '110' }
  expect(unrealizedPnl({ side: 'long', ...position })).toBe('5')
  expect(unrealizedPnl({ side: 'short', ...position })).toBe('-5')
})

test('net is gross minus fees plus funding, and cutting a fill in two changes nothing', () => {
  const amount = fc.integer({ min: 1, max: 1_000_000 }).map((n) => new Decimal(n).div(1000).toString())
  const fills = fc.array(
    fc.record({
      purpose: fc.constantFrom('entry' as const, 'exit' as const),
      price: amount,
      quantity: amount,
      fee: amount,
      feeCurrency: fc.constantFrom('USDT', 'BTC', 'BNB'),
      feePrice: amount,
    }),
    { minLength: 1, maxLength: 8 },
  )
  fc.assert(
    fc.property(
      fills,
      fc.constantFrom('long' as const, 'short' as const),
      amount,
      (booked, side, funding) => {
        const trade = { side, base: 'BTC', funding }
        const result = tradeResult({ ...trade, fills: booked })
        const net = new Decimal(result.grossPnl).minus(result.fees).plus(result.funding)
        expect(net.toString()).toBe(result.netPnl)
        const halves = booked.flatMap((one) => {
          const half = {
            ...one,
            quantity: new Decimal(one.quantity).div(2).toString(),
            fee: new Decimal(one.fee).div(2).toString(),
          }
          return [half, half]
        })
        expect(tradeResult({ ...trade, fills: halves })).toEqual(result)
      },
    ),
  )
})
