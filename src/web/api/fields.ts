import { z } from 'zod'

/** Money, a price or a quantity as decimal text: never a double, so that nothing is lost on the way. */
export const decimal = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/, 'must be a decimal number as text')
  .meta({
    id: 'Decimal',
    description:
      'Money, a price or a quantity: a decimal number as text, so that nothing is lost on the way.',
    examples: ['67412.5'],
  })

/** A price that somebody sends. */
export const price = z
  .string('must be a price as text, such as "67412.5"')
  .regex(/^\d{1,15}(\.\d{1,15})?$/, 'must be a price as text, such as "67412.5"')
  .refine((text) => Number(text) > 0, 'must be above 0')
  .meta({ description: 'A price as decimal text.', examples: ['67412.5'] })

/** An instant in UTC, ISO 8601. */
export const instant = z.iso.datetime().meta({
  id: 'Instant',
  description: 'An instant in UTC, ISO 8601.',
  examples: ['2026-11-20T17:30:00.000Z'],
})

/** An instant or a day that somebody asks from or to; a day begins at 00:00 UTC. */
export const moment = z
  .union(
    [z.iso.datetime({ offset: true }), z.iso.date()],
    'must be a day such as 2026-11-20 or an instant such as 2026-11-20T17:30:00Z',
  )
  .transform((text) => new Date(text))
  .refine((at) => at.getUTCFullYear() >= 1900 && at.getUTCFullYear() < 2200, 'must lie between 1900 and 2199')
  .meta({ description: 'A day (00:00 UTC) or an instant, ISO 8601.', examples: ['2026-11-20'] })

/** A pair, of spot or with its settlement coin. */
export const symbol = z
  .string()
  .regex(/^[A-Z0-9]{1,20}\/[A-Z0-9]{1,20}(:[A-Z0-9]{1,20})?$/, 'must be a symbol such as BTC/USDT')
  .meta({ description: 'A symbol, with its settlement coin on futures.', examples: ['BTC/USDT'] })

/** The id of a thing in the address. */
export const idOf = (noun: string) =>
  z.strictObject({
    id: z.uuid(`must be the id of ${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`).toLowerCase(),
  })

/** Nothing may be asked or sent. */
export const nothing = z.strictObject({})

/** A request without a body, or with an empty one. */
export const noBody = z.unknown()
