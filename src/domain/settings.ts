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

/** A number within bounds, whose rule says both. */
function within(min: number, max: number) {
  const rule = `must be ${min} to ${max}`
  return z.number(rule).min(min, rule).max(max, rule)
}

/** A whole number within bounds. */
function whole(min: number, max: number) {
  const rule = `must be a whole number, ${min} to ${max}`
  return z.int(rule).min(min, rule).max(max, rule)
}

const onOrOff = z.boolean('must be true or false')

const hours = within(0.01, 24 * 90)

const protections = z.strictObject({
  cooldown: z
    .strictObject({ minutes: within(0.1, 129_600).meta({ title: 'Pause', unit: 'min' }) })
    .nullable()
    .meta({ title: 'Cooldown', description: 'After a trade of a symbol closes, that symbol is left alone.' }),
  stoploss_guard: z
    .strictObject({
      stops: whole(1, 1000).meta({ title: 'Stops' }),
      lookback_hours: hours.meta({ title: 'Within', unit: 'h' }),
      pause_hours: hours.meta({ title: 'Pause', unit: 'h' }),
    })
    .nullable()
    .meta({ title: 'Stop-loss guard', description: 'After so many stop losses, no entries for a while.' }),
  max_drawdown: z
    .strictObject({
      drawdown_pct: within(0.01, 100).meta({ title: 'Drawdown', unit: '%' }),
      lookback_days: within(0.01, 365).meta({ title: 'Within', unit: 'd' }),
      pause_hours: hours.meta({ title: 'Pause', unit: 'h' }),
    })
    .nullable()
    .meta({
      title: 'Largest drawdown',
      description: 'When equity has fallen this far from its top, no entries for a while.',
    }),
  low_profit_pairs: z
    .strictObject({
      min_profit_pct: within(-1000, 1000).meta({ title: 'Least profit', unit: '%' }),
      min_trades: whole(1, 1000).meta({ title: 'Trades' }),
      lookback_hours: hours.meta({ title: 'Within', unit: 'h' }),
      pause_hours: hours.meta({ title: 'Pause', unit: 'h' }),
    })
    .nullable()
    .meta({
      title: 'Low-profit pairs',
      description: 'A symbol whose trades together earned less than this is left alone for a while.',
    }),
})

const share = (min: number, title: string, description: string) =>
  within(min, 12_500).nullable().meta({ title, description, unit: '%' })

const portfolioLimits = z.strictObject({
  asset_pct: share(0.1, 'One asset', 'Margin in one asset, of equity.'),
  category_pct: share(0, 'One category', 'Margin in one category of assets, of equity.'),
  l1_pct: share(0, 'Layer 1', 'Notional in layer-1 coins such as BTC and ETH, of equity.'),
  meme_pct: share(0, 'Meme coins', 'Margin in meme coins, of equity.'),
  defi_pct: share(0, 'DeFi', 'Margin in DeFi coins, of equity.'),
  stable_reserve_pct: within(0, 100)
    .nullable()
    .meta({ title: 'Reserve', description: 'Quote currency that stays free, of equity.', unit: '%' }),
  concentration_warning_pct: within(1, 100).nullable().meta({
    title: 'Concentration warning',
    description: 'Says so when the largest asset is this much of what is open.',
    unit: '%',
  }),
  correlation: onOrOff.meta({
    title: 'Correlation',
    description: 'Halves what moves like what is open already, and refuses a third of a kind.',
  }),
})

const partialLevels = z
  .array(
    z.tuple(
      [within(0.01, 100_000), z.number().gt(0, 'must be above 0').max(1, 'must be at most 1')],
      'must be pairs of a profit in % and the share of the rest, such as [1, 0.25]',
    ),
  )
  .max(3, 'must be at most 3 levels')
  .refine((levels) => levels.every((level, i) => i === 0 || level[0] > (levels[i - 1]?.[0] ?? 0)), {
    error: 'profits must rise from level to level',
  })

const symbols = z.union([
  z.enum(['all', 'top10']),
  z
    .array(z.string().regex(/^[A-Z0-9]{1,20}(\/[A-Z0-9]{1,20})?$/, 'a base (BTC) or a pair (BTC/USDT)'))
    .min(1, 'must name at least one symbol')
    .max(2000, 'must be at most 2000 symbols'),
])

/**
 * All settings of a user in their stored form: percentages in percent, money in quote, times in the unit of their name.
 * null switches a percentage or a time off. The bounds keep nonsense out and leave room for what a backtest may try; what
 * is unwise but possible is the user's choice, and a matter of warning.
 */
export const userSettings = z.strictObject({
  profile: z.enum(profiles, 'must be ase or pro').meta({
    title: 'Profile',
    description:
      'The behaviour everything below starts from: ase trades every source every 5 minutes, pro trades smart entry every 15 seconds with risk tiers and filters.',
  }),
  auto_config: onOrOff.meta({
    title: 'Choose by balance',
    description: 'When an account is connected, its balance picks a preset; what you set goes over it.',
  }),
  preset: z
    .enum(presetNames, `must be one of ${presetNames.join(', ')}`)
    .nullable()
    .meta({
      title: 'Preset',
      description: 'Picked by the balance of the account; what you set goes over it.',
    }),
  risk_level: whole(1, 10).meta({
    title: 'Risk level',
    description:
      'Scales risk per trade and the number of positions by level ÷ 5, and lowers leverage below 5.',
  }),
  risk_per_trade: within(0.001, 100).meta({
    title: 'Risk per trade',
    description: 'What a trade may lose at its stop, of the account’s equity, before the risk level.',
    unit: '%',
  }),
  max_position: z.number('must be a number').gt(0, 'must be above 0').max(1e12, 'must be at most 1e12').meta({
    title: 'Largest position',
    description:
      'Notional of one position, in the account’s quote currency. The profile pro does not look at it.',
    unit: 'quote',
  }),
  max_positions: whole(1, 10_000).meta({
    title: 'Positions at once',
    description: 'How many positions an account may hold, before the risk level.',
  }),
  stop_loss_pct: within(0.01, 99).nullable().meta({
    title: 'Stop loss',
    description:
      'Distance of the stop from the entry, where dynamic stops are off or the market has too little history.',
    unit: '%',
  }),
  take_profit_pct: within(0.01, 100_000).nullable().meta({
    title: 'Take profit',
    description:
      'Distance of the target from the entry, where dynamic stops are off or the market has too little history.',
    unit: '%',
  }),
  dynamic_stops: onOrOff.meta({
    title: 'Dynamic stops',
    description: 'Stop and target follow the volatility of the last hours (ATR), within 2–5 % and 5–15 %.',
  }),
  leverage: within(1, 125).meta({
    title: 'Leverage',
    description:
      'The most an entry may use on futures; spot has none. The venue and the tier may allow less.',
    unit: '×',
  }),
  trailing_enabled: onOrOff.meta({
    title: 'Trailing stop',
    description: 'The stop follows the best price, and never goes back.',
  }),
  trailing_activation_pct: within(0, 100_000).nullable().meta({
    title: 'Trailing from',
    description: 'Profit from which the trailing stop is active.',
    unit: '%',
  }),
  trailing_distance_pct: within(0.01, 99)
    .nullable()
    .meta({ title: 'Trailing distance', description: 'How far behind the best price it stays.', unit: '%' }),
  partial_tp_enabled: onOrOff.meta({
    title: 'Partial take profit',
    description: 'Sells parts on the way up.',
  }),
  partial_tp_levels: partialLevels.meta({
    title: 'Levels',
    description: 'At each profit, the share of what is left that is sold.',
  }),
  time_exit_hours: within(0.01, 24 * 3650)
    .nullable()
    .meta({ title: 'Time exit', description: 'A position that is older is closed.', unit: 'h' }),
  daily_trade_limit: whole(0, 1_000_000).meta({
    title: 'Entries a day',
    description: 'Per account and UTC day.',
  }),
  hourly_trade_limit: whole(0, 1_000_000).meta({
    title: 'Entries an hour',
    description: 'Per account, over the last 60 minutes.',
  }),
  allow_short: onOrOff.meta({
    title: 'Short positions',
    description: 'A SELL may open a short, on futures.',
  }),
  entry_order_type: z.enum(['market', 'limit'], 'must be market or limit').meta({
    title: 'Entry order',
    description: 'market fills at once; limit waits at the price of the decision.',
  }),
  entry_timeout_seconds: within(1, 86_400).nullable().meta({
    title: 'Limit order waits',
    description: 'Then it is taken back; switched off it waits as long as its signal lives.',
    unit: 's',
  }),
  entry_on_timeout: z.enum(['reprice', 'skip'], 'must be reprice or skip').meta({
    title: 'When nobody takes it',
    description: 'reprice asks again at the new price, skip lets it go.',
  }),
  adopt_manual_positions: onOrOff.meta({
    title: 'Adopt what I open by hand',
    description: 'Positions that you open at the venue yourself are watched and closed by these settings.',
  }),
  risk_tiers: onOrOff.meta({
    title: 'Risk tiers',
    description: 'Equity sets bounds for risk, leverage and the sum of open risk.',
  }),
  market_safety: onOrOff.meta({
    title: 'Market safety',
    description: 'No new longs while BTC falls in order.',
  }),
  ml_filter: onOrOff.meta({
    title: 'ML filter',
    description:
      'Refuses setups that the trained model gives less than 55 %; passes everything while there is no model.',
  }),
  smart_exit: onOrOff.meta({
    title: 'Smart exit',
    description: 'Closes on reversal, fading momentum or a spike against the position.',
  }),
  symbols: symbols.meta({
    title: 'Symbols',
    description:
      'What may be entered: everything the sources look at, the ten most traded, or your own list.',
  }),
  sources: z
    .array(z.string().regex(/^[\w.:-]{1,100}$/, 'must be the name of a source'))
    .min(1, 'must name at least one source')
    .max(100, 'must be at most 100 sources')
    .meta({ title: 'Sources', description: 'Whose signals you act on.' }),
  protections: protections.meta({ title: 'Protections', description: 'Pauses after losses.' }),
  portfolio_limits: portfolioLimits.meta({
    title: 'Portfolio limits',
    description: 'How much of equity may be where.',
  }),
  alert_channels: alertChannels.meta({
    title: 'Alerts',
    description: 'Where trades and warnings are told; critical alerts always go out.',
  }),
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
