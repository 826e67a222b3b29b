import { z } from 'zod'

/** Money, a price or a quantity as decimal text: never a double, so that nothing is lost on the way. */
export const decimal = z.string().regex(/^-?\d+(\.\d+)?$/, 'must be a decimal number as text')

/** An instant in UTC, ISO 8601. */
export const instant = z.iso.datetime()

/** Nothing may be asked or sent. */
export const nothing = z.strictObject({})

/** A request without a body, or with an empty one. */
export const noBody = z.unknown()
