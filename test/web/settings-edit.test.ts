import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type SettingField, settingFields } from '#src/domain/setting-fields.ts'
import { type UserSettingsPatch, userSettingsPatch } from '#src/domain/settings.ts'
import { mergeSettings } from '#src/domain/trading-settings.ts'
import { edited } from '#src/web/api/settings.ts'

const fields = settingFields().filter(({ type }) => type !== 'other')

/** Any value that a setting takes. */
function anyOf({ type, minimum = 0, maximum = 1, choices = [], canBeOff }: SettingField) {
  const value = () => {
    if (type === 'boolean') return fc.boolean()
    if (type === 'choice') return fc.constantFrom(...choices)
    if (type === 'integer') return fc.integer({ min: minimum, max: Math.min(maximum, 2 ** 31 - 1) })
    // What must be above its bound does not take the bound itself.
    return fc.double({ min: minimum + 0.001, max: maximum, noNaN: true })
  }
  return canBeOff ? fc.option<unknown>(value(), { nil: null }) : value()
}

/** Any change of settings: some of them, by their names, each with a value it takes. */
const change = fc
  .subarray(fields)
  .chain((some) =>
    fc
      .tuple(...some.map(anyOf))
      .map((values) => new Map(some.map(({ name }, index) => [name, values[index]] as const))),
  )

const setOf = (values: ReadonlyMap<string, unknown>): UserSettingsPatch => {
  const set: Record<string, unknown> = {}
  for (const [name, value] of values) {
    const [group = '', own] = name.split('.')
    set[group] = own === undefined ? value : { ...(set[group] as object | undefined), [own]: value }
  }
  return userSettingsPatch.parse(set)
}

test('what is set comes back through storage as it was, and is in force', () => {
  fc.assert(
    fc.property(change, change, (before, after) => {
      const own = edited(setOf(before), { set: setOf(after), unset: [] })
      expect(userSettingsPatch.parse(JSON.parse(JSON.stringify(own)))).toEqual(own)
      const effective = mergeSettings({ user: own, market: 'futures' })
      for (const [name, value] of new Map([...before, ...after])) {
        const [group = '', one] = name.split('.')
        const held = (effective as Record<string, unknown>)[group]
        expect(one === undefined ? held : (held as Record<string, unknown>)[one]).toEqual(value)
      }
    }),
  )
})

test('inheriting again what was set leaves what was there before, and undoes nothing else', () => {
  fc.assert(
    fc.property(change, change, (before, after) => {
      const news = new Map([...after].filter(([name]) => !before.has(name)))
      const own = setOf(before)
      const changed = edited(own, { set: setOf(news), unset: [] })
      expect(edited(changed, { set: {}, unset: [...news.keys()] })).toEqual(own)
    }),
  )
})
