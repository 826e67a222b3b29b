import { z } from 'zod'

const amount = z.string().regex(/^\d{1,20}(\.\d{1,18})?$/)
const asset = z.string().regex(/^[A-Z0-9]{2,12}$/)
const symbol = z.string().regex(/^[A-Z0-9]{2,12}\/[A-Z0-9]{2,12}$/)
const act = <Name extends string, Shape extends z.ZodRawShape>(name: Name, shape: Shape) =>
  z.strictObject({
    apiKey: z.string(),
    market: z.enum(['spot', 'futures']).optional(),
    do: z.literal(name),
    ...shape,
  })

const actSchema = z.discriminatedUnion('do', [
  /** Sells what is held of a symbol, or buys a short back; of every symbol when none is named. */
  act('close-position', { symbol: symbol.optional() }),
  act('sell-half', { symbol }),
  act('buy', { symbol, quantity: amount, clientOrderId: z.string().optional() }),
  act('sell', { symbol, quantity: amount, clientOrderId: z.string().optional() }),
  act('place-order', {
    symbol,
    side: z.enum(['buy', 'sell']),
    type: z.enum(['market', 'limit', 'stop']),
    quantity: amount,
    price: amount.optional(), // of a limit order
    stopPrice: amount.optional(), // of a stop
    leg: z.enum(['long', 'short']).optional(), // of an account in hedge mode
    reduceOnly: z.boolean().default(false),
    clientOrderId: z.string().optional(),
  }),
  act('cancel-order', { clientOrderId: z.string() }),
  act('cancel-stops', { symbol: symbol.optional() }),
  act('cancel-all', { symbol: symbol.optional() }),
  act('deposit', { asset, amount }),
  act('withdraw', { asset, amount }),
  act('airdrop', { asset, amount }),
  /** Turns what is free of an asset into another, at no fee. */
  act('convert-dust', { asset, into: asset.default('BNB') }),
  /** A funding payment; `amount` may be negative. */
  act('funding', { asset: asset.default('USDT'), amount: z.string().regex(/^-?\d{1,20}(\.\d{1,18})?$/) }),
  /** The venue takes a symbol's positions away, as if their margin were gone. */
  act('liquidate', { symbol }),
  act('set-leverage', { symbol, leverage: z.int().min(1).max(125) }),
  act('revoke-key', {}),
  act('restore-key', {}),
])

/** Something a user does in the venue's own app, as it is sent; `market` says which, where an account has several. */
export type Act = z.input<typeof actSchema>
export type ReadAct = z.output<typeof actSchema>

/** Checks an act; throws an error of one line that names the field. */
export function readAct(input: unknown): ReadAct {
  const read = actSchema.safeParse(input)
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new Error(`${issue?.path.join('.')}: ${issue?.message}`)
}
