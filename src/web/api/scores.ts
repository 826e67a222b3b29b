import { z } from 'zod'
import { type ScoreGroup, scoreGroups } from '#db/signal-scores.ts'
import { rareTrend, trendOf } from '../../domain/learning/trend.ts'
import { wilson } from '../../domain/learning/wilson.ts'
import { noBody } from './fields.ts'
import { marketNow } from './market-time.ts'
import { route } from './route.ts'

/** What entering and leaving costs where the fee is 0.1 % of each fill. */
const roundTrip = 0.002
const dayMs = 86_400_000

/** How a group of signals did: ratios, moves along the signal's side six hours on or to its own target. */
const record = z.object({
  samples: z.number(),
  hits: z.number(),
  hitRate: z.number(),
  /** 95 % of the hit rate (Wilson). */
  low: z.number(),
  high: z.number(),
  /** Mean confidence they were first said with. */
  confidence: z.number(),
  meanMove: z.number(),
  /** Mean move after a fee of 0.1 % of each fill. */
  profit: z.number(),
  brier: z.number(),
  /** Brier score of who says the hit rate every time. */
  baseBrier: z.number(),
})

const sourceScores = record.extend({
  source: z.string(),
  /** Per tenth of confidence. */
  tenths: z.array(record.extend({ from: z.number(), to: z.number() })),
  symbols: z.array(record.extend({ symbol: z.string() })),
  /** Hour of the day, UTC. */
  hours: z.array(record.extend({ hour: z.number() })),
  /** Whether signals said with more confidence were right more often: yes or no beyond chance (5 %), or not to be told. */
  meaning: z.enum(['more', 'less', 'none', 'unknown']),
})
export type SourceScores = z.infer<typeof sourceScores>
export type ScoreRecord = z.infer<typeof record>

/** How the sources did. */
export const getScores = route({
  method: 'get',
  path: '/scores',
  summary: 'How scored signals did, per source and by symbol, hour and confidence.',
  query: z.strictObject({
    days: z.coerce
      .number('must be a number of days')
      .int('must be a whole number of days')
      .min(1, 'must be at least 1 day')
      .max(365, 'must be at most 365 days')
      .default(30),
  }),
  body: noBody,
  answer: z.object({ days: z.number(), sources: z.array(sourceScores) }),
  async handle({ db, market, query }) {
    const now = (await marketNow(db, market)) ?? new Date()
    const groups = await scoreGroups(db, new Date(now.getTime() - query.days * dayMs))
    const bySource = Map.groupBy(groups, ({ source }) => source)
    return { days: query.days, sources: [...bySource].map(([source, own]) => scoresOf(source, own)) }
  },
})

function scoresOf(source: string, groups: readonly ScoreGroup[]): SourceScores {
  const whole = groups.find(({ symbol, hour, tenth }) => symbol === null && hour === null && tenth === null)
  if (whole === undefined) throw new Error(`${source} has groups and no whole`)
  const tenths = groups.filter(({ tenth }) => tenth !== null)
  return {
    source,
    ...recordOf(whole),
    tenths: tenths.map((group) => ({
      ...recordOf(group),
      from: (group.tenth ?? 0) / 10,
      to: ((group.tenth ?? 0) + 1) / 10,
    })),
    symbols: groups.flatMap((group) =>
      group.symbol === null ? [] : [{ ...recordOf(group), symbol: group.symbol }],
    ),
    hours: groups.flatMap((group) => (group.hour === null ? [] : [{ ...recordOf(group), hour: group.hour }])),
    meaning: meaningOf(tenths),
  }
}

function recordOf({ samples, hits, confidence, meanMove, brier }: ScoreGroup): ScoreRecord {
  const hitRate = hits / samples
  return {
    samples,
    hits,
    hitRate,
    ...wilson(hits, samples),
    confidence,
    meanMove,
    profit: meanMove - roundTrip,
    brier,
    baseBrier: hitRate * (1 - hitRate),
  }
}

/** Under so many signals nothing is said about them. */
const leastSamples = 30

function meaningOf(tenths: readonly ScoreGroup[]): SourceScores['meaning'] {
  const trend = trendOf(
    tenths.map(({ confidence, samples, hits }) => ({ foretold: confidence, count: samples, hits })),
  )
  const samples = tenths.reduce((sum, group) => sum + group.samples, 0)
  if (trend === null || samples < leastSamples) return 'unknown'
  if (Math.abs(trend) < rareTrend) return 'none'
  return trend > 0 ? 'more' : 'less'
}
