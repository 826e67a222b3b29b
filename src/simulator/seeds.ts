import { z } from 'zod'
import { type AccountSeed, futuresTwin } from './core/account.ts'
import type { Venue } from './venues/venue.ts'

const amount = z.string().regex(/^\d{1,20}(\.\d{1,18})?$/)

const seedSchema = z.strictObject({
  venue: z.string(),
  market: z.enum(['spot', 'futures']).optional(),
  apiKey: z.string().min(8).max(128),
  secret: z.string().min(8).max(128),
  passphrase: z.string().max(128).optional(),
  balances: z.record(z.string().regex(/^[A-Z0-9]{2,12}$/), amount),
  settings: z.record(z.string(), z.string()).optional(),
})

/**
 * How a venue takes what its documents leave open, as the setting `rules` of an account: as kindly or as strictly as they
 * may be read. What that is stands where each venue reads it; an account that says nothing has its venue's usual ones.
 */
export type Rules = 'strict' | 'lenient'

/** An account as it is asked for. Without a market it trades all its venue has. */
export type AccountWish = z.input<typeof seedSchema>

/**
 * The accounts to create for a wish: one, or one per market with the same balances where the venue keeps a wallet for
 * each. Throws an error of one line that names the field.
 */
export function seedsOf(input: unknown, venues: readonly Venue[], rules?: Rules): AccountSeed[] {
  const read = seedSchema.safeParse(input)
  if (!read.success) {
    const [issue] = read.error.issues
    throw new Error(`${issue?.path.join('.')}: ${issue?.message}`)
  }
  const { market, ...rest } = read.data
  const wish = rules === undefined ? rest : { ...rest, settings: { rules, ...rest.settings } }
  const venue = venues.find(({ name }) => name === wish.venue)
  if (venue === undefined) {
    const names = venues.map(({ name }) => name).join(', ')
    throw new Error(`venue: "${wish.venue}" is not simulated here; these are: ${names}`)
  }
  if (market !== undefined) {
    if (!venue.markets.includes(market)) throw new Error(`market: ${venue.name} has no ${market}`)
    return [{ ...wish, market }]
  }
  const [first, ...others] = venue.markets
  if (venue.isUnified) return [{ ...wish, market: 'unified' }]
  const twins = others.map((other) => ({ ...wish, market: other, apiKey: futuresTwin(wish.apiKey) }))
  return [{ ...wish, market: first }, ...twins]
}
