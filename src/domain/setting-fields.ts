import { z } from 'zod'
import { userSettings } from './settings.ts'

/** One setting as a form draws it. Settings of a group are named with it: `portfolio_limits.asset_pct`. */
export interface SettingField {
  readonly name: string
  readonly title: string
  readonly description: string
  /** What its number counts: '%', 'h', 's', 'quote'; absent for plain numbers. */
  readonly unit?: string
  /** `other` has a form of its own: symbols, sources, partial levels, protections, alert channels. */
  readonly type: 'number' | 'integer' | 'boolean' | 'choice' | 'other'
  readonly minimum?: number
  readonly maximum?: number
  readonly choices?: readonly string[]
  /** Whether null switches it off. */
  readonly canBeOff: boolean
}

interface Property {
  readonly title?: string
  readonly description?: string
  readonly unit?: string
  readonly type?: string
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly properties?: Readonly<Record<string, Property>>
  readonly anyOf?: readonly Property[]
}

/** The settings in the order of their schema, with the words and the bounds that it gives them. */
export function settingFields(): SettingField[] {
  const { properties = {} } = z.toJSONSchema(userSettings, { unrepresentable: 'any' }) as Property
  return Object.entries(properties).flatMap(([name, property]) =>
    name === 'portfolio_limits'
      ? Object.entries(property.properties ?? {}).map(([own, one]) => fieldOf(`${name}.${own}`, one))
      : [fieldOf(name, property)],
  )
}

function fieldOf(name: string, property: Property): SettingField {
  const canBeOff = property.anyOf?.some(({ type }) => type === 'null') ?? false
  const value = (canBeOff && property.anyOf?.find(({ type }) => type !== 'null')) || property
  const minimum = value.minimum ?? value.exclusiveMinimum
  return {
    name,
    title: property.title ?? name,
    description: property.description ?? '',
    ...(property.unit !== undefined && { unit: property.unit }),
    type: typeOf(value),
    ...(minimum !== undefined && { minimum }),
    ...(value.maximum !== undefined && { maximum: value.maximum }),
    ...(value.enum && { choices: value.enum }),
    canBeOff,
  }
}

function typeOf({ type, enum: choices }: Property): SettingField['type'] {
  if (choices) return 'choice'
  return type === 'number' || type === 'integer' || type === 'boolean' ? type : 'other'
}
