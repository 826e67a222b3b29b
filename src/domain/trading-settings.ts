import type { DecimalText } from './decimal.ts'
import type { Market } from './market.ts'
import { presetSettings } from './presets.ts'
import { cycleEveryMs, profileSettings } from './profiles.ts'
import type { Profile, UserSettings, UserSettingsPatch } from './settings.ts'
import { baseOf } from './signal.ts'

/** Settings as rules read them: ratios and milliseconds, money as decimal text, risk_level already applied. */
export interface TradingSettings {
  readonly profile: Profile
  readonly cycleMs: number
  readonly riskLevel: number
  readonly riskPerTrade: number
  readonly maxPosition: DecimalText
  readonly maxPositions: number
  readonly stopLoss: number | null
  readonly takeProfit: number | null
  readonly dynamicStops: boolean
  /** The largest leverage the user wants; the venue and the tier may allow less. */
  readonly leverage: number
  readonly trailing: { readonly activation: number; readonly distance: number } | null
  readonly partials: readonly { readonly profit: number; readonly fraction: number }[]
  readonly timeExitMs: number | null
  readonly dailyTradeLimit: number
  readonly hourlyTradeLimit: number
  readonly allowShort: boolean
  readonly entryOrderType: 'market' | 'limit'
  /** How long a limit entry may rest; null until its signal ends. */
  readonly entryTimeoutMs: number | null
  readonly entryOnTimeout: 'reprice' | 'skip'
  readonly adoptManualPositions: boolean
  readonly riskTiers: boolean
  readonly marketSafety: boolean
  readonly mlFilter: boolean
  readonly smartExit: boolean
  /** 'all', 'top10', or bases in capitals. */
  readonly symbols: 'all' | 'top10' | readonly string[]
  readonly sources: readonly string[]
  readonly protections: Protections
  readonly portfolio: PortfolioLimits
  readonly alerts: UserSettings['alert_channels']
}

/** Protections by name, null when off. */
export interface Protections {
  readonly cooldownMs: number | null
  readonly stoplossGuard: {
    readonly stops: number
    readonly lookbackMs: number
    readonly pauseMs: number
  } | null
  readonly maxDrawdown: {
    readonly drawdown: number
    readonly lookbackMs: number
    readonly pauseMs: number
  } | null
  readonly lowProfitPairs: {
    readonly minProfit: number
    readonly minTrades: number
    readonly lookbackMs: number
    readonly pauseMs: number
  } | null
}

/** Portfolio limits as ratios of equity, null when off. */
export interface PortfolioLimits {
  readonly asset: number | null
  readonly category: number | null
  readonly l1: number | null
  readonly meme: number | null
  readonly defi: number | null
  readonly stableReserve: number | null
  readonly concentrationWarning: number | null
  readonly correlation: boolean
}

const hourMs = 3_600_000

/**
 * The profile's settings, over them the account's preset, the user's, and the account's; still in percent. A preset never
 * goes over what a user set, at whatever time.
 */
export function mergeSettings(layers: {
  readonly user?: UserSettingsPatch
  readonly account?: UserSettingsPatch
  readonly market: Market
  readonly profile?: Profile
}): UserSettings {
  const { user, account, market } = layers
  const preset = presetSettings(account?.preset ?? user?.preset)
  const profile = account?.profile ?? user?.profile ?? preset.profile ?? layers.profile ?? 'ase'
  const base = profileSettings(profile, market)
  return {
    ...base,
    ...preset,
    ...user,
    ...account,
    profile,
    protections: { ...base.protections, ...user?.protections, ...account?.protections },
    portfolio_limits: { ...base.portfolio_limits, ...user?.portfolio_limits, ...account?.portfolio_limits },
    alert_channels: { ...base.alert_channels, ...user?.alert_channels, ...account?.alert_channels },
  }
}

/** The settings that rules read for one account. */
export function resolveSettings(layers: Parameters<typeof mergeSettings>[0]): TradingSettings {
  return toTradingSettings(mergeSettings(layers))
}

function toTradingSettings(settings: UserSettings): TradingSettings {
  const boldness = settings.risk_level / 5
  const activation = settings.trailing_activation_pct
  const distance = settings.trailing_distance_pct
  return {
    profile: settings.profile,
    cycleMs: cycleEveryMs[settings.profile],
    riskLevel: settings.risk_level,
    riskPerTrade: ratio(settings.risk_per_trade * boldness),
    maxPosition: String(settings.max_position),
    maxPositions: Math.max(1, Math.round(settings.max_positions * boldness)),
    stopLoss: ratioOrNull(settings.stop_loss_pct),
    takeProfit: ratioOrNull(settings.take_profit_pct),
    dynamicStops: settings.dynamic_stops,
    leverage: Math.max(1, settings.leverage * Math.min(1, boldness)),
    trailing:
      settings.trailing_enabled && activation !== null && distance !== null
        ? { activation: ratio(activation), distance: ratio(distance) }
        : null,
    partials: settings.partial_tp_enabled
      ? settings.partial_tp_levels.map(([profit, fraction]) => ({ profit: ratio(profit), fraction }))
      : [],
    timeExitMs: settings.time_exit_hours === null ? null : settings.time_exit_hours * hourMs,
    dailyTradeLimit: settings.daily_trade_limit,
    hourlyTradeLimit: settings.hourly_trade_limit,
    allowShort: settings.allow_short,
    entryOrderType: settings.entry_order_type,
    entryTimeoutMs: settings.entry_timeout_seconds === null ? null : settings.entry_timeout_seconds * 1000,
    entryOnTimeout: settings.entry_on_timeout,
    adoptManualPositions: settings.adopt_manual_positions,
    riskTiers: settings.risk_tiers,
    marketSafety: settings.market_safety,
    mlFilter: settings.ml_filter,
    smartExit: settings.smart_exit,
    symbols: typeof settings.symbols === 'string' ? settings.symbols : settings.symbols.map(baseOf),
    sources: settings.sources,
    protections: resolveProtections(settings.protections),
    portfolio: resolvePortfolio(settings.portfolio_limits),
    alerts: settings.alert_channels,
  }
}

function resolveProtections(stored: UserSettings['protections']): Protections {
  const { cooldown, stoploss_guard: guard, max_drawdown: drawdown, low_profit_pairs: pairs } = stored
  return {
    cooldownMs: cooldown && cooldown.minutes * 60_000,
    stoplossGuard: guard && {
      stops: guard.stops,
      lookbackMs: guard.lookback_hours * hourMs,
      pauseMs: guard.pause_hours * hourMs,
    },
    maxDrawdown: drawdown && {
      drawdown: ratio(drawdown.drawdown_pct),
      lookbackMs: drawdown.lookback_days * 24 * hourMs,
      pauseMs: drawdown.pause_hours * hourMs,
    },
    lowProfitPairs: pairs && {
      minProfit: ratio(pairs.min_profit_pct),
      minTrades: pairs.min_trades,
      lookbackMs: pairs.lookback_hours * hourMs,
      pauseMs: pairs.pause_hours * hourMs,
    },
  }
}

function resolvePortfolio(stored: UserSettings['portfolio_limits']): PortfolioLimits {
  return {
    asset: ratioOrNull(stored.asset_pct),
    category: ratioOrNull(stored.category_pct),
    l1: ratioOrNull(stored.l1_pct),
    meme: ratioOrNull(stored.meme_pct),
    defi: ratioOrNull(stored.defi_pct),
    stableReserve: ratioOrNull(stored.stable_reserve_pct),
    concentrationWarning: ratioOrNull(stored.concentration_warning_pct),
    correlation: stored.correlation,
  }
}

/** Percent to ratio without binary dust: 1 % is exactly the double 0.01. */
function ratio(percent: number): number {
  return Number((percent / 100).toFixed(12))
}

function ratioOrNull(percent: number | null): number | null {
  return percent === null ? null : ratio(percent)
}
