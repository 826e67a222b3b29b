import { z } from 'zod'
import { type Timeframe, timeframeMs } from './candle.ts'
import { exchanges, modes } from './market.ts'
import { userSettings } from './settings.ts'

/** The candles that a run may walk. */
export const backtestTimeframes = ['1m', '5m', '15m', '1h'] as const satisfies readonly Timeframe[]

/** Whole days that a run may span. */
export const longestBacktestDays = 366

/** Candles that a run may walk, of all its symbols together: some seconds of work, or minutes for a slow strategy. */
const mostBacktestCandles = 2_500_000

/** How many runs of one user are under way at a time, how many may wait or be under way, and how many are kept. */
export const backtestLimits = { atOnce: 2, unfinished: 10, kept: 50 } as const

/** How many symbols `top10` stands for. */
export const topSymbols = 10

/** A moment of the market, UTC. */
const moment = z.iso.datetime('must be a moment in UTC such as 2026-01-31T00:00:00Z')

const finite = (least: number, most: number) => z.number('must be a number').min(least).max(most)

/** What one may ask of a run beside whose market and settings it is. Ratios: 0.001 is 0.1 %. */
export const backtestChoices = {
  /** Pairs such as BTC/USDT, or the ten most traded. */
  symbols: z
    .union(
      [
        z.literal('top10'),
        z
          .array(z.string().regex(/^[A-Z0-9]{1,20}\/[A-Z0-9]{1,20}$/, 'must be a pair such as BTC/USDT'))
          .min(1, 'must name at least one pair, or be top10')
          .max(20, 'must name at most 20 pairs'),
      ],
      'must be top10 or a list of 1 to 20 pairs such as BTC/USDT',
    )
    .refine((symbols) => symbols === 'top10' || new Set(symbols).size === symbols.length, 'names one twice'),
  timeframe: z.enum(backtestTimeframes, `must be one of ${backtestTimeframes.join(', ')}`),
  from: moment,
  to: moment,
  /** smart-entry, council, or `strategy:` and the name of a file in STRATEGIES_DIR. */
  strategy: z
    .string()
    .regex(
      /^(smart-entry|council|strategy:[A-Za-z0-9][\w.-]{0,63})$/,
      'must be smart-entry, council or strategy:NAME',
    ),
  parameters: z
    .record(z.string().max(64), z.union([z.number(), z.boolean(), z.string().max(100)]))
    .refine((values) => Object.keys(values).length <= 50, 'must be at most 50 parameters'),
  /** Of each fill; null is the taker fee of the venue. */
  fee: finite(0, 0.1).nullable(),
  slippage: finite(0, 0.1),
  /** Quote currency that the account begins with. */
  capital: finite(1, 1e12),
  /** Paid by longs every eight hours on futures; negative when shorts pay. */
  fundingRate: finite(-0.01, 0.01),
}

/** Everything a run is made of, as it is kept with it: the same terms over the same candles give the same trades. */
export const backtestTerms = z.strictObject({
  exchange: z.enum(exchanges),
  market: z.enum(['spot', 'futures']),
  mode: z.enum(modes),
  quote: z.string(),
  ...backtestChoices,
  /** All of them, as they were when it was asked for. */
  settings: userSettings,
})
export type BacktestTerms = z.infer<typeof backtestTerms>

/** What is wrong with a span, in one line; undefined for nothing. */
export function spanComplaint({
  symbols,
  timeframe,
  from,
  to,
}: Pick<BacktestTerms, 'symbols' | 'timeframe' | 'from' | 'to'>): string | undefined {
  const spanMs = Date.parse(to) - Date.parse(from)
  if (spanMs <= 0) return `to is ${to}: must be after from, which is ${from}`
  const days = spanMs / timeframeMs['1d']
  if (days > longestBacktestDays)
    return `from ${from} to ${to} are ${Math.ceil(days)} days: at most ${longestBacktestDays} can be run at once`
  const count = symbols === 'top10' ? topSymbols : symbols.length
  const candles = Math.ceil(spanMs / timeframeMs[timeframe]) * count
  if (candles > mostBacktestCandles)
    return `${count} symbols over ${Math.ceil(days)} days are ${candles} candles of ${timeframe}: at most ${mostBacktestCandles} can be run at once`
  return undefined
}
