import { lockAccount } from '#db/accounts.ts'
import type { Db } from '#db/client.ts'
import { hasLaterEntry } from '#db/order-history.ts'
import { slotsOf } from '#db/order-slots.ts'
import { insertOrder, liveOrders, type Order, orderOrThrow } from '#db/orders.ts'
import { anotherLives, changePosition, lockPosition } from '#db/positions.ts'
import { findReservation, reserveRisk } from '#db/risk-reservations.ts'
import { liveSignalsFor } from '#db/signals.ts'
import { Decimal } from '../domain/decimal.ts'
import { newClientOrderId } from '../vault/client-order-id.ts'
import type { OrderDesk } from './order-desk.ts'
import { entryLivesMs, planExit } from './plan.ts'
import { protectPosition } from './protect.ts'

/** What a wish for another attempt came to. */
export type Again =
  | { readonly kind: 'planned'; readonly order: Pick<Order, 'id' | 'exchange' | 'purpose'> }
  | { readonly kind: 'refused'; readonly reason: string }

const refused = (reason: string): Again => ({ kind: 'refused', reason })

/**
 * Plans attempt n+1 of an order that was certainly not executed (rejected, not at the venue), under a new id and in its
 * slots. An exit is clipped to what the position still holds. An entry needs its signal alive and its room untaken:
 * the account has entered nothing since.
 */
export function planAgain(desk: OrderDesk, orderId: string): Promise<Again> {
  return desk.db.transaction().execute(async (tx) => {
    const order = await orderOrThrow(tx, orderId)
    if (order.state !== 'rejected' && order.state !== 'not_at_venue') return refused(`it is ${order.state}`)
    if (order.purpose === 'stop') return protectAgain(tx, desk, order)
    return order.purpose === 'entry' ? enterAgain(tx, desk, order) : exitAgain(tx, desk, order)
  })
}

/** A position plans its next stop by itself; asking for it again only looks whether it still wants one. */
async function protectAgain(tx: Db, desk: OrderDesk, order: Order): Promise<Again> {
  const position = await lockPosition(tx, order.positionId)
  const isLiving = position.state === 'open' || position.state === 'closing' || position.state === 'stray'
  if (isLiving) await protectPosition(tx, position, { actor: desk.workerId, keys: desk.keys })
  const planned = (await liveOrders(tx, order.positionId)).find(
    ({ purpose, state }) => purpose === 'stop' && state === 'planned',
  )
  return planned
    ? { kind: 'planned', order: planned }
    : refused(`its position is ${position.state}, and wants no other stop now`)
}

async function exitAgain(tx: Db, desk: OrderDesk, order: Order): Promise<Again> {
  const slots = await slotsOf(tx, order.id)
  const left = new Decimal(order.quantity).minus(order.filled).toString()
  const id = await planExit(tx, desk.keys, {
    positionId: order.positionId,
    quantity: slots.includes('close') ? 'all' : left,
    slots,
    reason: order.closeReason ?? 'manual',
    price: Number(order.referencePrice),
    actor: desk.workerId,
    attempt: order.attempt + 1,
  })
  if (id === undefined) return refused('the position does not want it any more, or it was refused just now')
  return { kind: 'planned', order: { id, exchange: order.exchange, purpose: order.purpose } }
}

async function enterAgain(tx: Db, desk: OrderDesk, order: Order): Promise<Again> {
  await lockAccount(tx, order.accountId)
  const position = await lockPosition(tx, order.positionId)
  if (position.state !== 'void') return refused(`its position is ${position.state}`)
  if (await anotherLives(tx, position)) return refused(`another position lives on ${order.symbol}`)
  const marketNowMs = desk.clock.marketNow()
  const signals = await liveSignalsFor(tx, order.userId, marketNowMs)
  const signal = signals.find(({ id }) => id === position.signalId)
  if (!signal) return refused('its signal has ended')
  const reservation = await findReservation(tx, position.id)
  if (!reservation || (await hasLaterEntry(tx, order)))
    return refused('the account has entered elsewhere since: the next cycle decides again')
  await changePosition(tx, position.id, { state: 'opening' })
  await reserveRisk(tx, order, reservation)
  const id = await insertOrder(
    tx,
    {
      ...order,
      attempt: order.attempt + 1,
      clientOrderId: newClientOrderId(desk.keys, order.accountId),
      expiresInMs: Math.min(entryLivesMs, (signal.expiresAtMs - marketNowMs) / desk.config.replaySpeed),
    },
    ['entry'],
    { actor: desk.workerId, evidence: { after: order.id } },
  )
  return { kind: 'planned', order: { id, exchange: order.exchange, purpose: order.purpose } }
}
