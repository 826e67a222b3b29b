import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Decimal } from '#src/domain/decimal.ts'
import { decide } from '#src/domain/entries/decide.ts'
import type { AccountHistory, DecisionInput, Entry, Exposure } from '#src/domain/entries/decision.ts'
import { exitRulesFor } from '#src/domain/exits/exit-rules.ts'
import { closableQuantity } from '#src/domain/exits/venue-minimum.ts'
import { allowsShort, markets } from '#src/domain/market.ts'
import { brokenFilter } from '#src/domain/market-filters.ts'
import { resolveSettings } from '#src/domain/trading-settings.ts'
import { btcFilters, decisionInput, noon } from '../build.ts'

const base = decisionInput()
const { signal, history } = base
const pro = resolveSettings({ market: 'futures', user: { profile: 'pro' } })
const futures = { ...base.account, market: 'futures' as const }

const held: Exposure = {
  positionId: 'held',
  symbol: 'BTC/USDT',
  side: 'long',
  state: 'open',
  source: 'smart_entry',
  quantity: '0.01',
  notional: '1000',
  margin: '1000',
  risk: '20',
}

const past = (change: Partial<AccountHistory>): Partial<DecisionInput> => ({
  history: { ...history, ...change },
})
const entries = (count: number, agoMs: number) => Array.from({ length: count }, () => noon - agoMs)

test('a skipped signal names the rule that refused it, with a reason', () => {
  const stopped = {
    symbol: 'ETH/USDT',
    closedAtMs: noon - 3_600_000,
    closeReason: 'stop_loss',
    profitRatio: -0.02,
  }
  const cases: [string, Partial<DecisionInput>][] = [
    ['trusted_source', { signal: { ...signal, source: 'manual' } }],
    ['threshold', { signal: { ...signal, confidence: 0.2 } }],
    ['listed', { filters: undefined }],
    ['intent', { signal: { ...signal, action: 'HOLD' } }],
    ['intent', { signal: { ...signal, action: 'SELL' } }],
    ['intent', { signal: { ...signal, action: 'SELL' }, account: futures }],
    ['intent', { exposures: [held] }],
    ['intent', { signal: { ...signal, action: 'SELL' }, exposures: [{ ...held, state: 'closing' }] }],
    ['intent', { signal: { ...signal, action: 'SELL' }, exposures: [{ ...held, state: 'reserved' }] }],
    ['intent', { signal: { ...signal, action: 'SELL' }, exposures: [{ ...held, source: 'titan_v3' }] }],
    ['intent', past({ hasEnteredSignal: true })],
    ['symbols', { settings: resolveSettings({ market: 'spot', user: { symbols: ['ETH'] } }) }],
    ['symbols', { settings: pro, topBases: ['ETH'] }],
    [
      'market_safety',
      { settings: pro, safety: { isSafe: false, close: 1, emaFast: 1, emaMiddle: 2, emaSlow: 3, floor: 2 } },
    ],
    ['ml_filter', { settings: pro, mlProbability: 0.549 }],
    ['size', { account: { ...base.account, freeQuote: '0' } }],
    [
      'max_positions',
      {
        exposures: ['A', 'B', 'C', 'D', 'E'].map((name) => ({
          ...held,
          symbol: `${name}/USDT`,
          notional: '1',
          margin: '1',
        })),
      },
    ],
    ['daily_trade_limit', past({ entryTimesMs: entries(15, 2 * 3_600_000) })],
    ['hourly_trade_limit', past({ entryTimesMs: entries(5, 3_599_000) })],
    [
      'cooldown',
      { settings: pro, ...past({ trades: [{ ...stopped, symbol: 'BTC/USDT', closedAtMs: noon - 60_000 }] }) },
    ],
    ['stoploss_guard', { settings: pro, ...past({ trades: [stopped, stopped, stopped, stopped] }) }],
    [
      'max_drawdown',
      {
        settings: pro,
        ...past({
          equity: [
            { atMs: noon - 2, equity: 100 },
            { atMs: noon - 1, equity: 85 },
          ],
        }),
      },
    ],
    ['portfolio', { account: { ...base.account, freeQuote: '1010' } }],
    ['minimum', { filters: { ...btcFilters, minQuantity: '1' } }],
  ]
  for (const [rule, change] of cases) {
    const decision = decide(decisionInput(change))
    expect(decision, rule).toMatchObject({ outcome: 'skipped', action: 'none', rule })
    // A skip says what refused it, and nothing of what spoke for it before.
    expect(decision.reasons, rule).toEqual([expect.stringMatching(/\w/)])
    expect(decision.steps.at(-1)).toMatchObject({ name: rule, passed: false, reason: decision.reasons[0] })
  }
})

test('a signal closes what its own source opened, and titan_v3 closes anything', () => {
  const close = { outcome: 'taken', action: 'close', positionId: 'held' }
  expect(decide(decisionInput({ signal: { ...signal, action: 'SELL' }, exposures: [held] }))).toMatchObject(
    close,
  )
  const titan = { ...signal, source: 'titan_v3', action: 'SELL' as const }
  expect(decide(decisionInput({ signal: titan, exposures: [held] }))).toMatchObject(close)
  const short = { ...held, side: 'short' as const }
  expect(decide(decisionInput({ account: futures, exposures: [short] }))).toMatchObject(close)
})

test('a close asks for validation and nothing more', () => {
  const full = past({ entryTimesMs: entries(99, 1000) })
  const decision = decide(
    decisionInput({ ...full, signal: { ...signal, action: 'SELL' }, exposures: [held] }),
  )
  expect(decision.action).toBe('close')
  const weak = { ...signal, action: 'SELL' as const, confidence: 0.1 }
  expect(decide(decisionInput({ signal: weak, exposures: [held] }))).toMatchObject({ rule: 'threshold' })
})

test('a taken signal is a whole entry with its numbers', () => {
  const decision = decide(decisionInput())
  expect(decision).toMatchObject({
    outcome: 'taken',
    action: 'open',
    entry: {
      symbol: 'BTC/USDT',
      side: 'long',
      quantity: '0.01',
      entryPrice: 100_000,
      stopLoss: 98_000,
      takeProfit: 105_000,
      stopsFrom: 'atr',
      leverage: 1,
      notional: '1000',
      margin: '1000',
      risk: '20',
    },
  })
  expect(decision.steps.map((step) => step.name)).toEqual([
    'trusted_source',
    'signal_age',
    'pair_accuracy',
    'consensus',
    'threshold',
    'listed',
    'intent',
    'symbols',
    'market_safety',
    'ml_filter',
    'stops',
    'size',
    'max_positions',
    'daily_trade_limit',
    'hourly_trade_limit',
    'cooldown',
    'stoploss_guard',
    'max_drawdown',
    'low_profit_pairs',
    'portfolio',
    'minimum',
  ])
})

test('with allow_short a SELL opens a short on futures', () => {
  const settings = resolveSettings({ market: 'futures', user: { allow_short: true } })
  const decision = decide(
    decisionInput({ settings, account: futures, signal: { ...signal, action: 'SELL' } }),
  )
  expect(decision).toMatchObject({
    action: 'open',
    entry: { side: 'short', stopLoss: 102_000, takeProfit: 95_000 },
  })
})

test('fifteen dollars take a five-dollar order on futures, and on spot what can be sold again at the stop', () => {
  for (const [market, entry] of [
    ['futures', { quantity: '0.00005', notional: '5', stopLoss: 95_000, risk: '0.25' }],
    // 0.00006 reach 5 at 94,050; one step more pays the fee.
    ['spot', { quantity: '0.00007', notional: '7', stopLoss: 95_000, risk: '0.35' }],
  ] as const) {
    const account = { ...base.account, market, equity: '15', freeQuote: '15' }
    const settings = resolveSettings({ market, user: { profile: 'pro' } })
    const decision = decide(
      decisionInput({ account, settings, market: { ...base.market, atr: 2500, price: 100_000 } }),
    )
    expect(decision, JSON.stringify(decision.reasons)).toMatchObject({
      action: 'open',
      entry,
    })
  }
})

const arbitraryInput = fc
  .record({
    market: fc.constantFrom(...markets),
    profile: fc.constantFrom('ase' as const, 'pro' as const),
    riskTiers: fc.boolean(),
    riskLevel: fc.integer({ min: 1, max: 10 }),
    maxPosition: fc.integer({ min: 1, max: 5000 }),
    equity: fc.integer({ min: 5, max: 50_000 }),
    freeShare: fc.double({ min: 0.05, max: 1, noNaN: true }),
    price: fc.integer({ min: 1, max: 20_000_000 }).map((cents) => cents / 100),
    atrShare: fc.double({ min: 0, max: 0.1, noNaN: true }),
    confidence: fc.double({ min: 0.3, max: 1, noNaN: true }),
    action: fc.constantFrom('BUY' as const, 'SELL' as const, 'HOLD' as const),
    symbol: fc.constantFrom('BTC', 'DOGE', 'UNI', 'XRP'),
    open: fc.array(
      fc.tuple(
        fc.constantFrom('ETH', 'SOL', 'PEPE', 'BTC'),
        fc.double({ min: 0.001, max: 0.2, noNaN: true }),
      ),
      { maxLength: 5 },
    ),
    wins: fc.nat(40),
    losses: fc.nat(40),
  })
  .map((draw): DecisionInput => {
    const { market, profile, equity, price } = draw
    const quote = { ...btcFilters, symbol: `${draw.symbol}/USDT`, base: draw.symbol }
    const trade = (profitRatio: number) => ({
      symbol: 'ETH/USDT',
      closedAtMs: noon - 86_400_000,
      closeReason: 'time_exit',
      profitRatio,
    })
    return decisionInput({
      signal: { ...signal, symbol: quote.symbol, action: draw.action, confidence: draw.confidence },
      settings: resolveSettings({
        market,
        user: {
          profile,
          risk_tiers: draw.riskTiers,
          risk_level: draw.riskLevel,
          max_position: draw.maxPosition,
          symbols: 'all',
          allow_short: true,
        },
      }),
      account: {
        ...base.account,
        market,
        equity: String(equity),
        freeQuote: String(equity * draw.freeShare),
      },
      filters: { ...quote, ...(market === 'spot' ? {} : { maxLeverage: 20 }) },
      market: {
        symbol: quote.symbol,
        price,
        dailyVolatility: draw.atrShare,
        atr: price * draw.atrShare,
        regime: 'trending',
      },
      exposures: draw.open.map(([name, share], i) => ({
        ...held,
        positionId: String(i),
        symbol: `${name}/USDT`,
        notional: String(equity * share),
        margin: String(equity * share),
        risk: String((equity * share) / 50),
      })),
      history: {
        ...history,
        trades: [
          ...Array.from({ length: draw.wins }, () => trade(0.02)),
          ...Array.from({ length: draw.losses }, () => trade(-0.01)),
        ],
      },
    })
  })

test('the same input gives the same decision, and its record survives JSON', () => {
  fc.assert(
    fc.property(arbitraryInput, (input) => {
      const decision = decide(input)
      expect(decide(structuredClone(input))).toEqual(decision)
      expect(JSON.parse(JSON.stringify(decision))).toEqual(decision)
    }),
  )
})

test('every skip names one refused rule with a reason, and nothing is asked after it', () => {
  fc.assert(
    fc.property(arbitraryInput, (input) => {
      const decision = decide(input)
      const refused = decision.steps.filter((step) => !step.passed)
      expect(refused).toHaveLength(decision.outcome === 'taken' ? 0 : 1)
      if (decision.outcome === 'taken') return
      expect(decision.steps.at(-1)).toBe(refused[0])
      expect(refused[0]).toMatchObject({ name: decision.rule, reason: expect.stringMatching(/\w/) })
    }),
  )
})

test('an entry never exceeds a cap, the venue’s filters, or what is free', () => {
  const taken = { open: 0 }
  fc.assert(
    fc.property(arbitraryInput, (input) => {
      const decision = decide(input)
      if (decision.outcome !== 'taken' || decision.action !== 'open') return
      taken.open++
      checkEntry(input, decision.entry)
    }),
    { numRuns: 2000 },
  )
  expect(taken.open).toBeGreaterThan(100)
})

/** What is left of a purchase when the fee is taken in the bought coin. */
function afterFee(quantity: string): string {
  return new Decimal(quantity).times(0.999).toString()
}

function checkEntry(input: DecisionInput, entry: Entry): void {
  const { account, settings, filters, exposures, market } = input
  const equity = new Decimal(account.equity)
  const notional = new Decimal(entry.notional)
  const margin = notional.div(entry.leverage)
  const isRaised = settings.profile === 'pro' && notional.lt(6 + market.price * 0.00003)
  if (!isRaised) expect((settings.profile === 'ase' ? notional : margin).lte(equity.times(0.25))).toBe(true)
  if (settings.profile === 'ase') expect(notional.lte(settings.maxPosition)).toBe(true)
  if (account.market === 'spot') expect(entry.leverage).toBe(1)
  expect(entry.leverage).toBeLessThanOrEqual(settings.leverage)
  expect(margin.plus(notional.times(account.takerFee)).lte(new Decimal(account.freeQuote).plus('1e-9'))).toBe(
    true,
  )
  expect(new Decimal(account.freeQuote).minus(margin).gte(equity.times(0.1).minus('1e-9'))).toBe(true)
  if (filters !== undefined)
    expect(brokenFilter({ quantity: entry.quantity, price: entry.entryPrice }, filters)).toBeUndefined()
  if (filters !== undefined && account.market === 'spot' && entry.stopLoss !== null)
    expect(
      closableQuantity(afterFee(entry.quantity), entry.stopLoss, exitRulesFor(settings, filters, 'spot')),
    ).not.toBe('0')
  expect(exposures.length).toBeLessThan(settings.maxPositions)
  expect(entry.side === 'long' || allowsShort(account.market)).toBe(true)
  if (settings.riskTiers) {
    const heat = exposures.reduce((sum, exposure) => sum.plus(exposure.risk), new Decimal(entry.risk))
    expect(heat.lte(equity.times(0.12).plus('1e-9'))).toBe(true)
    expect(new Decimal(entry.risk).lte(equity.times(0.04).plus('1e-9'))).toBe(true)
  }
}
