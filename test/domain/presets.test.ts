import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tierOf } from '#src/domain/entries/tiers.ts'
import { presetFor, presetSettings } from '#src/domain/presets.ts'
import { userSettingsPatch } from '#src/domain/settings.ts'
import { mergeSettings } from '#src/domain/trading-settings.ts'

test('each balance picks the preset of the table', () => {
  const cases: [number, string][] = [
    [0, 'micro'],
    [19.99, 'micro'],
    [20, 'small'],
    [99.99, 'small'],
    [100, 'medium'],
    [499.99, 'medium'],
    [500, 'standard'],
    [1e12, 'standard'],
  ]
  for (const [balance, preset] of cases) expect(presetFor(balance), String(balance)).toBe(preset)
})

test('a preset is valid, and asks for no more leverage and risk than the tier of its balance', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (balance) => {
      const settings = presetSettings(presetFor(balance))
      expect(userSettingsPatch.safeParse(settings).success).toBe(true)
      const tier = tierOf(balance)
      expect(settings.leverage).toBe(tier.leverage)
      expect((settings.risk_per_trade ?? 0) / 100).toBeCloseTo(tier.maxRisk, 12)
    }),
  )
})

test('a preset goes over the profile and under everything that is set', () => {
  const merged = mergeSettings({
    market: 'futures',
    user: { leverage: 1 },
    account: { preset: 'micro', max_positions: 9 },
  })
  expect(merged).toMatchObject({ profile: 'pro', leverage: 1, max_positions: 9, risk_per_trade: 3 })
  expect(mergeSettings({ market: 'futures', account: { preset: null } }).leverage).toBe(10)
})
