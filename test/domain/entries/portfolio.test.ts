import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Decimal } from '#src/domain/decimal.ts'
import { correlationOf } from '#src/domain/entries/correlation.ts'
import type { Exposure } from '#src/domain/entries/decision.ts'
import { analyzePortfolio, type PortfolioQuestion } from '#src/domain/entries/portfolio.ts'
import { resolveSettings } from '#src/domain/trading-settings.ts'

const { portfolio: limits } = resolveSettings({ market: 'spot' })

function held(symbol: string, notional: number, change: Partial<Exposure> = {}): Exposure {
  return {
    positionId: symbol,
    symbol,
    side: 'long',
    state: 'open',
    source: 'smart_entry',
    quantity: '1',
    notional: String(notional),
    margin: String(notional),
    risk: '0',
    ...change,
  }
}

function asks(symbol: string, notional: number, change: Partial<PortfolioQuestion> = {}): PortfolioQuestion {
  return {
    symbol,
    side: 'long',
    notional: new Decimal(notional),
    margin: new Decimal(notional),
    isRaised: false,
    equity: new Decimal(1000),
    freeQuote: new Decimal(1000),
    exposures: [],
    correlations: {},
    limits,
    ...change,
  }
}

test('each limit of the table leaves the room it should', () => {
  const cases: [string, PortfolioQuestion, number, string | null][] = [
    ['25 % in one asset', asks('BTC/USDT', 500), 0.5, 'asset_limit'],
    [
      'what the asset holds elsewhere counts',
      asks('BTC/USDT', 250, { exposures: [held('BTC/USDC', 150)] }),
      0.4,
      'asset_limit',
    ],
    ['10 % in meme', asks('DOGE/USDT', 125), 0.8, 'meme_limit'],
    [
      '50 % in DeFi',
      asks('UNI/USDT', 200, { exposures: [held('AAVE/USDT', 250), held('LINK/USDT', 150)] }),
      0.5,
      'defi_limit',
    ],
    [
      '40 % in any other',
      asks('XRP/USDT', 200, { exposures: [held('LTC/USDT', 200), held('BCH/USDT', 100)] }),
      0.5,
      'payment_limit',
    ],
    [
      'what nobody knows is one category',
      asks('AAAA/USDT', 200, { exposures: [held('BBBB/USDT', 200), held('CCCC/USDT', 100)] }),
      0.5,
      'other_limit',
    ],
    [
      '400 % of notional in L1',
      asks('BTC/USDT:USDT', 1000, {
        margin: new Decimal(100),
        exposures: [held('ETH/USDT:USDT', 3500, { margin: '350' })],
      }),
      0.5,
      'l1_limit',
    ],
    ['10 % stay free', asks('BTC/USDT', 200, { freeQuote: new Decimal(200) }), 0.5, 'stable_reserve'],
    [
      'reserved entries count',
      asks('DOGE/USDT', 50, { exposures: [held('PEPE/USDT', 70, { state: 'reserved' })] }),
      0.6,
      'meme_limit',
    ],
    ['room for everything', asks('BTC/USDT', 250), 1, null],
  ]
  for (const [name, question, multiplier, narrowest] of cases) {
    const answer = analyzePortfolio(question)
    expect(answer.sizeMultiplier, name).toBeCloseTo(multiplier, 9)
    expect(answer.numbers.narrowest, name).toBe(narrowest)
    expect(answer.execute, name).toBe(true)
  }
})

test('under and at each limit everything fits, and over it only what is left', () => {
  const perpetual = { margin: new Decimal(1), exposures: [held('ETH/USDT:USDT', 3_500, { margin: '1' })] }
  const elsewhere = (symbol: string, notional: number) => ({ exposures: [held(symbol, notional)] })
  const cases: [string, (asked: number) => PortfolioQuestion, number][] = [
    ['asset_limit', (asked) => asks('BTC/USDT', asked), 250],
    ['meme_limit', (asked) => asks('DOGE/USDT', asked), 100],
    ['defi_limit', (asked) => asks('UNI/USDT', asked, elsewhere('AAVE/USDT', 300)), 200],
    ['payment_limit', (asked) => asks('XRP/USDT', asked, elsewhere('LTC/USDT', 300)), 100],
    ['other_limit', (asked) => asks('AAAA/USDT', asked, elsewhere('BBBB/USDT', 300)), 100],
    ['l1_limit', (asked) => asks('BTC/USDT:USDT', asked, perpetual), 500],
    ['stable_reserve', (asked) => asks('BTC/USDT', asked, { freeQuote: new Decimal(300) }), 200],
  ]
  for (const [name, ask, most] of cases) {
    for (const asked of [most - 1, most])
      expect(analyzePortfolio(ask(asked)), `${name} ${asked}`).toMatchObject({
        narrowest: null,
        sizeMultiplier: 1,
      })
    const over = analyzePortfolio(ask(most + 1))
    expect(over, name).toMatchObject({ narrowest: name, execute: true })
    expect(over.sizeMultiplier, name).toBeCloseTo(most / (most + 1), 6)
    expect(over.numbers[name], name).toBe(over.sizeMultiplier)
  }
})

test('the warning of a heavy asset is given from 70 % of the exposure on', () => {
  const share = (of: number) =>
    analyzePortfolio(
      asks('BTC/USDT', of, {
        equity: new Decimal(1_000_000),
        freeQuote: new Decimal(1_000_000),
        exposures: [held('ETH/USDT', 100 - of)],
      }),
    ).reasons.join()
  expect(share(69)).not.toContain('largest')
  expect(share(70)).toBe('the largest asset is 70 % of the exposure')
  expect(share(30)).toBe('the largest asset is 70 % of the exposure')
})

test('less than a quarter of the size is not worth an order', () => {
  const answer = analyzePortfolio(asks('DOGE/USDT', 401))
  expect(answer).toMatchObject({ execute: false })
  expect(answer.reasons[0]).toContain('meme_limit')
  expect(analyzePortfolio(asks('DOGE/USDT', 400)).execute).toBe(true)
})

test('a size raised to the minimum is free of the single-asset limit and of nothing else', () => {
  const small = { equity: new Decimal(15), freeQuote: new Decimal(15), isRaised: true }
  expect(analyzePortfolio(asks('BTC/USDT', 5, small)).sizeMultiplier).toBe(1)
  expect(analyzePortfolio(asks('DOGE/USDT', 5, small)).sizeMultiplier).toBeCloseTo(0.3, 9)
})

test('alike positions halve the size, two nearly the same refuse it', () => {
  const exposures = [held('ETH/USDT', 10), held('SOL/USDT', 10)]
  const ask = (eth: number, sol: number) =>
    analyzePortfolio(asks('BTC/USDT', 100, { exposures, correlations: { 'ETH/USDT': eth, 'SOL/USDT': sol } }))
  expect(ask(0.8, 0.8).sizeMultiplier).toBe(1)
  expect(ask(0.9, 0.75).sizeMultiplier).toBe(0.5)
  expect(ask(0.95, 0.9).sizeMultiplier).toBe(0.5)
  expect(ask(0.95, 0.91)).toMatchObject({ execute: false, sizeMultiplier: 0 })
})

test('a hedge is not alike', () => {
  const exposures = [
    held('ETH/USDT:USDT', 10, { side: 'short' }),
    held('SOL/USDT:USDT', 10, { side: 'short' }),
  ]
  const correlations = { 'ETH/USDT:USDT': 0.95, 'SOL/USDT:USDT': 0.95 }
  expect(analyzePortfolio(asks('BTC/USDT:USDT', 100, { exposures, correlations })).sizeMultiplier).toBe(1)
})

test('limits that are off are not asked', () => {
  const off = { ...limits, asset: null, meme: null, stableReserve: null, correlation: false }
  const exposures = [held('SHIB/USDT', 500), held('PEPE/USDT', 500)]
  const correlations = { 'SHIB/USDT': 1, 'PEPE/USDT': 1 }
  expect(
    analyzePortfolio(asks('DOGE/USDT', 900, { limits: off, exposures, correlations })).sizeMultiplier,
  ).toBe(1)
})

test('diversification is one minus the Herfindahl index, and one heavy asset is warned of', () => {
  const four = ['BTC', 'ETH', 'SOL'].map((base) => held(`${base}/USDT`, 100))
  expect(analyzePortfolio(asks('ADA/USDT', 100, { exposures: four })).numbers.diversification).toBeCloseTo(
    0.75,
    9,
  )
  const heavy = analyzePortfolio(asks('ADA/USDT', 100, { exposures: [held('BTC/USDT', 250)] }))
  expect(heavy.reasons.join()).toContain('the largest asset is')
})

test('what is taken never exceeds a limit', () => {
  const money = fc.integer({ min: 1, max: 100_000 })
  const symbol = fc.constantFrom('BTC/USDT', 'DOGE/USDT', 'UNI/USDT', 'XRP/USDT', 'PEPE/USDT')
  fc.assert(
    fc.property(
      symbol,
      money,
      money,
      fc.array(fc.tuple(symbol, money), { maxLength: 4 }),
      (base, asked, equity, open) => {
        const exposures = open.map(([name, notional]) => held(name, notional))
        const question = asks(base, asked, {
          equity: new Decimal(equity),
          freeQuote: new Decimal(equity),
          exposures,
        })
        const taken = question.margin.times(analyzePortfolio(question).sizeMultiplier)
        const same = exposures.filter((exposure) => exposure.symbol === base)
        const inAsset = same.reduce((sum, exposure) => sum.plus(exposure.margin), taken)
        expect(taken.isZero() || inAsset.lte(question.equity.times(0.25))).toBe(true)
        expect(taken.isZero() || question.freeQuote.minus(taken).gte(question.equity.times(0.1))).toBe(true)
      },
    ),
  )
})

test('correlation: a list with itself is 1, with its mirror −1, and short history says nothing', () => {
  const closes = Array.from({ length: 200 }, (_, i) => 100 * Math.exp(Math.sin(i) / 50))
  const mirror = closes.map((close) => 10_000 / close)
  expect(
    correlationOf(
      closes,
      closes.map((close) => 7 * close),
    ),
  ).toBeCloseTo(1, 9)
  expect(correlationOf(closes, mirror)).toBeCloseTo(-1, 9)
  expect(correlationOf(closes.slice(0, 168), closes)).toBeUndefined()
  expect(correlationOf(closes.slice(0, 169), closes)).toBeDefined()
  expect(
    correlationOf(
      closes.map(() => 1),
      closes,
    ),
  ).toBeUndefined()
})
