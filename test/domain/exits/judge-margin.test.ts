import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type JudgedPosition, judgeMargin } from '#src/domain/exits/judge-margin.ts'
import { type MarginReading, marginsAt } from '#src/domain/exits/margin-reading.ts'

const btc: JudgedPosition = {
  positionId: 'btc',
  symbol: 'BTC',
  side: 'long',
  quantity: 0.2,
  entryPrice: 50_000,
  halvedMsAgo: null,
}
const eth: JudgedPosition = { ...btc, positionId: 'eth', symbol: 'ETH', quantity: 1, entryPrice: 2_000 }

/** 10,000 of BTC and 2,000 of ETH at 20×, on 600 of equity. */
const reading: MarginReading = {
  cross: { equity: 600, used: 600, stopOut: 48 },
  holdings: [
    {
      symbol: 'BTC',
      quantity: 0.2,
      price: 50_000,
      liquidationPrice: 47_000,
      used: 500,
      stopOut: 40,
      isolatedEquity: null,
    },
    {
      symbol: 'ETH',
      quantity: 1,
      price: 2_000,
      liquidationPrice: 1_000,
      used: 100,
      stopOut: 8,
      isolatedEquity: null,
    },
  ],
  books: { BTC: 0.2, ETH: 1 },
}
const at = (prices: Record<string, number>) => (symbol: string) => prices[symbol]

test('what says nothing asks for nothing', () => {
  const nothing = { ...reading, cross: { equity: 0, used: 0, stopOut: 0 }, holdings: [] }
  const broken = { ...reading, cross: { equity: Number.NaN, used: 600, stopOut: 48 } }
  for (const empty of [nothing, broken]) {
    const { buffer, warned, hints } = judgeMargin(empty, [btc], at({}))
    expect([buffer, warned, hints.size]).toEqual([null, [], 0])
  }
  expect(judgeMargin(reading, [], at({ BTC: 1 }))).toMatchObject({ buffer: null, warned: [] })
})

test('a cross account: the position with the larger loss is halved, and at the end everything is closed', () => {
  const judged = (price: number, positions = [btc, eth]) =>
    judgeMargin(reading, positions, at({ BTC: price, ETH: 2_000 }))
  expect(judged(50_000).buffer).toBe(1)
  expect(judged(47_700)).toMatchObject({ warned: [] })
  expect(judged(47_600).warned).toEqual(['btc', 'eth'])
  expect([...judged(47_600).hints]).toEqual([['btc', 'halve']])
  expect([...judged(47_600, [{ ...btc, halvedMsAgo: 14 * 60_000 }, eth]).hints]).toEqual([])
  expect([...judged(47_600, [{ ...btc, halvedMsAgo: 15 * 60_000 }, eth]).hints]).toEqual([['btc', 'halve']])
  // What one was halved for rests the others too: they share the margin.
  expect([...judged(47_600, [btc, { ...eth, halvedMsAgo: 1 }]).hints]).toEqual([])
  expect([...judged(47_300).hints]).toEqual([
    ['btc', 'close'],
    ['eth', 'close'],
  ])
})

test('an isolated position is judged alone', () => {
  const [first, second] = reading.holdings
  if (!first || !second) throw new Error('there are two')
  const apart = { ...reading, holdings: [first, { ...second, isolatedEquity: 100 }] }
  const judged = judgeMargin(apart, [btc, eth], at({ BTC: 50_000, ETH: 1_908 }))
  expect([...judged.hints]).toEqual([['eth', 'close']])
  expect(judged.warned).toEqual(['eth'])
  expect([...judgeMargin(apart, [btc, eth], at({ BTC: 47_300, ETH: 2_000 })).hints]).toEqual([
    ['btc', 'close'],
  ])
})

test('what the books have closed since the reading uses no margin any more', () => {
  const halved = [{ ...btc, quantity: 0.1, halvedMsAgo: 1_000 }, eth]
  const { cross } = marginsAt(reading, {
    priceOf: at({ BTC: 47_500 }),
    heldOf: (symbol) => (symbol === 'BTC' ? 0.1 : 1),
  })
  expect(cross.equity).toBeCloseTo(100, 9)
  expect(cross.used).toBeCloseTo(100 + 250 * 0.95, 9)
  expect(cross.stopOut).toBeCloseTo(8 + 20 * 0.95, 9)
  expect(judgeMargin(reading, halved, at({ BTC: 47_300 })).hints.size).toBe(0)
})

test('at the prices it was read at a reading is what it was, and a loss never widens the buffer', () => {
  const price = fc.integer({ min: 40_000, max: 60_000 })
  const now = (btcPrice: number) => ({
    priceOf: at({ BTC: btcPrice, ETH: 2_000 }),
    heldOf: (s: string) => reading.books[s] ?? 0,
  })
  expect(marginsAt(reading, now(50_000)).cross).toEqual(reading.cross)
  fc.assert(
    fc.property(price, price, (one, other) => {
      const [low, high] = [Math.min(one, other), Math.max(one, other)]
      const [below, above] = [marginsAt(reading, now(low)).cross, marginsAt(reading, now(high)).cross]
      expect(below.equity).toBeLessThanOrEqual(above.equity)
      const buffer = (of: number) => judgeMargin(reading, [btc, eth], at({ BTC: of, ETH: 2_000 })).buffer ?? 0
      expect(buffer(low)).toBeLessThanOrEqual(buffer(high) + 1e-12)
    }),
  )
})
