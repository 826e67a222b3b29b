import { expect, test } from 'vitest'
import { profileSettings } from '#src/domain/profiles.ts'
import { userSettings, userSettingsPatch } from '#src/domain/settings.ts'
import { mergeSettings, resolveSettings } from '#src/domain/trading-settings.ts'

test('unknown keys and values out of bounds are refused', () => {
  const cases: unknown[] = [
    { riskPerTrade: 2 },
    { risk_level: 0 },
    { risk_level: 11 },
    { risk_per_trade: 100.1 },
    { risk_per_trade: 0 },
    { preset: 'huge' },
    { risk_per_trade: null },
    { leverage: 126 },
    { max_position: 0 },
    { stop_loss_pct: -1 },
    { profile: 'reckless' },
    { symbols: [] },
    { symbols: ['btc'] },
    {
      partial_tp_levels: [
        [2, 0.5],
        [1, 0.5],
      ],
    },
    { partial_tp_levels: [[1, 1.5]] },
    {
      partial_tp_levels: [
        [1, 0.2],
        [2, 0.2],
        [3, 0.2],
        [4, 0.2],
      ],
    },
    { protections: { cooldown: { minutes: 15, seconds: 3 } } },
    { portfolio_limits: { asset: 25 } },
  ]
  for (const patch of cases)
    expect(userSettingsPatch.safeParse(patch).success, JSON.stringify(patch)).toBe(false)
})

test('what a backtest may try is not refused', () => {
  const cases: unknown[] = [
    { risk_per_trade: 100 },
    { max_position: 1e9 },
    { max_positions: 500 },
    { stop_loss_pct: 0.01 },
    { stop_loss_pct: 99 },
    { take_profit_pct: 10_000 },
    { trailing_activation_pct: 0, trailing_distance_pct: 0.01 },
    { time_exit_hours: 24 * 365 },
    { partial_tp_levels: [] },
    { daily_trade_limit: 0, hourly_trade_limit: 100_000 },
    { portfolio_limits: { asset_pct: 1000, stable_reserve_pct: 0, meme_pct: 500 } },
    { stop_loss_pct: null, take_profit_pct: null, time_exit_hours: null },
  ]
  for (const patch of cases)
    expect(userSettingsPatch.safeParse(patch).success, JSON.stringify(patch)).toBe(true)
})

test('the shipped profiles are complete and within the bounds', () => {
  for (const profile of ['ase', 'pro'] as const)
    for (const market of ['spot', 'margin-cross', 'margin-isolated', 'futures'] as const)
      expect(userSettings.parse(profileSettings(profile, market))).toEqual(profileSettings(profile, market))
})

test('the defaults are the registered ones, as ratios', () => {
  expect(resolveSettings({ market: 'spot' })).toMatchObject({
    profile: 'ase',
    cycleMs: 300_000,
    riskPerTrade: 0.02,
    maxPosition: '1000',
    maxPositions: 5,
    stopLoss: 0.02,
    takeProfit: 0.1,
    leverage: 10,
    trailing: { activation: 0.005, distance: 0.01 },
    partials: [
      { profit: 0.01, fraction: 0.25 },
      { profit: 0.02, fraction: 0.5 },
      { profit: 0.03, fraction: 0.75 },
    ],
    timeExitMs: 12 * 3_600_000,
    dailyTradeLimit: 15,
    hourlyTradeLimit: 5,
    allowShort: false,
    riskTiers: false,
    marketSafety: false,
    protections: { cooldownMs: null, stoplossGuard: null, maxDrawdown: null, lowProfitPairs: null },
    portfolio: { asset: 0.25, category: 0.4, l1: 4, meme: 0.1, defi: 0.5, stableReserve: 0.1 },
  })
})

test('pro has tiers, safety, the filter, SmartExit and protections, and goes short on futures alone', () => {
  const pro = resolveSettings({ market: 'futures', user: { profile: 'pro' } })
  expect(pro).toMatchObject({
    cycleMs: 15_000,
    riskTiers: true,
    marketSafety: true,
    mlFilter: true,
    smartExit: true,
    symbols: 'top10',
    allowShort: true,
    protections: {
      cooldownMs: 900_000,
      stoplossGuard: { stops: 4, lookbackMs: 86_400_000, pauseMs: 14_400_000 },
      maxDrawdown: { drawdown: 0.15, lookbackMs: 7 * 86_400_000, pauseMs: 86_400_000 },
    },
  })
  expect(resolveSettings({ market: 'spot', user: { profile: 'pro' } }).allowShort).toBe(false)
  expect(resolveSettings({ market: 'margin-cross', user: { profile: 'pro' } }).allowShort).toBe(false)
})

test('null switches a percentage or a time off', () => {
  const settings = resolveSettings({
    market: 'spot',
    user: { stop_loss_pct: null, take_profit_pct: null, time_exit_hours: null, trailing_distance_pct: null },
  })
  expect(settings).toMatchObject({ stopLoss: null, takeProfit: null, timeExitMs: null, trailing: null })
})

test('the account goes over the user, the user over the profile, key by key inside groups', () => {
  const merged = mergeSettings({
    market: 'spot',
    user: { profile: 'pro', max_positions: 3, protections: { cooldown: null } },
    account: { max_positions: 2, portfolio_limits: { asset_pct: 50 } },
  })
  expect(merged.max_positions).toBe(2)
  expect(merged.protections.cooldown).toBeNull()
  expect(merged.protections.max_drawdown).not.toBeNull()
  expect(merged.portfolio_limits).toMatchObject({ asset_pct: 50, meme_pct: 10 })
})

test('risk_level scales risk and positions both ways, and leverage only down', () => {
  const cases: [number, number, number, number][] = [
    [1, 0.004, 2, 1],
    [2, 0.008, 4, 2],
    [5, 0.02, 10, 5],
    [10, 0.04, 10, 10],
  ]
  for (const [risk_level, riskPerTrade, leverage, maxPositions] of cases)
    expect(resolveSettings({ market: 'spot', user: { risk_level } })).toMatchObject({
      riskPerTrade,
      leverage,
      maxPositions,
    })
  expect(resolveSettings({ market: 'spot', user: { risk_level: 1, max_positions: 1 } }).maxPositions).toBe(1)
})
