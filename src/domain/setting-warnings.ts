import type { UserSettings } from './settings.ts'

/** Something that is allowed and that a user should know before it costs them. */
export interface SettingWarning {
  /** The setting it is about. */
  readonly setting: string
  readonly text: string
}

/** Losing trades in a row that every method meets sooner or later. */
const badRow = 10
/** Leverage from which a move of an ordinary day ends a position. */
const wildLeverage = 20

/** What is dangerous about settings, in the words of what would happen. */
export function warningsOf(settings: UserSettings): SettingWarning[] {
  const warnings: SettingWarning[] = []
  const warn = (setting: string, text: string) => warnings.push({ setting, text })
  const boldness = settings.risk_level / 5
  const risk = (settings.risk_per_trade * boldness) / 100
  if (!settings.risk_tiers && risk >= 0.05) {
    const lost = 1 - (1 - Math.min(1, risk)) ** badRow
    warn(
      'risk_per_trade',
      `${shown(risk * 100)} % a trade: ${badRow} losses in a row, which every method meets, take ${shown(lost * 100)} % of the account.`,
    )
  }
  const leverage = Math.max(1, settings.leverage * Math.min(1, boldness))
  if (!settings.risk_tiers && leverage >= wildLeverage)
    warn(
      'leverage',
      `At ${shown(leverage)}× a move of about ${shown(100 / leverage)} % against a position ends it by liquidation, before its stop if that is further away.`,
    )
  if (!settings.dynamic_stops && settings.stop_loss_pct === null)
    warn(
      'stop_loss_pct',
      'Without a stop a position may lose all that is in it. Sizes are reckoned as if it did.',
    )
  if (!settings.dynamic_stops && settings.stop_loss_pct !== null && settings.stop_loss_pct < 0.5)
    warn('stop_loss_pct', 'A stop this close is met by the noise of a minute, and makes positions large.')
  if (settings.portfolio_limits.stable_reserve_pct === null)
    warn(
      'portfolio_limits.stable_reserve_pct',
      'Without a reserve nothing is left for fees, funding and margin.',
    )
  if (settings.portfolio_limits.asset_pct === null)
    warn('portfolio_limits.asset_pct', 'Without this limit a single asset may take the whole account.')
  if (!settings.portfolio_limits.correlation)
    warn('portfolio_limits.correlation', 'What falls together may be bought together.')
  if (!settings.trailing_enabled && !settings.partial_tp_enabled && settings.time_exit_hours === null)
    warn(
      'time_exit_hours',
      'Nothing takes profits before the target, and nothing ends a position that goes nowhere.',
    )
  if (settings.adopt_manual_positions)
    warn('adopt_manual_positions', 'What you open at the venue yourself gets a stop and is closed by it.')
  return warnings
}

function shown(value: number): number {
  return Number(value.toFixed(value < 10 ? 1 : 0))
}
