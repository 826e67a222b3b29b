import { sql } from 'kysely'
import { z } from 'zod'
import { decimal, instant, noBody } from './fields.ts'
import { marketNow } from './market-time.ts'
import { route } from './route.ts'

/** How far back a curve goes, in market time. */
const equityRanges = { '6h': 6, '24h': 24, '7d': 168, '30d': 720, all: 24 * 3_650 } as const
export type EquityRange = keyof typeof equityRanges

const equityCurve = z.object({
  accountId: z.uuid(),
  /** Oldest first, the last snapshot of each equal slice of the range; times are market time. */
  points: z.array(z.object({ at: instant, equity: decimal })),
})

export type EquityCurve = z.infer<typeof equityCurve>

/** At most this many slices: more than a laptop's screen can draw side by side is waste. */
const slices = 600

/** Equity over time, for the chart. */
export const getEquity = route({
  method: 'get',
  path: '/equity',
  summary: 'Equity of an account over time, thinned to what a chart can show.',
  query: z.strictObject({
    account: z.uuid('must be the id of an account'),
    range: z
      .enum(Object.keys(equityRanges) as [EquityRange], 'must be 6h, 24h, 7d, 30d or all')
      .default('24h'),
  }),
  body: noBody,
  answer: equityCurve,
  async handle({ db, market, query }) {
    const now = (await marketNow(db, market)) ?? new Date()
    const { rows } = await sql<{ market_at: Date; equity: string }>`
      with seen as (
        select market_at, equity from equity_snapshots
        where account_id = ${query.account} and market_at > ${now}::timestamptz - make_interval(hours => ${equityRanges[query.range]})
      ), span as (
        select min(market_at) as start, greatest(extract(epoch from max(market_at) - min(market_at)), 1) / ${slices - 1} as slice from seen
      )
      select distinct on (floor(extract(epoch from seen.market_at - span.start) / span.slice)) seen.market_at, seen.equity
      from seen, span
      order by floor(extract(epoch from seen.market_at - span.start) / span.slice), seen.market_at desc`.execute(
      db,
    )
    return {
      accountId: query.account,
      points: rows.map((row) => ({ at: row.market_at.toISOString(), equity: row.equity })),
    }
  },
})
