import { z } from 'zod'
import shipped from './categories.json' with { type: 'json' }

/** What a coin is, for portfolio limits. */
const category = z.enum([
  'l1',
  'l2',
  'defi',
  'meme',
  'exchange',
  'ai',
  'gaming',
  'payment',
  'privacy',
  'infrastructure',
  'stable',
  'other',
])
export type Category = z.infer<typeof category>

const table = z.record(z.string().regex(/^[A-Z0-9]{1,20}$/, 'a base in capitals, such as BTC'), category)

/**
 * Reads a table of bases and their categories, as categories.json beside this file holds it.
 * @throws Error with one line that names each row that breaks a rule.
 */
export function readCategories(rows: unknown): ReadonlyMap<string, Category> {
  const parsed = table.safeParse(rows)
  if (parsed.success) return new Map(Object.entries(parsed.data))
  const broken = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new Error(`the table of categories is not valid: ${broken.join('; ')}`)
}

const categories = readCategories(shipped)

/** The category of a base; 'other' for what the table does not know. */
export function categoryOf(base: string): Category {
  return categories.get(base.toUpperCase()) ?? 'other'
}
