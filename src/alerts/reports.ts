import { wishesOf } from '#db/alert-settings.ts'
import { raiseOnce } from '#db/alerts.ts'
import type { Db } from '#db/client.ts'
import { reportableUsers, tradesClosed } from '#db/reports.ts'
import { daySpan, lastMonth, monthSpan, type Span, yesterday } from '../domain/alerts/days.ts'
import { resultsOf } from '../domain/alerts/results.ts'
import { type AlertWishes, clockOf } from '../domain/alerts/wishes.ts'
import { gain } from './mails/figures.ts'

/**
 * Raises the report of yesterday, and on the first days of a month that of the month before, for every user who wishes one
 * and whose clock has come to their hour. A report is raised once, however often this runs and on how many workers. Returns
 * how many were raised now.
 */
export async function raiseReports(db: Db, nowMs: number): Promise<number> {
  const users = await reportableUsers(db)
  const wishes = await wishesOf(
    db,
    users.map(({ id }) => id),
  )
  let raised = 0
  for (const { id, since } of users) {
    const own = wishes.get(id)
    if (!own) continue
    for (const report of dueReports(own, nowMs))
      if (since.getTime() < report.span.untilMs && (await raise(db, id, own, report))) raised += 1
  }
  return raised
}

interface DueReport {
  readonly kind: 'daily-report' | 'monthly-summary'
  readonly period: string
  readonly span: Span
}

/** The reports whose hour has come on a user's clock. */
function dueReports(wishes: AlertWishes, nowMs: number): DueReport[] {
  const { timeZone, reportHour, dailyReport, monthlySummary } = wishes
  if (clockOf(nowMs, timeZone).hour < reportHour) return []
  const due: DueReport[] = []
  const day = yesterday(nowMs, timeZone)
  if (dailyReport) due.push({ kind: 'daily-report', period: day, span: daySpan(day, timeZone) })
  const month = lastMonth(nowMs, timeZone)
  // Who has no worker running on the first gets it later; who wishes it from the tenth on waits for the next.
  if (monthlySummary && Number(clockOf(nowMs, timeZone).day.slice(8)) <= 5)
    due.push({ kind: 'monthly-summary', period: month, span: monthSpan(month, timeZone) })
  return due
}

async function raise(
  db: Db,
  userId: string,
  { timeZone }: AlertWishes,
  { kind, period, span }: DueReport,
): Promise<boolean> {
  const results = resultsOf(await tradesClosed(db, userId, span))
  const trades = results.reduce((sum, one) => sum + one.trades, 0)
  const net = results.map(({ pnl, quote }) => gain(pnl, quote)).join(' and ')
  const title = kind === 'daily-report' ? `Daily report ${period}` : `Monthly summary ${period}`
  return raiseOnce(db, {
    kind,
    severity: 'info',
    userId,
    subject: period,
    title,
    text:
      trades === 0
        ? 'No trade was closed.'
        : `${net} net of fees from ${trades} closed ${trades === 1 ? 'trade' : 'trades'}.`,
    facts: { 'time zone': timeZone },
  })
}
