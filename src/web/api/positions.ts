import { sql } from 'kysely'
import { z } from 'zod'
import type { Db } from '#db/client.ts'
import { liquidationDistance } from '../../domain/exits/liquidation.ts'
import { decimal, instant, noBody } from './fields.ts'
import { profitOf } from './profit.ts'
import {
  type ProtectionRow,
  protectionColumns,
  protectionFields,
  protectionJoins,
  protectionOf,
} from './protection.ts'
import { route } from './route.ts'

export const position = z
  .object({
    id: z.uuid(),
    accountId: z.uuid(),
    symbol: z.string(),
    side: z.enum(['long', 'short']),
    state: z.enum(['opening', 'open', 'closing', 'stray']),
    source: z.string(),
    quantity: decimal,
    /** What was bought or sold at first, before partial exits. */
    quantityEntered: decimal,
    leverage: decimal,
    entryPrice: decimal.nullable(),
    lastPrice: decimal.nullable(),
    stopLoss: decimal.nullable(),
    takeProfit: decimal.nullable(),
    /** Null until the trailing stop is active. */
    trailingStop: decimal.nullable(),
    /** Partial take-profit levels taken so far, 1 to 3. */
    takenLevels: z.array(z.int()),
    /** What closing now would book, in the account's quote: price difference less this part's entry fees. */
    openPnl: decimal.nullable(),
    /** `openPnl` as a ratio of what the open part cost. */
    openRatio: z.number().nullable(),
    /** Booked by partial exits so far, net of the fees of both sides. */
    realizedPnl: decimal,
    /** Value at the last price. */
    notional: decimal.nullable(),
    /** Where the venue liquidates, as it last said; null on spot, and while it has not said. */
    liquidationPrice: decimal.nullable(),
    /** How far the last price is from there, as a ratio of it; negative beyond it. */
    liquidationDistance: z.number().nullable(),
    /** Market time. */
    openedAt: instant.nullable(),
    createdAt: instant,
    ...protectionFields,
  })
  .meta({ id: 'Position', description: 'An open position, live.' })
export type Position = z.infer<typeof position>

const positionsQuery = z.strictObject({ account: z.uuid('must be the id of an account').optional() })

/** Open positions, newest first; there are at most as many as the user's settings allow, so there are no pages. */
export const listPositions = route({
  method: 'get',
  path: '/positions',
  summary: 'Open positions with live P&L, stops, targets and whether they are protected.',
  query: positionsQuery,
  body: noBody,
  answer: z.object({ items: z.array(position) }),
  handle: async ({ db, query }) => ({ items: await openPositions(db, { accountId: query.account }) }),
})

interface Row extends ProtectionRow {
  id: string
  account_id: string
  symbol: string
  side: 'long' | 'short'
  state: Position['state']
  source: string
  qty_open: string
  qty_entered: string
  leverage: string
  entry_price: string | null
  last_price: string | null
  stop_loss: string | null
  take_profit: string | null
  trailing_sl: string | null
  taken_levels: number[] | null
  entry_fees: string
  exit_fees: string
  exit_quantity: string
  exit_cost: string
  liquidation_price: string | null
  opened_at: Date | null
  created_at: Date
}

/** The tenant's living positions, of one account, of all, or one of them alone. */
export async function openPositions(
  db: Db,
  only: { readonly accountId?: string | undefined; readonly positionId?: string } = {},
): Promise<Position[]> {
  const { accountId = null, positionId = null } = only
  const { rows } = await sql<Row>`
    select p.id, p.account_id, p.symbol, p.side, p.state, p.source, p.qty_open, p.qty_entered, p.leverage, p.entry_price,
      m.last_price, coalesce(m.stop_loss, p.stop_loss) as stop_loss, coalesce(m.take_profit, p.take_profit) as take_profit,
      m.trailing_sl, m.taken_levels, f.entry_fees, f.exit_fees, f.exit_quantity, f.exit_cost, p.opened_at, p.created_at,
      (select (said ->> 'liquidationPrice')::numeric
        from accounts a cross join jsonb_array_elements(a.margin -> 'holdings') said
        where a.id = p.account_id and said ->> 'symbol' = p.symbol limit 1) as liquidation_price,
      ${protectionColumns}
    from positions p
    left join monitored_positions m on m.position_id = p.id
    ${protectionJoins}
    cross join lateral (
      select
        coalesce(sum(fills.fee * fills.fee_price) filter (where orders.purpose = 'entry'), 0) as entry_fees,
        coalesce(sum(fills.fee * fills.fee_price) filter (where orders.purpose <> 'entry'), 0) as exit_fees,
        coalesce(sum(fills.quantity) filter (where orders.purpose <> 'entry'), 0) as exit_quantity,
        coalesce(sum(fills.quantity * fills.price) filter (where orders.purpose <> 'entry'), 0) as exit_cost
      from fills join orders on orders.id = fills.order_id where fills.position_id = p.id
    ) f
    where p.state in ('opening', 'open', 'closing', 'stray')
      and (${accountId}::uuid is null or p.account_id = ${accountId}::uuid)
      and (${positionId}::uuid is null or p.id = ${positionId}::uuid)
    order by p.created_at desc, p.id desc`.execute(db)
  return rows.map(toPosition)
}

function toPosition(row: Row): Position {
  return {
    id: row.id,
    accountId: row.account_id,
    symbol: row.symbol,
    side: row.side,
    state: row.state,
    source: row.source,
    quantity: row.qty_open,
    quantityEntered: row.qty_entered,
    leverage: row.leverage,
    entryPrice: row.entry_price,
    lastPrice: row.last_price,
    stopLoss: row.stop_loss,
    takeProfit: row.take_profit,
    trailingStop: row.trailing_sl,
    takenLevels: row.taken_levels ?? [],
    ...profitOf({
      side: row.side,
      entryPrice: row.entry_price,
      lastPrice: row.last_price,
      open: row.qty_open,
      sold: row.exit_quantity,
      soldFor: row.exit_cost,
      entryFees: row.entry_fees,
      exitFees: row.exit_fees,
    }),
    liquidationPrice: row.liquidation_price,
    liquidationDistance: distanceOf(row),
    openedAt: row.opened_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    ...protectionOf(row),
  }
}

function distanceOf({ side, last_price: price, liquidation_price: liquidation }: Row): number | null {
  if (price === null || liquidation === null) return null
  return liquidationDistance({ side, markPrice: Number(price), liquidationPrice: Number(liquidation) })
}
