import { z } from 'zod'
import type { Exchange } from './core/exchange.ts'
import type { Instrument } from './core/instrument.ts'

const requestSchema = z.strictObject({
  venue: z.string().optional(),
  symbol: z.string().optional(), // 'BTC/USDT'
  /** What a long pays each time, as a ratio of its notional; null gives it back to the tape. */
  rate: z
    .string()
    .regex(/^-?0(\.\d{1,10})?$/)
    .nullish(),
  now: z.boolean().default(false), // has everybody pay and get at once, besides the venue's hours
})

/**
 * Sets what funding costs, of one symbol or of all, and has it paid. Answers the instruments it is about. Throws an error
 * of one line that names the field; nothing is done then.
 */
export function settleFunding(
  exchange: Exchange,
  instruments: readonly Instrument[],
  input: unknown,
): { instruments: string[] } {
  const read = requestSchema.safeParse(input)
  if (!read.success) {
    const [issue] = read.error.issues
    throw new Error(`${issue?.path.join('.')}: ${issue?.message}`)
  }
  const { venue, symbol, rate, now } = read.data
  const meant = instruments.filter(
    (each) =>
      each.market === 'futures' &&
      (venue ?? each.venue) === each.venue &&
      (symbol ?? each.symbol) === each.symbol,
  )
  if (meant.length === 0)
    throw new Error(`symbol: no venue here has a perpetual ${symbol ?? ''} at ${venue ?? 'all'}`)
  for (const each of meant) {
    if (rate !== undefined) exchange.funding.set(`${each.venue} ${each.symbol}`, rate)
    if (now) exchange.holdings.payFunding(each)
  }
  return { instruments: meant.map((each) => `${each.venue} ${each.symbol}`) }
}
