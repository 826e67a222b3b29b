import fc from 'fast-check'
import { expect, test } from 'vitest'
import { resultsOf } from '#src/domain/alerts/results.ts'
import { bufferRatio, withdrawable } from '#src/domain/alerts/withdrawable.ts'
import { Decimal, sum } from '#src/domain/decimal.ts'

const cents = (min: number, max: number) =>
  fc.integer({ min, max }).map((value) => new Decimal(value).div(100).toString())

test.each([
  ['a profit with room', { profit: '100', free: '1000', equity: '1000' }, '100'],
  ['more profit than room', { profit: '900', free: '500', equity: '1000' }, '411.76470588'],
  ['a loss', { profit: '-5', free: '1000', equity: '1000' }, '0'],
  ['nothing free', { profit: '100', free: '100', equity: '1000' }, '0'],
])('%s', (_, given, expected) => {
  expect(withdrawable(given)).toBe(expected)
})

test('what is withdrawn is no more than the profit and leaves the buffer free, and a cent more would not', () => {
  const accounts = fc
    .tuple(cents(-100_000, 100_000), cents(0, 1_000_000), cents(0, 1_000_000))
    .map(([profit, free, bound]) => ({ profit, free, equity: sum([free, bound]) }))
  fc.assert(
    fc.property(accounts, (account) => {
      const out = new Decimal(withdrawable(account))
      expect(out.gte(0)).toBe(true)
      const keeps = (taken: Decimal) =>
        new Decimal(account.free)
          .minus(taken)
          .gte(new Decimal(account.equity).minus(taken).times(bufferRatio))
      if (out.gt(0)) {
        expect(keeps(out)).toBe(true)
        expect(out.lte(account.profit)).toBe(true)
      }
      const more = out.plus('0.01')
      expect(keeps(more) && more.lte(account.profit)).toBe(false)
    }),
  )
})

test('results are those of all trades, per quote, and the rate is of them', () => {
  const trades = fc.array(
    fc.record({
      quote: fc.constantFrom('USDT', 'USD', 'EUR'),
      pnl: cents(-100_000, 100_000),
      fees: cents(0, 1_000),
    }),
  )
  fc.assert(
    fc.property(trades, (given) => {
      const results = resultsOf(given)
      expect(results.map(({ quote }) => quote)).toEqual(
        [...new Set(given.map(({ quote }) => quote))].toSorted(),
      )
      for (const result of results) {
        const own = given.filter(({ quote }) => quote === result.quote)
        expect(result.trades).toBe(own.length)
        expect(result.pnl).toBe(sum(own.map(({ pnl }) => pnl)))
        expect(result.fees).toBe(sum(own.map(({ fees }) => fees)))
        expect(result.winRate).toBe(own.filter(({ pnl }) => Number(pnl) > 0).length / own.length)
      }
    }),
  )
})
