import { z } from 'zod'
import { candlesOf, keptTimeframes } from '#db/candles.ts'
import { timeframeMs } from '../../domain/candle.ts'
import { noSuch } from '../problem.ts'
import { instant, moment, symbol } from './fields.ts'
import { marketNow } from './market-time.ts'
import { route } from './route.ts'

/** More than a screen can draw side by side. */
const most = 2_000

const candle = z
  .object({
    /** When it opened, market time. */
    at: instant,
    open: z.number(),
    high: z.number(),
    low: z.number(),
    close: z.number(),
    volume: z.number(),
  })
  .meta({ id: 'Candle', description: 'A closed candle: prices in quote, volume in base.' })
export type Candle = z.infer<typeof candle>

const candleSpan = z.object({
  accountId: z.uuid(),
  symbol: z.string(),
  timeframe: z.enum(keptTimeframes),
  /** Oldest first. */
  items: z.array(candle),
})

/** The candles that workers saw of a symbol: of what is held and of what signals look at. */
export const getCandles = route({
  method: 'get',
  path: '/candles',
  summary: `Closed candles of a symbol on an account’s market, the newest ${most} of a span, oldest first.`,
  query: z.strictObject({
    account: z.uuid('must be the id of an account'),
    symbol,
    timeframe: z.enum(keptTimeframes, `must be ${keptTimeframes.join(' or ')}`).default('5m'),
    from: moment.optional(),
    to: moment.optional(),
    limit: z.coerce
      .number('must be a number')
      .int('must be a whole number')
      .min(1, 'must be at least 1')
      .max(most, `must be at most ${most}`)
      .default(500),
  }),
  answer: candleSpan,
  async handle({ db, market, query }) {
    const { account: accountId, symbol, timeframe, limit } = query
    const account = await db
      .selectFrom('accounts')
      .select(['exchange', 'market', 'mode'])
      .where('id', '=', accountId)
      .executeTakeFirst()
    if (!account) throw noSuch('account', accountId, '/overview')
    const { mode, ...place } = account
    const to = query.to ?? (await marketNow(db, market)) ?? new Date()
    const from = query.from ?? new Date(to.getTime() - limit * timeframeMs[timeframe])
    const found = await candlesOf(
      db,
      { ...place, isPaper: mode === 'paper', symbol, timeframe },
      { from, to, limit },
    )
    const items = found.map(({ openTimeMs, ...rest }) => ({
      at: new Date(openTimeMs).toISOString(),
      ...rest,
    }))
    return { accountId, symbol, timeframe, items }
  },
})
