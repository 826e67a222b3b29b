import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compare, departed } from '#src/orders/reconcile/compare.ts'
import { intervalOf, reconcileEveryMs } from '#src/orders/reconcile/interval.ts'

test('all accounts together stay within a fifth of the venue’s weight, and none is asked more than once a minute', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5_000 }), fc.constantFrom(2_400, 6_000), (accounts, weight) => {
      const everyMs = reconcileEveryMs(accounts, weight)
      expect(everyMs).toBeGreaterThanOrEqual(60_000)
      expect((accounts * 260 * 60_000) / everyMs).toBeLessThanOrEqual(weight / 5 + 260)
    }),
  )
  expect(reconcileEveryMs(1, 6_000)).toBe(60_000)
  expect(reconcileEveryMs(33, 6_000)).toBe(480_000)
})

test('accounts of other venues, markets and modes do not count', () => {
  const spot = { id: 'a', exchange: 'binance', market: 'spot', mode: 'live' } as const
  const others = [
    { ...spot, market: 'futures' as const },
    { ...spot, mode: 'paper' as const },
  ]
  const all = [spot, ...Array(50).fill(others[0]), ...Array(50).fill(others[1])]
  expect(intervalOf(spot, all, new Set())).toBe(60_000)
})

test('an account of which everything is heard is compared less often, and all together keep to their part of the weight', () => {
  const accountOf = (_: unknown, at: number) =>
    ({ id: String(at), exchange: 'binance', market: 'spot', mode: 'live' }) as const
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 400 }),
      fc.float({ min: 0, max: 1, noNaN: true }),
      (count, part) => {
        const all = Array.from({ length: count }, accountOf)
        const heard = new Set(all.slice(0, Math.floor(count * part)).map(({ id }) => id))
        let weightPerMinute = 0
        for (const account of all) {
          const everyMs = intervalOf(account, all, heard)
          expect(everyMs).toBeGreaterThanOrEqual(heard.has(account.id) ? 300_000 : 60_000)
          weightPerMinute += (260 * 60_000) / everyMs
        }
        expect(weightPerMinute).toBeLessThanOrEqual(6_000 / 5 + 2 * 260)
      },
    ),
    { numRuns: 50 },
  )
})

test('what is missing and what is the user’s own add up, whatever is held on which side', () => {
  const amount = fc.integer({ min: 0, max: 1_000 })
  fc.assert(
    fc.property(
      amount,
      fc.constantFrom('long', 'short'),
      fc.integer({ min: -2_000, max: 2_000 }),
      (open, side, held) => {
        const rules = { stepSize: '1' } as never
        const { missing, surplus } = compare(
          'X/USDT',
          [{ side, quantityOpen: String(open), rules }],
          String(held),
        )
        const sign = side === 'long' ? 1 : -1
        expect(sign * (open - Number(missing)) + Number(surplus)).toBe(held)
        expect(Number(missing)).toBeGreaterThanOrEqual(0)
        expect(Number(missing)).toBeLessThanOrEqual(open)
      },
    ),
  )
})

test('executions explain at most what is missing, the newest first', () => {
  const fill = (venueTradeId: string, side: 'buy' | 'sell', quantity: string, filledAtMs: number) =>
    ({ venueTradeId, side, quantity, filledAtMs }) as never
  const fills = [fill('1', 'sell', '5', 1), fill('2', 'buy', '9', 2), fill('3', 'sell', '2', 3)]
  expect(departed(fills, 'long', '3').map(({ quantity }) => quantity)).toEqual(['1', '2'])
  expect(departed(fills, 'long', '20').map(({ quantity }) => quantity)).toEqual(['5', '2'])
  expect(departed(fills, 'short', '4')).toMatchObject([{ quantity: '4' }])
})
