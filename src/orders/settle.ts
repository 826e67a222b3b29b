import type { Db } from '#db/client.ts'
import { type Fill, fillsOfPosition } from '#db/fills.ts'
import { fundingSince } from '#db/ledger.ts'
import { releaseSlots, slotsOf } from '#db/order-slots.ts'
import { changeOrder, liveOrders, liveReservations, moveOrder, type Order } from '#db/orders.ts'
import { anotherLives, changePosition, type Position, unwatchPosition, watchPosition } from '#db/positions.ts'
import { releaseRisk } from '#db/risk-reservations.ts'
import { saveTrade } from '#db/trades.ts'
import { Decimal, type DecimalText, sum } from '../domain/decimal.ts'
import { closableQuantity } from '../domain/exits/venue-minimum.ts'
import { isEnded } from '../domain/order.ts'
import { type BookedFill, tradeResult } from '../domain/pnl.ts'
import type { PositionState } from '../domain/position.ts'
import { entrySide } from '../domain/side.ts'
import type { KeyRing } from '../vault/key-ring.ts'
import { crashpoint } from './crashpoint.ts'
import { dismissStops, protectPosition } from './protect.ts'
import { tellClosed } from './trade-alerts.ts'

/** What settling needs besides the books. */
export interface SettleContext {
  readonly actor: string
  readonly marketNowMs: number
  readonly monitorShards: number
  /** Names the stops that are planned here. */
  readonly keys: KeyRing
}

/**
 * Frees what an ended order held: its part of the position, and its slots. A take-profit or halving slot whose order
 * filled stays taken for ever, and so does the entry's; everything else may be tried again.
 */
export async function releaseOrder(
  tx: Db,
  order: Pick<Order, 'id' | 'purpose'>,
  isFilled: boolean,
  hasFills: boolean,
) {
  await changeOrder(tx, order.id, { reserved: '0' })
  if (order.purpose === 'entry') {
    if (!hasFills) await releaseSlots(tx, order.id)
    return
  }
  const kept = isFilled ? (slot: string) => slot.startsWith('tp:') || slot.startsWith('reduce:') : () => false
  const free = (await slotsOf(tx, order.id)).filter((slot) => !kept(slot))
  if (free.length > 0) await releaseSlots(tx, order.id, free)
}

/**
 * Brings a position in line with its orders and quantities, in the transaction that changed them and under the
 * position's lock: clips reservations to what is open, opens, voids or closes it, starts and ends the watch, gives back
 * the entry's reservation, and writes the trade when nothing is left. Returns the state it is in now.
 */
export async function settlePosition(
  tx: Db,
  position: Position,
  context: SettleContext,
): Promise<PositionState> {
  const reserved = await clipReservations(tx, position, context)
  const live = await liveOrders(tx, position.id)
  const isEntering = live.some((order) => order.purpose === 'entry')
  const isExiting = live.some((order) => order.purpose === 'exit')
  if (!isEntering) await releaseRisk(tx, position.id)

  const open = new Decimal(position.quantityOpen)
  if (open.isZero() && new Decimal(position.quantityEntered).isZero()) {
    const state = isEntering ? position.state : 'void'
    await changePosition(tx, position.id, { state, quantityReserved: reserved })
    return state
  }
  const isOver = open.isZero() || (!isExiting && (await isDust(tx, position)))
  if (isOver && !isEntering) {
    await closeBooks(tx, position, context)
    return 'closed'
  }
  const state = await livingState(tx, position, live)
  const openedAt = position.openedAt ?? new Date(context.marketNowMs)
  await changePosition(tx, position.id, {
    state,
    quantityOpen: position.quantityOpen,
    quantityEntered: position.quantityEntered,
    quantityReserved: reserved,
    openedAt,
    ...(position.entryPrice !== null && { entryPrice: position.entryPrice }),
    ...(position.closeReason !== null && { closeReason: position.closeReason }),
  })
  await watchPosition(tx, { ...position, state }, shardOf(position.id, context.monitorShards))
  await protectPosition(tx, { ...position, state }, context)
  return state
}

/** Closes a position's books whatever dust is left of it, and writes its trade. */
export async function closeBooks(tx: Db, position: Position, context: SettleContext): Promise<void> {
  const fills = await fillsOfPosition(tx, position.id)
  const closedAt = new Date(context.marketNowMs)
  const openedAt = position.openedAt ?? closedAt
  const closeReason = position.closeReason ?? 'reconciled'
  await changePosition(tx, position.id, {
    state: 'closed',
    quantityOpen: '0',
    quantityReserved: '0',
    quantityEntered: position.quantityEntered,
    closeReason,
    openedAt,
    closedAt,
    ...(position.entryPrice !== null && { entryPrice: position.entryPrice }),
  })
  await unwatchPosition(tx, position.id)
  await dismissStops(tx, position.id, context.actor)
  crashpoint('mid-close')
  const first = fills[0]
  if (first === undefined) return
  const result = tradeResult({
    side: position.side,
    base: baseOf(position.symbol),
    fills: fills.map((fill) => moneyOf(position, fill)),
    funding: await fundingSince(tx, position.accountId, position.symbol, first.filledAt),
  })
  await saveTrade(tx, {
    userId: position.userId,
    accountId: position.accountId,
    positionId: position.id,
    signalId: position.signalId,
    source: position.source,
    symbol: position.symbol,
    side: position.side,
    stopLoss: position.stopLoss,
    takeProfit: position.takeProfit,
    closeReason,
    openedAt,
    closedAt,
    ...result,
    pnl: result.netPnl,
  })
  await tellClosed(tx, position, { result, reason: closeReason })
}

/** A fill as results are reckoned. Only a purchase on spot pays its fee out of what it bought; every other fee is money. */
function moneyOf(position: Position, fill: Fill): BookedFill {
  const purpose = fill.side === entrySide(position.side) ? 'entry' : 'exit'
  const isFromPosition = purpose === 'entry' && !position.rules.reduceOnly
  if (isFromPosition) return { ...fill, purpose }
  const fee = new Decimal(fill.fee).times(fill.feePrice).toString()
  return { ...fill, purpose, fee, feeCurrency: 'quote', feePrice: '1' }
}

/** The shard that watches a position: from its id alone, so that every process agrees. */
function shardOf(positionId: string, shards: number): number {
  return Number.parseInt(positionId.slice(0, 8), 16) % shards
}

/** Takes from live exits what the position no longer has, the newest first; one that was not sent yet is abandoned. */
async function clipReservations(tx: Db, position: Position, context: SettleContext): Promise<DecimalText> {
  const holders = await liveReservations(tx, position.id)
  let beyond = new Decimal(sum(holders.map((order) => order.reserved))).minus(position.quantityOpen)
  let total = new Decimal(0)
  for (const order of holders) {
    let held = new Decimal(order.reserved)
    if (beyond.gt(0)) {
      const clip = Decimal.min(beyond, held)
      beyond = beyond.minus(clip)
      held = held.minus(clip)
      if (order.state === 'planned') {
        const reason = 'the position holds less than it was planned to sell'
        const grounds = { actor: context.actor, evidence: { clipped: clip.toString() } }
        await moveOrder(tx, order, 'abandoned', grounds, { failureReason: reason })
        await releaseOrder(tx, order, false, false)
        held = new Decimal(0)
      } else await changeOrder(tx, order.id, { reserved: held.toString() })
    }
    total = total.plus(held)
  }
  return total.toString()
}

/** What is left after an exit and can never be sold: less than a step, or under the venue's minimum on spot. */
async function isDust(tx: Db, position: Position): Promise<boolean> {
  const fills = await fillsOfPosition(tx, position.id)
  const last = fills.filter((fill) => fill.side !== entrySide(position.side)).at(-1)
  if (last === undefined) return false
  return closableQuantity(position.quantityOpen, Number(last.price), position.rules) === '0'
}

async function livingState(tx: Db, position: Position, live: readonly Order[]): Promise<PositionState> {
  switch (position.state) {
    case 'stray':
      return 'stray'
    case 'closed':
    case 'void':
      // Late truth: the entry was believed dead. Where another position lives on, this one is booked beside it.
      return position.state === 'closed' || (await anotherLives(tx, position)) ? 'stray' : 'open'
    default:
      return (await holdsClose(tx, live)) ? 'closing' : 'open'
  }
}

async function holdsClose(tx: Db, live: readonly Order[]): Promise<boolean> {
  for (const order of live) {
    if (order.purpose !== 'exit' || isEnded(order.state)) continue
    if ((await slotsOf(tx, order.id)).includes('close')) return true
  }
  return false
}

function baseOf(symbol: string): string {
  return symbol.split('/', 1)[0] ?? symbol
}
