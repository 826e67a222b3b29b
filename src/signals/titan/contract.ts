import { z } from 'zod'
import { signalActions } from '../../domain/signal.ts'

/** What titan is told of a market beside its candles: each a number, or null where the history is too short. */
export const indicatorNames = [
  'rsi14_5m',
  'macd_histogram_5m',
  'ema9_5m',
  'ema21_5m',
  'ema50_5m',
  'atr14_5m',
  'band_place_5m',
  'volume_ratio_5m',
  'rsi14_1h',
  'adx14_1h',
  'atr14_1h',
  'ema_stack_1h',
  'ema_stack_4h',
  'change_24h',
  'daily_volatility',
  'distance_to_mean_200d',
] as const
export type IndicatorName = (typeof indicatorNames)[number]

/** A pair such as BTC/USDT, and nothing else: what is asked is part of a prompt. */
const pair = z.string().regex(/^[A-Z0-9]{1,20}\/[A-Z0-9]{1,10}$/, 'must be a pair such as BTC/USDT')

/** Time it opened in epoch milliseconds, open, high, low, close, volume. */
const candle = z.tuple([z.int(), z.number(), z.number(), z.number(), z.number(), z.number()])

/** What is posted to titan: numbers and the names of pairs, nothing that anybody wrote. Candles are closed, oldest first. */
export const titanQuestion = z.strictObject({
  asOf: z.iso.datetime(),
  timeframe: z.enum(['1m', '5m', '15m', '1h', '4h', '1d']),
  symbols: z
    .array(
      z.strictObject({
        symbol: pair,
        candles: z.array(candle).max(500),
        indicators: z.partialRecord(z.enum(indicatorNames), z.number().nullable()),
      }),
    )
    .min(1)
    .max(200),
})
export type TitanQuestion = z.infer<typeof titanQuestion>

const price = z.number().positive().nullable().default(null)

/** What titan answers: its opinion on some or all of the symbols; prices in the symbol's quote. */
export const titanAnswer = z.object({
  signals: z
    .array(
      z.object({
        symbol: pair,
        action: z.enum(signalActions),
        confidence: z.number().min(0).max(1),
        reasoning: z.string().max(4_000).default(''),
        stopLoss: price,
        takeProfit: price,
      }),
    )
    .max(200),
})
export type TitanAnswer = z.infer<typeof titanAnswer>

/**
 * The same as a language model's server is told it: every field, so that none is left out by mistake, and types without
 * limits, which some servers refuse to enforce. What comes back is held against `titanAnswer`.
 */
export const modelAnswer = z.object({
  signals: z.array(
    z.object({
      symbol: z.string(),
      action: z.enum(signalActions),
      confidence: z.number(),
      reasoning: z.string(),
      stopLoss: z.number().nullable(),
      takeProfit: z.number().nullable(),
    }),
  ),
})

/** Why an answer is none to this question: a symbol that was not asked, or one said twice. Undefined when it is. */
export function misfit(question: TitanQuestion, answer: TitanAnswer): string | undefined {
  const asked = new Set(question.symbols.map(({ symbol }) => symbol))
  const said = answer.signals.map(({ symbol }) => symbol)
  if (said.some((symbol) => !asked.has(symbol))) return 'it speaks of a symbol that was not asked'
  return new Set(said).size < said.length ? 'it speaks twice of a symbol' : undefined
}
