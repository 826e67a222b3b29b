import { type DecimalText, sum } from '#src/domain/decimal.ts'
import type { OrderSide } from '#src/domain/side.ts'
import type { Db } from './client.ts'

/** One execution at the venue, booked once per (account, symbol, venue trade id). Money in the account's quote. */
export interface Fill {
  readonly symbol: string
  readonly venueTradeId: string
  readonly side: OrderSide
  readonly price: DecimalText
  readonly quantity: DecimalText
  readonly cost: DecimalText
  readonly fee: DecimalText
  readonly feeCurrency: string
  /** Price of one unit of the fee's currency in quote when the fill was booked. */
  readonly feePrice: DecimalText
  readonly realizedPnl: DecimalText | null
  readonly isMaker: boolean
  readonly filledAt: Date
}

/** Whose fill it is. */
export interface FillOwner {
  readonly userId: string
  readonly accountId: string
  readonly orderId: string
  readonly positionId: string
}

/** Books a fill; false when it was booked before. */
export async function insertFill(db: Db, owner: FillOwner, fill: Fill): Promise<boolean> {
  const result = await db
    .insertInto('fills')
    .values({
      user_id: owner.userId,
      account_id: owner.accountId,
      order_id: owner.orderId,
      position_id: owner.positionId,
      symbol: fill.symbol,
      venue_trade_id: fill.venueTradeId,
      side: fill.side,
      price: fill.price,
      quantity: fill.quantity,
      cost: fill.cost,
      fee: fill.fee,
      fee_currency: fill.feeCurrency,
      fee_price: fill.feePrice,
      realized_pnl: fill.realizedPnl,
      is_maker: fill.isMaker,
      filled_at: fill.filledAt,
    })
    .onConflict((conflict) => conflict.columns(['account_id', 'symbol', 'venue_trade_id']).doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** The fills of an order, by time. */
export async function fillsOfOrder(db: Db, orderId: string): Promise<Fill[]> {
  return select(db, 'order_id', orderId)
}

/** The fills of a position, by time. */
export async function fillsOfPosition(db: Db, positionId: string): Promise<Fill[]> {
  return select(db, 'position_id', positionId)
}

/** What fills bought or sold together: base and quote. */
export function totalsOf(fills: readonly Pick<Fill, 'quantity' | 'cost'>[]): {
  quantity: DecimalText
  cost: DecimalText
} {
  return { quantity: sum(fills.map((fill) => fill.quantity)), cost: sum(fills.map((fill) => fill.cost)) }
}

/** What a currency cost in quote when a fee was last paid in it, on the account; undefined when never. */
export async function lastFeePrice(
  db: Db,
  accountId: string,
  currency: string,
): Promise<DecimalText | undefined> {
  const row = await db
    .selectFrom('fills')
    .select('fee_price')
    .where('account_id', '=', accountId)
    .where('fee_currency', '=', currency)
    .orderBy('filled_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.fee_price
}

async function select(db: Db, column: 'order_id' | 'position_id', id: string): Promise<Fill[]> {
  const rows = await db
    .selectFrom('fills')
    .selectAll()
    .where(column, '=', id)
    .orderBy('filled_at')
    .orderBy('venue_trade_id')
    .execute()
  return rows.map((row) => ({
    symbol: row.symbol,
    venueTradeId: row.venue_trade_id,
    side: row.side as OrderSide,
    price: row.price,
    quantity: row.quantity,
    cost: row.cost,
    fee: row.fee,
    feeCurrency: row.fee_currency,
    feePrice: row.fee_price,
    realizedPnl: row.realized_pnl,
    isMaker: row.is_maker,
    filledAt: row.filled_at,
  }))
}
