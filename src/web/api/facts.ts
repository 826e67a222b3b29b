import { z } from 'zod'

/** What something rests on, as names with plain values: what was nested is JSON text. */
export const facts = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
  .meta({ id: 'Facts', description: 'Names with plain values; what is nested inside is JSON as text.' })
export type Facts = z.infer<typeof facts>

/** Stored JSON as facts; nothing for what is no object. */
export function factsOf(stored: unknown): Facts {
  if (typeof stored !== 'object' || stored === null || Array.isArray(stored)) return {}
  return Object.fromEntries(Object.entries(stored).map(([name, value]) => [name, plain(value)]))
}

function plain(value: unknown): Facts[string] {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return value
  return JSON.stringify(value)
}
