import { z } from 'zod'
import { timeframeMs } from '../../domain/candle.ts'
import { signalActions } from '../../domain/signal.ts'
import type { ClosedCandles } from './contexts.ts'

/** What the thread of a strategy is asked: to look at the candles of a symbol that came after `afterMs`. */
export interface Look {
  readonly id: number
  readonly symbol: string
  /** The candles begin anew: what was remembered of the symbol is forgotten. */
  readonly isFresh: boolean
  readonly afterMs: number
  readonly candles: ClosedCandles
}

const timeframe = z.enum(Object.keys(timeframeMs) as (keyof typeof timeframeMs)[])
const price = z.number().positive()

const word = z.object({
  /** Market time of the close it was said at. */
  saidAtMs: z.number(),
  /** That close. */
  price,
  action: z.enum(signalActions),
  confidence: z.number().min(0).max(1),
  reasoning: z.string().transform((text) => text.slice(0, 2_000)),
  stopLoss: price.optional(),
  takeProfit: price.optional(),
})

/** What a strategy said at a close. */
export type Word = z.output<typeof word>

const line = z.string().transform((text) => text.split('\n', 1)[0]?.slice(0, 500) ?? '')

/**
 * What comes back from a strategy's process. The code in there is the operator's and may write what it likes to its port, so
 * it is read like any other text from outside.
 */
export const answer = z.union([
  z.object({
    loaded: z.object({
      name: z.string(),
      timeframe,
      warmup: z.number(),
      history: z.partialRecord(timeframe, z.number()),
      parameters: z
        .array(z.object({ name: line, value: z.union([z.number(), z.boolean(), line]), about: line }))
        .max(200),
    }),
  }),
  z.object({ id: z.number(), words: z.array(word).max(3) }),
  z.object({ failed: line }),
])

export type Answer = z.output<typeof answer>

/** What a strategy says of itself once it has loaded. */
export type Loaded = Extract<Answer, { loaded: unknown }>['loaded']
