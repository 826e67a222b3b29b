import { expect, test } from 'vitest'
import { profileSettings } from '#src/domain/profiles.ts'
import { type SettingField, settingFields } from '#src/domain/setting-fields.ts'
import { warningsOf } from '#src/domain/setting-warnings.ts'
import { type UserSettings, userSettings, userSettingsPatch } from '#src/domain/settings.ts'

const ase = profileSettings('ase', 'spot')
const fields = settingFields()

test('every setting has words for who sets it', () => {
  const names = new Set(fields.map(({ name }) => name.split('.')[0]))
  expect([...names]).toEqual(Object.keys(userSettings.shape))
  for (const { title, description } of fields) expect(`${title} ${description}`).toMatch(/^\S.{3,}\.$/)
})

test.each(fields.filter(({ type }) => type === 'number' || type === 'integer'))(
  '$name takes its bounds and nothing beyond them, and null where it can be off',
  (field) => {
    const { minimum = Number.NaN, maximum = Number.NaN, canBeOff, type } = field
    const isTaken = (value: unknown) => userSettingsPatch.safeParse(patchOf(field, value)).success
    // What must be above its bound does not take the bound itself.
    expect(isTaken(minimum) || isTaken(minimum + 1)).toBe(true)
    expect(isTaken(maximum)).toBe(true)
    expect(isTaken(minimum - 1)).toBe(false)
    expect(isTaken(maximum * 1.01 + 1)).toBe(false)
    expect(isTaken(null)).toBe(canBeOff)
    expect(isTaken(String(minimum))).toBe(false)
    expect(isTaken(Number.NaN)).toBe(false)
    if (type === 'integer') expect(isTaken(minimum + 0.5)).toBe(false)
  },
)

test.each(fields.filter(({ type }) => type === 'boolean' || type === 'choice'))(
  '$name takes its choices and nothing else',
  (field) => {
    const choices = field.type === 'boolean' ? [true, false] : (field.choices ?? [])
    for (const value of choices) expect(userSettingsPatch.safeParse(patchOf(field, value)).success).toBe(true)
    for (const value of ['nonsense', 1, {}, []]) {
      const { error } = userSettingsPatch.safeParse(patchOf(field, value))
      expect(error?.issues[0]?.message).toMatch(/^must be /)
    }
  },
)

test('partial targets must rise, and a share lies between 0 and 1', () => {
  const isTaken = (levels: unknown) => userSettingsPatch.safeParse({ partial_tp_levels: levels }).success
  expect(
    isTaken([
      [1, 0.25],
      [2, 0.5],
      [3, 1],
    ]),
  ).toBe(true)
  expect(isTaken([])).toBe(true)
  expect(
    isTaken([
      [2, 0.25],
      [1, 0.5],
    ]),
  ).toBe(false)
  expect(
    isTaken([
      [1, 0.25],
      [1, 0.5],
    ]),
  ).toBe(false)
  expect(isTaken([[1, 0]])).toBe(false)
  expect(isTaken([[1, 1.1]])).toBe(false)
  expect(
    isTaken([
      [1, 0.1],
      [2, 0.1],
      [3, 0.1],
      [4, 0.1],
    ]),
  ).toBe(false)
})

test('what is shipped is warned of in nothing, and what may cost the account is', () => {
  expect(warningsOf(ase)).toEqual([])
  expect(warningsOf(profileSettings('pro', 'futures'))).toEqual([])
  const warned = (change: Partial<UserSettings>) =>
    warningsOf({ ...ase, ...change }).map(({ setting }) => setting)
  expect(warned({ risk_per_trade: 10 })).toEqual(['risk_per_trade'])
  expect(warned({ risk_per_trade: 10, risk_level: 1 })).toEqual([])
  expect(warned({ risk_per_trade: 10, risk_tiers: true })).toEqual([])
  expect(warned({ leverage: 50 })).toEqual(['leverage'])
  expect(warned({ dynamic_stops: false, stop_loss_pct: null })).toEqual(['stop_loss_pct'])
  expect(warned({ stop_loss_pct: null })).toEqual([])
  expect(warned({ dynamic_stops: false, stop_loss_pct: 0.1 })).toEqual(['stop_loss_pct'])
  expect(
    warned({ portfolio_limits: { ...ase.portfolio_limits, asset_pct: null, correlation: false } }),
  ).toEqual(['portfolio_limits.asset_pct', 'portfolio_limits.correlation'])
  expect(warned({ trailing_enabled: false, partial_tp_enabled: false, time_exit_hours: null })).toEqual([
    'time_exit_hours',
  ])
})

function patchOf({ name }: SettingField, value: unknown): object {
  const [group = '', own] = name.split('.')
  return own === undefined ? { [group]: value } : { [group]: { [own]: value } }
}
