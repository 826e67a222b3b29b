import type { Fill } from '#db/fills.ts'
import type { LedgerEntry } from '#db/ledger.ts'
import type { Position } from '#db/positions.ts'
import { Decimal, type DecimalText } from '../domain/decimal.ts'
import { entrySide } from '../domain/side.ts'

/** What a fill does to the quantities of its position; the part beyond it is `excess`. */
export interface Booked {
  readonly quantityOpen: DecimalText
  readonly quantityEntered: DecimalText
  readonly excess: DecimalText
}

/**
 * Books one fill on a position. An entry adds; on spot a fee taken in the bought coin is not there to be sold (on
 * futures a fee comes from the wallet, whatever its coin). An exit takes away, never below nothing.
 */
export function bookFill(
  position: Pick<Position, 'side' | 'quantityOpen' | 'quantityEntered'>,
  fill: Pick<Fill, 'side' | 'quantity' | 'fee' | 'feeCurrency'>,
  { base, isSpot }: Pick<Coins, 'base' | 'isSpot'>,
): Booked {
  const quantity = new Decimal(fill.quantity)
  const open = new Decimal(position.quantityOpen)
  if (fill.side === entrySide(position.side)) {
    const fee = isSpot && fill.side === 'buy' && fill.feeCurrency === base ? fill.fee : '0'
    return {
      quantityOpen: Decimal.max(0, open.plus(quantity).minus(fee)).toString(),
      quantityEntered: new Decimal(position.quantityEntered).plus(quantity).toString(),
      excess: '0',
    }
  }
  const within = Decimal.min(quantity, open)
  return {
    quantityOpen: open.minus(within).toString(),
    quantityEntered: position.quantityEntered,
    excess: quantity.minus(within).toString(),
  }
}

/** The coins that change hands on spot; on futures nothing but profit, loss and fees moves. */
export interface Coins {
  readonly base: string
  readonly quote: string
  readonly isSpot: boolean
}

/**
 * The ledger's rows for a fill. They sum up to what the venue's balances changed by, whatever part of the fill was
 * beyond its position: that part is a row of its own kind.
 */
export function ledgerOf(fill: Fill, coins: Coins, excess: DecimalText): LedgerEntry[] {
  const of = { symbol: fill.symbol, venueTradeId: fill.venueTradeId, at: fill.filledAt }
  const entries: LedgerEntry[] = []
  const move = (kind: LedgerEntry['kind'], currency: string, amount: Decimal) => {
    if (!amount.isZero()) entries.push({ ...of, kind, currency, amount: amount.toString() })
  }
  if (coins.isSpot) {
    const sign = fill.side === 'buy' ? 1 : -1
    const beyond = new Decimal(excess)
    const within = new Decimal(fill.quantity).minus(beyond)
    // What the excess cost is rounded somehow; what it leaves is not, so that the two are the fill's cost exactly.
    const beyondCost = new Decimal(fill.cost).times(beyond).div(fill.quantity).toDecimalPlaces(12)
    move('fill', coins.base, within.times(sign))
    move('fill', coins.quote, new Decimal(fill.cost).minus(beyondCost).times(-sign))
    move('excess', coins.base, beyond.times(sign))
    move('excess', coins.quote, beyondCost.times(-sign))
  } else {
    move('realized_pnl', coins.quote, new Decimal(fill.realizedPnl ?? '0'))
    if (!new Decimal(excess).isZero())
      entries.push({
        ...of,
        kind: 'excess',
        currency: coins.quote,
        amount: '0',
        note: `${excess} ${coins.base}`,
      })
  }
  move('fee', fill.feeCurrency, new Decimal(fill.fee).neg())
  return entries
}
