import { sql } from 'kysely'
import type { Db } from '#db/client.ts'
import { lockPosition } from '#db/positions.ts'
import { Decimal } from '../../domain/decimal.ts'
import { advanceCloseBatches } from '../../orders/close-all.ts'
import { closePosition, type Wake } from '../../orders/close-position.ts'
import type { OrderDesk } from '../../orders/order-desk.ts'
import { planExit } from '../../orders/plan.ts'
import { protectPosition } from '../../orders/protect.ts'
import { oneOf, type Random } from '../random.ts'

/** A position that many evaluators look at. */
export interface Watched {
  readonly id: string
  readonly market: 'spot' | 'futures'
  readonly quantity: string
  readonly price: number
}

/** What an evaluator finds due, as often as it stands here. */
const wishes = [
  ...Array<'stop'>(5).fill('stop'),
  ...Array<'level'>(6).fill('level'),
  ...Array<'jump'>(2).fill('jump'),
  ...Array<'halving'>(2).fill('halving'),
  ...Array<'resting-stop'>(3).fill('resting-stop'),
  'close-all',
  'batch',
] as const

/** Finds something due on a position and plans it, as the monitor, a user or a close-all would; whether it got it. */
export async function attempt(desk: OrderDesk, next: Random, watched: Watched, wake: Wake): Promise<boolean> {
  const { id: positionId, price, market, quantity } = watched
  const part = (share: number) => new Decimal(quantity).times(share).toString()
  const level = oneOf(next, [1, 2, 3] as const)
  const exit = { positionId, price, actor: desk.workerId }
  switch (oneOf(next, wishes)) {
    case 'stop':
      return plan(desk, { ...exit, quantity: 'all', slots: ['close'], reason: 'stop_loss' }, wake)
    case 'level':
      return plan(
        desk,
        {
          ...exit,
          quantity: part(0.3),
          slots: [`tp:${level}`],
          levels: [level],
          reason: `partial_tp_${level}`,
        },
        wake,
      )
    case 'jump':
      return plan(
        desk,
        { ...exit, quantity: part(0.6), slots: ['tp:1', 'tp:2'], levels: [1, 2], reason: 'partial_tp_2' },
        wake,
      )
    case 'halving':
      return plan(desk, { ...exit, quantity: part(0.5), slots: [], reason: 'liquidation' }, wake)
    case 'resting-stop':
      return market === 'futures' && tighten(desk, positionId, 1 + (next() - 0.5) / 100)
    case 'close-all': {
      let isPlanned = false
      await closePosition(desk, positionId, (order) => {
        isPlanned = true
        wake(order)
      })
      return isPlanned
    }
    case 'batch':
      await advanceCloseBatches(desk, wake)
      return false
  }
}

async function plan(
  { db, keys }: OrderDesk,
  wish: Parameters<typeof planExit>[2],
  wake: Wake,
): Promise<boolean> {
  const orderId = await db.transaction().execute((tx) => planExit(tx, keys, wish))
  if (orderId !== undefined) wake({ id: orderId, exchange: 'binance', purpose: 'exit' })
  return orderId !== undefined
}

/** Moves the stop that is wanted, and plans the one that rests: a new version beside the old one. */
async function tighten({ db, keys, workerId }: OrderDesk, positionId: string, by: number): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const position = await lockPosition(tx, positionId)
    const before = await stopsOf(tx, positionId)
    await sql`update monitored_positions set stop_loss = round(stop_loss * ${by}::numeric, 2) where position_id = ${positionId}`.execute(
      tx,
    )
    await protectPosition(tx, position, { actor: workerId, keys })
    return (await stopsOf(tx, positionId)) > before
  })
}

async function stopsOf(tx: Db, positionId: string): Promise<number> {
  const { rows } = await sql<{ stops: number }>`
    select stop_plan::int as stops from positions where id = ${positionId}`.execute(tx)
  return rows[0]?.stops ?? 0
}
