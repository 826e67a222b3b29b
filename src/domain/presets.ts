import type { PresetName, UserSettingsPatch } from './settings.ts'

interface Preset {
  readonly name: PresetName
  /** The smallest balance in quote that does not take it. */
  readonly belowBalance: number
  readonly settings: UserSettingsPatch
}

/**
 * The shipped presets, by the balance an account is connected with; the bounds are those of the risk tiers, which all of
 * them switch on. Under 500 an account trades as `pro`, whose sizes reach a venue's minimum; few positions at once, since
 * each of them needs that minimum.
 */
const presets: readonly Preset[] = [
  {
    name: 'micro',
    belowBalance: 20,
    settings: { profile: 'pro', risk_tiers: true, risk_per_trade: 3, leverage: 2, max_positions: 2 },
  },
  {
    name: 'small',
    belowBalance: 100,
    settings: { profile: 'pro', risk_tiers: true, risk_per_trade: 4, leverage: 2, max_positions: 3 },
  },
  {
    name: 'medium',
    belowBalance: 500,
    settings: { profile: 'pro', risk_tiers: true, risk_per_trade: 3, leverage: 2.5, max_positions: 4 },
  },
  {
    name: 'standard',
    belowBalance: Number.POSITIVE_INFINITY,
    settings: { risk_tiers: true, risk_per_trade: 2.5, leverage: 3, max_positions: 5 },
  },
]

/** The preset that a balance (in quote) picks. */
export function presetFor(balance: number): PresetName {
  const preset = presets.find(({ belowBalance }) => balance < belowBalance)
  if (preset === undefined) throw new RangeError(`no preset for a balance of ${balance}`)
  return preset.name
}

/** What a preset sets, under everything that the user sets. */
export function presetSettings(name: PresetName | null | undefined): UserSettingsPatch {
  return presets.find((preset) => preset.name === name)?.settings ?? {}
}

/** The presets that trade as `pro` unless the user chose otherwise. */
export const proPresets: readonly PresetName[] = presets
  .filter(({ settings }) => settings.profile === 'pro')
  .map(({ name }) => name)
