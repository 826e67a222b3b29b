import { lockAccount } from '#db/accounts.ts'
import type { Db } from '#db/client.ts'
import { ensureSymbolHalt } from '#db/halts.ts'
import { refusalsInARow } from '#db/order-history.ts'
import { slotsOf, takenSlots } from '#db/order-slots.ts'
import { insertOrder, liveOrders, type Order, orderOrThrow } from '#db/orders.ts'
import { anotherLives, changePosition, findPosition, lockPosition } from '#db/positions.ts'
import { reserveRisk } from '#db/risk-reservations.ts'
import { liveSignalsFor } from '#db/signals.ts'
import { Decimal } from '../domain/decimal.ts'
import type { Decision } from '../domain/entries/decision.ts'
import type { Signal } from '../domain/signal.ts'
import { newClientOrderId } from '../vault/client-order-id.ts'
import { entryRefusal } from './claim.ts'
import type { OrderDesk } from './order-desk.ts'
import { entryLivesMs, planExit } from './plan.ts'
import { protectPosition } from './protect.ts'

/** What a wish for another attempt came to. */
export type Again =
  | { readonly kind: 'planned'; readonly order: Pick<Order, 'id' | 'exchange' | 'purpose'> }
  | { readonly kind: 'refused'; readonly reason: string }

const refused = (reason: string): Again => ({ kind: 'refused', reason })

/**
 * Decides once more on an entry, by every rule and limit: what it reads of the market first, the rest in the transaction
 * that would plan it.
 */
export type Judge = (order: Order, signal: Signal) => Promise<(tx: Db) => Promise<Decision>>

/**
 * Plans attempt n+1 of an order that was certainly not executed (rejected, not at the venue), under a new id and in its
 * slots. An exit is clipped to what the position still holds. An entry needs its signal alive, no halt, and every limit
 * on its side; it never grows. Only a person asks for an entry again, and so only they bring a judge.
 */
export async function planAgain(desk: OrderDesk, orderId: string, judge?: Judge): Promise<Again> {
  const order = await orderOrThrow(desk.db, orderId)
  const ask = order.purpose === 'entry' ? await prepareEntry(desk, order, judge) : undefined
  if (ask !== undefined && 'kind' in ask) return ask
  return desk.db.transaction().execute(async (tx) => {
    if (!ask) return leaveAgain(tx, desk, orderId)
    const now = await orderOrThrow(tx, orderId)
    return isUnexecuted(now) ? enterAgain(tx, desk, now, ask) : refused(`it is ${now.state}`)
  })
}

/**
 * Plans attempt n+1 of an exit or a stop in the caller's transaction: the one that ends attempt n, so that no death in
 * between forgets what is still wanted.
 */
export async function leaveAgain(tx: Db, desk: OrderDesk, orderId: string): Promise<Again> {
  const now = await orderOrThrow(tx, orderId)
  if (!isUnexecuted(now)) return refused(`it is ${now.state}`)
  return now.purpose === 'stop' ? protectAgain(tx, desk, now) : exitAgain(tx, desk, now)
}

/** Whether an order certainly was not executed. */
function isUnexecuted({ state }: Order): boolean {
  return state === 'rejected' || state === 'not_at_venue'
}

/** What an entry is judged by in the transaction that would plan it. */
interface EntryQuestion {
  readonly signal: Signal
  readonly decide: (tx: Db) => Promise<Decision>
}

/** Everything that needs the network, before the transaction. */
async function prepareEntry(
  desk: OrderDesk,
  order: Order,
  judge: Judge | undefined,
): Promise<EntryQuestion | Again> {
  if (!judge) throw new Error(`entry ${order.id} is asked for again without a judge of its limits`)
  const position = await findPosition(desk.db, order.positionId)
  const signals = await liveSignalsFor(desk.db, order.userId, desk.clock.marketNow())
  const signal = signals.find(({ id }) => id === position?.signalId)
  if (!signal) return refused('its signal has ended')
  await ensureSymbolHalt(desk.db, order.symbol)
  return { signal, decide: await judge(order, signal) }
}

/** A position plans its next stop by itself; asking for it again only looks whether it still wants one. */
async function protectAgain(tx: Db, desk: OrderDesk, order: Order): Promise<Again> {
  const position = await lockPosition(tx, order.positionId)
  await protectPosition(tx, position, { actor: desk.workerId, keys: desk.keys })
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
  if (id === undefined) return refused(await whyNoExit(tx, order))
  return { kind: 'planned', order: { id, exchange: order.exchange, purpose: order.purpose } }
}

/** Why an exit was not planned again, in the order in which planning looks. */
async function whyNoExit(tx: Db, order: Order): Promise<string> {
  const position = await lockPosition(tx, order.positionId)
  if (position.state === 'closed' || position.state === 'void') return `its position is ${position.state}`
  const taken = await takenSlots(tx, order.positionId)
  if ((await slotsOf(tx, order.id)).some((slot) => taken.includes(slot)))
    return 'another order has taken its place, or has done it'
  const { count } = await refusalsInARow(tx, order.positionId)
  if (new Decimal(position.quantityOpen).lte(position.quantityReserved))
    return 'other exits hold all that is open'
  return count > 0
    ? `the venue has just refused ${count} in a row: it is tried again by itself, and may be retried in 30 s`
    : 'what is left is less than the venue takes'
}

async function enterAgain(tx: Db, desk: OrderDesk, order: Order, ask: EntryQuestion): Promise<Again> {
  await lockAccount(tx, order.accountId)
  const refusal = await entryRefusal(tx, order)
  if (refusal !== undefined) return refused(refusal)
  const position = await lockPosition(tx, order.positionId)
  if (position.state !== 'void') return refused(`its position is ${position.state}`)
  if (await anotherLives(tx, position)) return refused(`another position lives on ${order.symbol}`)
  const decision = await ask.decide(tx)
  if (decision.outcome === 'skipped') return refused(`${decision.rule}: ${decision.reasons.join('; ')}`)
  if (decision.action !== 'open' || decision.entry.side !== position.side)
    return refused('its signal asks for something else by now')
  const { entry } = decision
  const quantity = Decimal.min(order.quantity, entry.quantity)
  const part = (amount: string) => new Decimal(amount).times(quantity).div(entry.quantity).toString()
  await changePosition(tx, position.id, { state: 'opening' })
  await reserveRisk(tx, order, {
    positionId: position.id,
    notional: part(entry.notional),
    margin: part(entry.margin),
    risk: part(entry.risk),
  })
  const leftMs = (ask.signal.expiresAtMs - desk.clock.marketNow()) / desk.config.replaySpeed
  const id = await insertOrder(
    tx,
    {
      ...order,
      quantity: quantity.toString(),
      referencePrice: new Decimal(entry.entryPrice).toString(),
      attempt: order.attempt + 1,
      clientOrderId: newClientOrderId(desk.keys, order.accountId),
      expiresInMs: Math.min(entryLivesMs, leftMs),
    },
    ['entry'],
    { actor: desk.workerId, evidence: { after: order.id } },
  )
  return { kind: 'planned', order: { id, exchange: order.exchange, purpose: order.purpose } }
}
