import type { Db } from '#db/client.ts'
import { type ReportedTrade, reportedAccounts, tradesClosed } from '#db/reports.ts'
import { monthSpan } from '../../domain/alerts/days.ts'
import { resultsOf } from '../../domain/alerts/results.ts'
import { clockOf } from '../../domain/alerts/wishes.ts'
import { withdrawable } from '../../domain/alerts/withdrawable.ts'
import { sum } from '../../domain/decimal.ts'
import { tierOf } from '../../domain/entries/tiers.ts'
import type { Mail } from '../desk.ts'
import { accountPart } from './account-part.ts'
import { gain, money, percent } from './figures.ts'
import { renderMail } from './render.ts'

/** The summary of one month of one user: win rate per tier and source, and what could be withdrawn of each account. */
export async function monthlyMail(
  db: Db,
  {
    userId,
    month,
    zone,
    publicUrl,
  }: { readonly userId: string; readonly month: string; readonly zone: string; readonly publicUrl: string },
): Promise<Pick<Mail, 'subject' | 'html' | 'text' | 'images'>> {
  const span = monthSpan(month, zone)
  const trades = await tradesClosed(db, userId, span)
  const accounts = []
  for (const account of await reportedAccounts(db, userId)) {
    const labelOf = (atMs: number) => clockOf(atMs, zone).day
    const { part, image, last } = await accountPart(db, account, { span, labelOf })
    const profit = sum(trades.filter(({ accountId }) => accountId === account.id).map(({ pnl }) => pnl))
    const out = last ? withdrawable({ profit, free: last.free, equity: last.equity }) : '0'
    accounts.push({ part: { ...part, withdrawable: money(out, account.quote) }, image })
  }
  const results = resultsOf(trades)
  const net = results.map(({ pnl, quote }) => gain(pnl, quote)).join(' and ')
  const headline =
    trades.length === 0
      ? 'no trade was closed'
      : `${net} from ${trades.length} trades, ${wonText(trades)} won`
  const subject = `Monthly summary ${month}: ${headline}`
  const mail = renderMail('monthly', {
    subject,
    preview: headline,
    colour: '#1f5eff',
    publicUrl,
    zone,
    month,
    headline,
    accounts: accounts.map(({ part }) => part),
    tables: [
      { title: 'By risk tier', of: 'equity when it was opened', rows: rowsBy(trades, tierText) },
      { title: 'By source', of: 'source', rows: rowsBy(trades, ({ source }) => source) },
    ],
  })
  return { subject, ...mail, images: accounts.flatMap(({ image }) => image ?? []) }
}

function rowsBy(trades: readonly ReportedTrade[], nameOf: (trade: ReportedTrade) => string) {
  return [...Map.groupBy(trades, nameOf)]
    .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .map(([name, own]) => ({
      name,
      trades: own.length,
      won: wonText(own),
      net: resultsOf(own)
        .map(({ pnl, quote }) => gain(pnl, quote))
        .join(', '),
    }))
}

function wonText(trades: readonly ReportedTrade[]): string {
  return percent(trades.filter(({ pnl }) => Number(pnl) > 0).length / trades.length)
}

function tierText({ equityBefore }: ReportedTrade): string {
  if (equityBefore === null) return 'not known'
  const { belowEquity } = tierOf(Number(equityBefore))
  return Number.isFinite(belowEquity) ? `below ${belowEquity}` : 'the largest'
}
