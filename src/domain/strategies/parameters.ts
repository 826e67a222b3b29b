import { z } from 'zod'
import type { StrategyParameters } from './strategy.ts'

/** One parameter as a form draws it and a search bounds it. */
export interface ParameterField {
  readonly name: string
  readonly type: 'number' | 'integer' | 'boolean' | 'string'
  readonly default: number | string | boolean
  readonly minimum?: number
  readonly maximum?: number
  /** The words it may be. */
  readonly choices?: readonly string[]
  readonly description?: string
  /** Whether it weighs a part that 0 or false switches off, as `.meta({ part: true })` or a switch says. */
  readonly isPart: boolean
}

const field = z.object({
  type: z.enum(['number', 'integer', 'boolean', 'string'], 'must be a number, a switch, a word or a choice'),
  default: z.union([z.number(), z.string(), z.boolean()], 'must have a default'),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  enum: z.array(z.string()).optional(),
  description: z.string().optional(),
  part: z.boolean().optional(),
})

/** The fields of a strategy's parameters. Throws an Error of one line that names the parameter that is none. */
export function parameterFields(schema: z.ZodObject): ParameterField[] {
  const { properties = {} } = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' })
  return Object.entries(properties).map(([name, property]) => {
    const read = field.safeParse(property)
    if (!read.success) throw new Error(`the parameter ${name} ${read.error.issues[0]?.message}`)
    const { enum: choices, minimum, maximum, part, ...rest } = read.data
    return {
      name,
      ...rest,
      isPart: part ?? rest.type === 'boolean',
      ...(minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER && { minimum }),
      ...(maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER && { maximum }),
      ...(choices && { choices }),
    }
  })
}

/** A field in one phrase: 'fast (2–100, default 9)'. */
export function fieldText({ name, minimum, maximum, choices, default: standard }: ParameterField): string {
  const bounds =
    minimum !== undefined && maximum !== undefined
      ? `${minimum}–${maximum}, `
      : minimum !== undefined
        ? `from ${minimum} on, `
        : maximum !== undefined
          ? `up to ${maximum}, `
          : ''
  return `${name} (${choices ? `${choices.join(' or ')}, ` : bounds}default ${standard})`
}

/** The values of all parameters: those given, and the defaults. Throws an Error of one line that names value and rule. */
export function parametersOf(
  schema: z.ZodObject,
  given: Readonly<Record<string, unknown>>,
): StrategyParameters {
  const fields = parameterFields(schema)
  const unknown = Object.keys(given).find((name) => fields.every((one) => one.name !== name))
  if (unknown !== undefined) {
    const known = fields.length > 0 ? `it has ${fields.map(fieldText).join(', ')}` : 'it has none'
    throw new Error(`there is no parameter ${unknown}; ${known}`)
  }
  const read = schema.safeParse(given)
  if (read.success) return read.data as StrategyParameters
  const [issue] = read.error.issues
  const name = issue?.path.join('.') ?? ''
  const rule = `${(issue?.message ?? '').charAt(0).toLowerCase()}${(issue?.message ?? '').slice(1)}`
  if (name === '') throw new Error(`the parameters together: ${rule}`)
  throw new Error(`the parameter ${name} is ${JSON.stringify(given[name])}: ${rule}`)
}
