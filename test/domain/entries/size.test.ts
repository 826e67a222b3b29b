import { expect, test } from 'vitest'
import { basisOf, type SizeQuestion } from '#src/domain/entries/size.ts'
import { sizeAse } from '#src/domain/entries/size-ase.ts'
import { sizePro } from '#src/domain/entries/size-pro.ts'
import { resolveSettings } from '#src/domain/trading-settings.ts'
import { btcFilters, decisionInput, noon } from '../build.ts'

const base = decisionInput()

function ase(change: Partial<SizeQuestion> = {}): SizeQuestion {
  return {
    settings: resolveSettings({ market: 'spot', user: { max_position: 1_000_000 } }),
    account: base.account,
    exposures: [],
    trades: [],
    filters: btcFilters,
    entryPrice: 100,
    stopLoss: 90,
    score: 0.5,
    dailyVolatility: 0.01,
    marketNowMs: noon,
    ...change,
  }
}

function pro(equity: string, change: Partial<SizeQuestion> = {}): SizeQuestion {
  return ase({
    settings: resolveSettings({ market: 'futures', user: { profile: 'pro' } }),
    account: { ...base.account, market: 'futures', equity, freeQuote: equity, takerFee: 0.0005 },
    stopLoss: 95,
    score: 1,
    ...change,
  })
}

const aseSize = (question: SizeQuestion) => sizeAse(question, basisOf(question)).size.notional.toNumber()
const proSize = (question: SizeQuestion) => sizePro(question, basisOf(question))

function trades(count: number, profitRatio: (i: number) => number) {
  return Array.from({ length: count }, (_, i) => ({
    symbol: 'ETH/USDT',
    closedAtMs: noon - i * 3_600_000,
    closeReason: 'time_exit',
    profitRatio: profitRatio(i),
  }))
}

test('trades without an edge refuse, with the date on which they are forgotten', () => {
  const losing = trades(25, () => -0.01)
  for (const { verdict } of [
    sizeAse(ase({ trades: losing }), basisOf(ase({ trades: losing }))),
    proSize(pro('1000', { trades: losing })),
  ]) {
    expect(verdict.passed).toBe(false)
    expect(verdict.reason).toContain('2025-07-10 16:00 UTC')
  }
})

test('ase: risk over stop distance, by volatility and confidence', () => {
  const cases: [Partial<SizeQuestion>, number][] = [
    [{}, 1200],
    [{ dailyVolatility: 0.02 }, 800],
    [{ dailyVolatility: null }, 800],
    [{ score: 1 }, 2400],
    [{ stopLoss: null, score: 1 }, 240],
  ]
  for (const [change, expected] of cases) expect(aseSize(ase(change))).toBeCloseTo(expected, 6)
})

test('ase: max_position, a quarter of the balance and free quote cap the size', () => {
  const account = base.account
  expect(aseSize(ase({ settings: resolveSettings({ market: 'spot' }) }))).toBe(1000)
  expect(aseSize(ase({ score: 1, stopLoss: 98 }))).toBe(2500)
  expect(aseSize(ase({ score: 1, stopLoss: 98, account: { ...account, freeQuote: '1001' } }))).toBe(1000)
})

test('ase: leverage lets free margin reach further and never multiplies the size', () => {
  const futures = { ...base.account, market: 'futures' as const }
  expect(aseSize(ase({ account: futures }))).toBeCloseTo(1200, 6)
  expect(aseSize(ase({ account: { ...futures, freeQuote: '101', takerFee: 0.001 } }))).toBeCloseTo(1000, 6)
})

test('ase: half-Kelly replaces risk over stop once there are more than twenty trades', () => {
  // Eleven wins of 2 % and ten losses of 1 %: f* = (11/21 − 10/21 · 0.5) = 0.2857, clamped to 0.25.
  const question = ase({
    trades: trades(21, (i) => (i < 11 ? 0.02 : -0.01)),
    score: 0.8,
    dailyVolatility: 0.25,
  })
  expect(aseSize(question)).toBeCloseTo((10_000 * 0.25 * 0.5 * 0.8) / 1.25, 6)
})

test('pro: margin is risk of equity, notional is margin times the least leverage', () => {
  const size = proSize(pro('1000'))
  expect(size.size.notional.toNumber()).toBeCloseTo(1000 * 0.025 * 3, 9)
  expect(size.verdict.numbers).toMatchObject({ risk: 0.025, leverage: 3 })
  const venue = { ...btcFilters, maxLeverage: 2 }
  expect(proSize(pro('1000', { filters: venue })).size.notional.toNumber()).toBeCloseTo(50, 9)
  const timid = resolveSettings({ market: 'futures', user: { profile: 'pro', leverage: 1 } })
  expect(proSize(pro('1000', { settings: timid })).size.notional.toNumber()).toBeCloseTo(25, 9)
})

test('pro: half-Kelly is a ceiling on margin', () => {
  // p = 0.5, W = 0.0101, L = 0.01: f* ≈ 0.00495.
  const thin = trades(30, (i) => (i % 2 === 0 ? 0.0101 : -0.01))
  const { size, verdict } = proSize(pro('10000', { trades: thin }))
  expect(verdict.numbers.cappedBy).toBe('half_kelly')
  expect(size.notional.toNumber()).toBeCloseTo(10_000 * (0.0001 / 0.0101 / 2 / 2) * 3, 6)
})

test('pro: open heat leaves only its rest', () => {
  const exposure = {
    positionId: 'p',
    symbol: 'ETH/USDT',
    side: 'long' as const,
    state: 'open' as const,
    source: 'smart_entry',
    quantity: '1',
    notional: '1000',
    margin: '300',
    risk: '118',
  }
  const { size, verdict } = proSize(pro('1000', { exposures: [exposure] }))
  expect(verdict.numbers.cappedBy).toBe('portfolio_heat')
  expect(size.notional.toNumber()).toBeCloseTo(40, 9)
})

test('fifteen dollars take a five-dollar order with a stop of 5 %', () => {
  const { size, verdict } = proSize(pro('15', { score: 0.4 }))
  expect(verdict.passed).toBe(true)
  expect(size).toMatchObject({ isRaised: true })
  expect(size.notional.toNumber()).toBe(5)
  expect(verdict.reason).toContain('1.67 %')
})

test('a size is not raised beyond the tier’s risk, its heat, or free margin', () => {
  const heated = {
    positionId: 'p',
    symbol: 'ETH/USDT',
    side: 'long',
    state: 'open',
    source: 's',
    quantity: '1',
    notional: '20',
    margin: '10',
    risk: '1.4',
  } as const
  const cases: [SizeQuestion, string][] = [
    [pro('8', { score: 0.1 }), 'at the stop'],
    [pro('15', { score: 0.1, exposures: [heated] }), 'portfolio heat'],
    [pro('15', { score: 0.1, account: { ...pro('15').account, freeQuote: '2' } }), 'free margin'],
  ]
  for (const [question, reason] of cases) {
    const { verdict } = proSize(question)
    expect(verdict.passed).toBe(false)
    expect(verdict.reason).toContain(reason)
  }
})
