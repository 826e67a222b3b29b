import { z } from 'zod'

/** The shipped behaviours: `ase` trades every source slowly, `pro` trades smart_entry fast on small accounts. */
const profiles = ['ase', 'pro'] as const
export type Profile = (typeof profiles)[number]

/** What the balance picks when an account is connected with `auto_config` on. */
const presetNames = ['micro', 'small', 'medium', 'standard'] as const
export type PresetName = (typeof presetNames)[number]

/** Kinds of alerts whose delivery is the user's choice; critical ones always go out. */
const alertChannels = z.strictObject({
  trades: z.array(z.enum(['email', 'telegram'])),
  warnings: z.array(z.enum(['email', 'telegram'])),
  daily_report: z.boolean(),
  monthly_summary: z.boolean(),
})

const percent = (min: number, max: number) => z.number().min(min).max(max)
const hours = z
  .number()
  .min(0.01)
  .max(24 * 90)

const protections = z.strictObject({
  cooldown: z.strictObject({ minutes: z.number().min(0.1).max(129_600) }).nullable(),
  stoploss_guard: z
    .strictObject({ stops: z.int().min(1).max(1000), lookback_hours: hours, pause_hours: hours })
    .nullable(),
  max_drawdown: z
    .strictObject({
      drawdown_pct: percent(0.01, 100),
      lookback_days: z.number().min(0.01).max(365),
      pause_hours: hours,
    })
    .nullable(),
  low_profit_pairs: z
    .strictObject({
      min_profit_pct: percent(-1000, 1000),
      min_trades: z.int().min(1).max(1000),
      lookback_hours: hours,
      pause_hours: hours,
    })
    .nullable(),
})

const portfolioLimits = z.strictObject({
  asset_pct: percent(0.1, 12_500).nullable(),
  category_pct: percent(0, 12_500).nullable(),
  l1_pct: percent(0, 12_500).nullable(),
  meme_pct: percent(0, 12_500).nullable(),
  defi_pct: percent(0, 12_500).nullable(),
  stable_reserve_pct: percent(0, 100).nullable(),
  concentration_warning_pct: percent(1, 100).nullable(),
  correlation: z.boolean(),
})

const partialLevels = z
  .array(z.tuple([percent(0.01, 100_000), z.number().gt(0).max(1)]))
  .max(3)
  .refine((levels) => levels.every((level, i) => i === 0 || level[0] > (levels[i - 1]?.[0] ?? 0)), {
    error: 'profits must rise from level to level',
  })

const symbols = z.union([
  z.enum(['all', 'top10']),
  z
    .array(z.string().regex(/^[A-Z0-9]{1,20}(\/[A-Z0-9]{1,20})?$/, 'a base (BTC) or a pair (BTC/USDT)'))
    .min(1)
    .max(2000),
])

/**
 * All settings of a user in their stored form: percentages in percent, money in quote, times in the unit of their name.
 * null switches a percentage or a time off. The bounds keep nonsense out and leave room for what a backtest may try; what
 * is unwise but possible is the user's choice, and a matter of warning.
 */
export const userSettings = z.strictObject({
  profile: z.enum(profiles),
  auto_config: z.boolean(),
  /** Picked by auto_config; what the user sets goes over it. */
  preset: z.enum(presetNames).nullable(),
  risk_level: z.int().min(1).max(10),
  risk_per_trade: percent(0.001, 100),
  max_position: z.number().gt(0).max(1e12),
  max_positions: z.int().min(1).max(10_000),
  stop_loss_pct: percent(0.01, 99).nullable(),
  take_profit_pct: percent(0.01, 100_000).nullable(),
  dynamic_stops: z.boolean(),
  leverage: z.number().min(1).max(125),
  trailing_enabled: z.boolean(),
  trailing_activation_pct: percent(0, 100_000).nullable(),
  trailing_distance_pct: percent(0.01, 99).nullable(),
  partial_tp_enabled: z.boolean(),
  partial_tp_levels: partialLevels,
  time_exit_hours: z
    .number()
    .min(0.01)
    .max(24 * 3650)
    .nullable(),
  daily_trade_limit: z.int().min(0).max(1_000_000),
  hourly_trade_limit: z.int().min(0).max(1_000_000),
  allow_short: z.boolean(),
  entry_order_type: z.enum(['market', 'limit']),
  entry_timeout_seconds: z.number().min(1).max(86_400).nullable(),
  entry_on_timeout: z.enum(['reprice', 'skip']),
  adopt_manual_positions: z.boolean(),
  risk_tiers: z.boolean(),
  market_safety: z.boolean(),
  ml_filter: z.boolean(),
  smart_exit: z.boolean(),
  symbols,
  sources: z
    .array(z.string().regex(/^[\w.:-]{1,100}$/))
    .min(1)
    .max(100),
  protections,
  portfolio_limits: portfolioLimits,
  alert_channels: alertChannels,
})

/** Every setting with its value. */
export type UserSettings = z.infer<typeof userSettings>

/** What a user or an account stores: the settings that differ from the profile. Unknown keys are refused. */
export const userSettingsPatch = userSettings
  .extend({
    protections: protections.partial(),
    portfolio_limits: portfolioLimits.partial(),
    alert_channels: alertChannels.partial(),
  })
  .partial()
export type UserSettingsPatch = z.infer<typeof userSettingsPatch>
