import { z } from 'zod'
import type { RequestKind } from '../venues/venue.ts'

const kinds = ['order', 'cancel', 'query', 'fills', 'account', 'public'] as const satisfies RequestKind[]
const frames = ['stream'] as const satisfies RequestKind[]

/** The kinds of request a fault can meet at all. */
const meets = {
  /** Not executed; the connection ends. */
  'drop-before': kinds,
  /** Executed; the connection ends without an answer. */
  'drop-after-accept': kinds,
  /** The connection ends without an answer; executed `afterMs` later, if the venue still takes it then; a simulator that stops before has not executed it. */
  'late-accept': ['order', 'cancel'],
  '5xx-executed': kinds,
  '5xx-not-executed': kinds,
  '-1006-executed': kinds,
  '-1006-not-executed': kinds,
  '-1007-executed': kinds,
  '-1007-not-executed': kinds,
  /** Not executed; asks to come back after `retryAfterS`. */
  '429': kinds,
  '418': kinds,
  'fills-repeated': ['fills'],
  'fills-reordered': ['fills'],
  /** Answered from what was true `afterMs` ago. */
  'stale-read': ['query', 'fills', 'account'],
  /** Confirmed, and not done. */
  'cancel-lost': ['cancel'],
  /** Only `share` of the order is filled; `rest` says what becomes of the rest. */
  'partial-fill': ['order'],
  /** A conditional order is taken and stays asleep when its price is reached. */
  'stop-asleep': ['order'],
  /** Nobody offers anything to the order: a market order is refused, or ends unfilled. */
  'empty-book': ['order'],
  'order-without-id': ['order'],
  /** Executed; the answer ends in its middle, is empty, or is a web page. */
  'truncated-body': kinds,
  'empty-body': kinds,
  'html-body': kinds,
  /** Executed at once; answered `afterMs` later. */
  slow: kinds,
  /** Executed or, with `executed: false`, not; the connection is reset. */
  reset: kinds,
  /** A frame of a stream comes once more, `afterMs` later. */
  'stream-repeated': frames,
  /** A frame comes after the one behind it, or `afterMs` later where none follows. */
  'stream-reordered': frames,
  /** The connection stays, and for `afterMs` what it should carry is lost. */
  'stream-stopped': frames,
  /** The connection ends without a farewell, and the frame with it. */
  'stream-cut': frames,
} as const satisfies Readonly<Record<string, readonly RequestKind[]>>

export type FaultName = keyof typeof meets

/** Whether a fault can meet a request of this kind. */
export function canMeet(fault: FaultName, kind: RequestKind): boolean {
  return (meets[fault] as readonly RequestKind[]).includes(kind)
}

const kind = z.enum([...kinds, ...frames])
const ms = z.int().min(0).max(600_000)
const names = Object.keys(meets) as [FaultName, ...FaultName[]]

const matchSchema = z.strictObject({
  path: z.string().optional(), // '/fapi/v1/order', or the beginning of paths: '/fapi/*'
  method: z.enum(['GET', 'POST', 'PUT', 'DELETE']).optional(),
  apiKey: z.string().optional(),
  venue: z.string().optional(),
  market: z.enum(['spot', 'futures']).optional(),
  request: z.union([kind, z.array(kind)]).optional(),
  symbol: z.string().optional(), // 'BTC/USDT', on futures too
  clientOrderId: z.string().optional(),
})

const ruleSchema = z.strictObject({
  fault: z.enum(names),
  match: matchSchema.default({}),
  skip: z.int().min(0).default(0), // so many matching requests pass first
  times: z.int().min(1).optional(), // and it strikes no more than this
  probability: z.number().min(0).max(1).default(1), // of each matching request
  afterMs: z.union([ms, z.tuple([ms, ms])]).default(1000), // or anything between two
  cutAfterMs: ms.default(0), // how long the client waits for the end of its connection
  status: z.int().min(500).max(599).default(503), // of 5xx
  retryAfterS: z.int().min(0).max(86_400).default(1),
  share: z.number().min(0).max(1).default(0.5),
  rest: z.enum(['expires', 'stays', 'later']).default('expires'),
  executed: z.boolean().default(true), // of reset
})

const scriptSchema = z.strictObject({
  seed: z.int().min(0).max(0xffffffff).default(0),
  rules: z.array(ruleSchema).max(1000),
})

/** Rules and the seed of their chance, as they are sent. The first rule that strikes a request wins. */
export type FaultScript = z.input<typeof scriptSchema>
export type FaultRule = z.output<typeof ruleSchema>

/** Checks a script; throws an error of one line that names the field. */
export function readScript(input: unknown): z.output<typeof scriptSchema> {
  const read = scriptSchema.safeParse(input)
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new Error(`${issue?.path.join('.')}: ${issue?.message}`)
}
