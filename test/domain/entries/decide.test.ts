import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decide } from '#src/domain/entries/decide.ts'
import type { AccountHistory, DecisionInput, Exposure } from '#src/domain/entries/decision.ts'
import { resolveSettings } from '#src/domain/trading-settings.ts'
import { btcFilters, decisionInput, noon } from '../build.ts'
import { arbitraryInput } from './arbitrary-input.ts'

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
    ['ml_filter', { settings: pro, mlRefusal: 'it was made without confidence' }],
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

test('the same input gives the same decision, and its record survives JSON', () => {
  fc.assert(
    fc.property(arbitraryInput, (input) => {
      // Frozen through and through: a rule that writes to what it reads throws.
      const decision = decide(frozen(input))
      expect(decide(structuredClone(input))).toEqual(decision)
      expect(JSON.parse(JSON.stringify(decision))).toEqual(decision)
    }),
  )
}, 60_000)

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
}, 60_000)

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const part of Object.values(value)) frozen(part)
  }
  return value
}
