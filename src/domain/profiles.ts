import type { Market } from './market.ts'
import type { Profile, UserSettings } from './settings.ts'

const ase: UserSettings = {
  profile: 'ase',
  auto_config: false,
  preset: null,
  risk_level: 5,
  risk_per_trade: 2,
  max_position: 1000,
  max_positions: 5,
  stop_loss_pct: 2,
  take_profit_pct: 10,
  dynamic_stops: true,
  leverage: 10,
  trailing_enabled: true,
  trailing_activation_pct: 0.5,
  trailing_distance_pct: 1,
  partial_tp_enabled: true,
  partial_tp_levels: [
    [1, 0.25],
    [2, 0.5],
    [3, 0.75],
  ],
  time_exit_hours: 12,
  daily_trade_limit: 15,
  hourly_trade_limit: 5,
  allow_short: false,
  entry_order_type: 'market',
  entry_timeout_seconds: 60,
  entry_on_timeout: 'skip',
  adopt_manual_positions: false,
  risk_tiers: false,
  market_safety: false,
  ml_filter: false,
  smart_exit: false,
  symbols: 'all',
  sources: ['titan_v3', 'COUNCIL_V2.0_FALLBACK', 'smart_entry', 'webhook'],
  protections: { cooldown: null, stoploss_guard: null, max_drawdown: null, low_profit_pairs: null },
  portfolio_limits: {
    asset_pct: 25,
    category_pct: 40,
    l1_pct: 400,
    meme_pct: 10,
    defi_pct: 50,
    stable_reserve_pct: 10,
    concentration_warning_pct: 70,
    correlation: true,
  },
  alert_channels: {
    trades: ['email', 'telegram'],
    warnings: ['email', 'telegram'],
    daily_report: true,
    monthly_summary: true,
  },
}

const pro: UserSettings = {
  ...ase,
  profile: 'pro',
  auto_config: true,
  risk_tiers: true,
  market_safety: true,
  ml_filter: true,
  smart_exit: true,
  symbols: 'top10',
  sources: ['smart_entry', 'webhook'],
  protections: {
    cooldown: { minutes: 15 },
    stoploss_guard: { stops: 4, lookback_hours: 24, pause_hours: 4 },
    max_drawdown: { drawdown_pct: 15, lookback_days: 7, pause_hours: 24 },
    low_profit_pairs: null,
  },
}

/** A profile's settings on a market, before the user's own: `pro` may go short on futures. */
export function profileSettings(profile: Profile, market: Market): UserSettings {
  if (profile === 'ase') return ase
  return { ...pro, allow_short: market === 'futures' }
}

/** How often a profile's users are cycled, in milliseconds. */
export const cycleEveryMs: Readonly<Record<Profile, number>> = { ase: 300_000, pro: 15_000 }
