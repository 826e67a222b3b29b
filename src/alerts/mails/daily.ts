import type { Db } from '#db/client.ts'
import {
  haltsOn,
  positionsHeld,
  type ReportedPosition,
  type ReportedTrade,
  reportedAccounts,
  tradesClosed,
} from '#db/reports.ts'
import { daySpan } from '../../domain/alerts/days.ts'
import { type Result, resultsOf } from '../../domain/alerts/results.ts'
import { Decimal } from '../../domain/decimal.ts'
import type { Mail } from '../desk.ts'
import { accountPart } from './account-part.ts'
import { amount, change, gain, money, percent } from './figures.ts'
import { timeText } from './moment.ts'
import { renderMail } from './render.ts'

/** A mail stays short enough for any mailbox. */
const mostTrades = 25

/** The report of one day of one user: equity, trades net of fees, what is open and what protects it, and halts. */
export async function dailyMail(
  db: Db,
  {
    userId,
    day,
    zone,
    publicUrl,
  }: { readonly userId: string; readonly day: string; readonly zone: string; readonly publicUrl: string },
): Promise<Pick<Mail, 'subject' | 'html' | 'text' | 'images'>> {
  const span = daySpan(day, zone)
  const accounts = []
  for (const account of await reportedAccounts(db, userId))
    accounts.push(await accountPart(db, account, { span, labelOf: (atMs) => timeText(new Date(atMs), zone) }))
  const trades = await tradesClosed(db, userId, span)
  const results = resultsOf(trades)
  const positions = await positionsHeld(db, userId)
  const halts = await haltsOn(db, userId)
  const headline = headlineOf(results)
  const subject = `Daily report ${day}: ${headline}`
  const mail = renderMail('daily', {
    subject,
    preview: `${positions.length} open, ${trades.length} closed. ${headline}`,
    colour: results.some(({ pnl }) => new Decimal(pnl).lt(0)) ? '#b7791f' : '#0f7b4f',
    publicUrl,
    zone,
    day,
    headline,
    accounts: accounts.map(({ part }) => part),
    trades: trades.slice(0, mostTrades).map((trade) => tradeRow(trade, zone)),
    moreTrades: Math.max(0, trades.length - mostTrades),
    results: results.map(resultRow),
    positions: positions.map(positionRow),
    halts: halts.map(
      ({ scope, of, reason }) =>
        `${scope === 'user' ? '' : `${scope}: `}${of}${reason ? ` – ${reason}` : ''}`,
    ),
  })
  return { subject, ...mail, images: accounts.flatMap(({ image }) => image ?? []) }
}

function headlineOf(results: readonly Result[]): string {
  if (results.length === 0) return 'no trade was closed'
  const count = results.reduce((sum, { trades }) => sum + trades, 0)
  const net = results.map(({ pnl, quote }) => gain(pnl, quote)).join(' and ')
  return `${net} from ${count} ${count === 1 ? 'trade' : 'trades'}`
}

function tradeRow(trade: ReportedTrade, zone: string) {
  return {
    what: `${trade.side} ${trade.symbol}`,
    why: `${timeText(trade.closedAt, zone)} · ${trade.closeReason.replaceAll('_', ' ')} · ${trade.source} · ${trade.account} (${trade.mode})`,
    result: `${gain(trade.pnl, trade.quote)} (${change(trade.profitRatio)})`,
    isUp: new Decimal(trade.pnl).gte(0),
  }
}

function resultRow({ pnl, quote, fees, wins, trades, winRate }: Result) {
  return {
    net: gain(pnl, quote),
    fees: money(fees, quote),
    wins: `${wins} of ${trades} won (${percent(winRate)})`,
  }
}

function positionRow(position: ReportedPosition) {
  const { side, symbol, quantity, entryPrice, lastPrice, stopLoss, restingStop, gap } = position
  const prices = [entryPrice && `from ${amount(entryPrice)}`, lastPrice && `now ${amount(lastPrice)}`]
  const stop = stopLoss === null ? 'no stop is set' : `monitor: stop ${amount(stopLoss)}`
  return {
    what: `${side} ${amount(quantity)} ${symbol}`,
    where: [...prices.filter(Boolean), `${position.account} (${position.mode})`].join(' · '),
    guard:
      gap !== null
        ? `unprotected: ${gap}`
        : restingStop === null
          ? stop
          : `stop at the exchange: ${amount(restingStop)}`,
    isSafe: gap === null,
  }
}
