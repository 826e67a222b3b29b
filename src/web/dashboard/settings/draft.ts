import type { Settings, SettingsForm } from '../../api/settings.ts'

export type Field = SettingsForm['fields'][number]

/** A change that is being thought about: what is to be set, by the names of settings, and what is to be inherited again. */
export interface Draft {
  readonly set: Readonly<Record<string, unknown>>
  readonly unset: readonly string[]
}

export const noChange: Draft = { set: {}, unset: [] }

/** Sets a setting; what it was before the draft takes it out of the draft. */
export function withValue(draft: Draft, name: string, value: unknown, now: unknown): Draft {
  const { [name]: _, ...others } = draft.set
  const unset = draft.unset.filter((each) => each !== name)
  return {
    set: isSame(value, now) && unset.length === draft.unset.length ? others : { ...others, [name]: value },
    unset,
  }
}

/** Inherits a setting again; where it is inherited already that takes it out of the draft. */
export function withInherited(draft: Draft, name: string, isOwn: boolean): Draft {
  const { [name]: _, ...set } = draft.set
  const unset = draft.unset.filter((each) => each !== name)
  return { set, unset: isOwn ? [...unset, name] : unset }
}

/** How many settings a draft changes. */
export function changesIn({ set, unset }: Draft): number {
  return Object.keys(set).length + unset.length
}

/** What holds for a setting under a draft. */
export function valueUnder(draft: Draft, settings: Settings, name: string): unknown {
  if (Object.hasOwn(draft.set, name)) return draft.set[name]
  return read(draft.unset.includes(name) ? settings.inherited : settings.effective, name)
}

/** Whether a setting is set by this layer itself, once the draft is saved. */
export function isOwnUnder(draft: Draft, settings: Settings, name: string): boolean {
  if (draft.unset.includes(name)) return false
  return Object.hasOwn(draft.set, name) || read(settings.own, name) !== undefined
}

/** The setting of a name such as `portfolio_limits.asset_pct`. */
export function read(settings: object, name: string): unknown {
  return name
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], settings)
}

/** The draft as the API takes it; undefined while something in it cannot be sent. */
export function editOf({ set, unset }: Draft, fields: readonly Field[]) {
  if (fields.some((field) => Object.hasOwn(set, field.name) && faultIn(field, set[field.name])))
    return undefined
  const nested: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(set)) {
    const [group = '', own] = name.split('.')
    nested[group] = own === undefined ? value : { ...(nested[group] as object | undefined), [own]: value }
  }
  return { set: nested, unset }
}

/** What is wrong with a value, in words; undefined when nothing is. */
export function faultIn({ type, minimum, maximum, canBeOff }: Field, value: unknown): string | undefined {
  if (type !== 'number' && type !== 'integer') return undefined
  if (value === null) return canBeOff ? undefined : 'Enter a number.'
  if (typeof value !== 'number' || Number.isNaN(value)) return 'Enter a number.'
  if (type === 'integer' && !Number.isInteger(value)) return 'Enter a whole number.'
  if (minimum !== undefined && value < minimum) return `At least ${minimum}.`
  if (maximum !== undefined && value > maximum) return `At most ${maximum}.`
  return undefined
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
