import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { sql } from 'kysely'
import { z } from 'zod'
import { cancelBacktest, removeBacktest } from '#db/backtests.ts'
import { noSuch, Problem } from '../problem.ts'
import {
  backtest,
  backtestTrade,
  listColumns,
  toBacktest,
  toBacktestTrade,
  toWholeBacktest,
  wholeBacktest,
  wholeColumns,
} from './backtest-answers.ts'
import { afterCursor, cursorInstant, pageOf, pageQuery, toPage } from './page.ts'
import { route } from './route.ts'

const params = z.strictObject({ id: z.uuid('must be the id of a backtest') })

/** The caller's runs, the newest first. */
export const listBacktests = route({
  method: 'get',
  path: '/backtests',
  summary: 'The caller’s backtests, the newest first, with how far each is and what it came to.',
  query: pageQuery.omit({ account: true }),
  answer: pageOf(backtest),
  async handle({ db, query }) {
    const rows = await db
      .selectFrom('backtests')
      .select(listColumns)
      .select(cursorInstant('created_at').as('cursor_at'))
      .where(afterCursor(query.cursor, { at: 'created_at', id: 'id' }))
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(query.limit + 1)
      .execute()
    return toPage(rows, query.limit, toBacktest)
  },
})

/** One run with its figures, its curve and what should be known before one believes it. */
export const getBacktest = route({
  method: 'get',
  path: '/backtests/:id',
  summary: 'One backtest: how far it is, or its figures, equity curve and breakdowns.',
  params,
  answer: wholeBacktest,
  async handle({ db, params: { id } }) {
    const row = await db.selectFrom('backtests').select(wholeColumns).where('id', '=', id).executeTakeFirst()
    if (!row) throw absent(id)
    return toWholeBacktest(row)
  },
})

/** The trades of a run, in the order in which they ended. */
export const listBacktestTrades = route({
  method: 'get',
  path: '/backtests/:id/trades',
  summary: 'The trades of a backtest that is done, in the order in which they ended.',
  params,
  query: z.strictObject({
    limit: pageQuery.shape.limit,
    cursor: z.coerce.number('must be the `next` of an earlier answer').int().min(0).max(1e9).default(0),
  }),
  answer: pageOf(backtestTrade),
  async handle({ db, params: { id }, query: { limit, cursor } }) {
    const { rows } = await sql<{ trades: unknown[] | null; total: number | null }>`
      select jsonb_path_query_array(trades, '$[$from to $to]', jsonb_build_object('from', ${cursor}::int, 'to', ${cursor + limit - 1}::int)) as trades,
        jsonb_array_length(trades) as total
      from backtests where id = ${id}`.execute(db)
    const [row] = rows
    if (!row) throw absent(id)
    const items = (row.trades ?? []).map((trade, i) => toBacktestTrade(trade, cursor + i + 1))
    return { items, next: cursor + limit < (row.total ?? 0) ? String(cursor + limit) : null }
  },
})

/** Asks for a run to be left where it is. */
export const cancelBacktestRoute = route({
  method: 'post',
  path: '/backtests/:id/cancel',
  summary: 'Cancels a backtest that waits or is being run; one that is over stays as it is.',
  params,
  answer: z.object({ id: z.uuid(), isOver: z.boolean() }),
  async handle({ db, user, params: { id } }) {
    const state = await cancelBacktest(db, user.id, id)
    if (state === undefined) throw absent(id)
    return { id, isOver: state !== 'running' }
  },
})

/** Removes a run for good. */
export const deleteBacktest = route({
  method: 'delete',
  path: '/backtests/:id',
  summary: 'Removes a backtest that is over.',
  params,
  answer: z.object({ id: z.uuid() }),
  async handle({ db, user, params: { id } }) {
    if (await removeBacktest(db, user.id, id)) return { id }
    const found = await db.selectFrom('backtests').select('id').where('id', '=', id).executeTakeFirst()
    if (!found) throw absent(id)
    throw new Problem(409, 'backtest-not-over', 'The backtest is not over.', {
      advice: 'Cancel it first; it ends within seconds.',
    })
  },
})

/** A page may run its own scripts and nothing else: it has an origin of its own, and reaches neither cookies nor the API. */
const reportPolicy =
  "sandbox allow-scripts; default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"

/** The whole report as a page that needs nothing else, to look at, to print or to keep. */
export const getBacktestReport = route({
  method: 'get',
  path: '/backtests/:id/report',
  summary: 'The report of a backtest that is done, as one HTML page that needs nothing else.',
  media: 'text/html',
  policy: reportPolicy,
  params,
  answer: z.string(),
  async handle({ db, params: { id } }) {
    const row = await db
      .selectFrom('backtests')
      .select(['state', 'page'])
      .where('id', '=', id)
      .executeTakeFirst()
    if (!row) throw absent(id)
    if (row.page === null)
      throw new Problem(409, 'backtest-not-done', `The backtest is ${row.state}: it has no report.`, {
        advice: 'Wait until it is done.',
      })
    return (await promisify(gunzip)(row.page)).toString('utf8')
  },
})

function absent(id: string): Problem {
  return noSuch('backtest', id, '/backtests')
}
