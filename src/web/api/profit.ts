import { Decimal, type DecimalText } from '../../domain/decimal.ts'

/** The books of one position. Quantities in base, money in quote; for a short, `sold` is what was bought back. */
export interface Books {
  readonly side: 'long' | 'short'
  /** Average entry price; null before the first fill. */
  readonly entryPrice: DecimalText | null
  readonly lastPrice: DecimalText | null
  readonly open: DecimalText
  readonly sold: DecimalText
  /** Σ price · quantity of the exits. */
  readonly soldFor: DecimalText
  readonly entryFees: DecimalText
  readonly exitFees: DecimalText
}

/** What a position has brought so far and would bring now, net of entry fees; null without a price or a fill. */
export interface Profit {
  readonly openPnl: DecimalText | null
  /** `openPnl` as a ratio of what the open part cost. */
  readonly openRatio: number | null
  readonly realizedPnl: DecimalText
  /** Value of the open part at the last price. */
  readonly notional: DecimalText | null
}

/** Entry fees are shared between the open part and the parts already sold, by quantity. */
export function profitOf(books: Books): Profit {
  const entry = new Decimal(books.entryPrice ?? 0)
  const open = new Decimal(books.open)
  const sold = new Decimal(books.sold)
  const direction = books.side === 'long' ? 1 : -1
  const all = open.plus(sold)
  const openFees = all.isZero() ? all : new Decimal(books.entryFees).times(open).div(all)
  const soldFees = new Decimal(books.entryFees).minus(openFees).plus(books.exitFees)
  const soldGross = new Decimal(books.soldFor).minus(sold.times(entry)).times(direction)
  const realizedPnl = sold.isZero() ? '0' : money(soldGross.minus(soldFees))
  if (books.lastPrice === null || open.isZero() || entry.isZero())
    return { openPnl: null, openRatio: null, realizedPnl, notional: null }
  const pnl = open.times(new Decimal(books.lastPrice).minus(entry)).times(direction).minus(openFees)
  return {
    openPnl: money(pnl),
    openRatio: pnl.div(open.times(entry)).toNumber(),
    realizedPnl,
    notional: money(open.times(books.lastPrice)),
  }
}

/** Eight decimals are finer than any quote currency's smallest unit. */
function money(value: Decimal): DecimalText {
  return value.toDecimalPlaces(8).toFixed()
}
