import { type Account, accountOrThrow, lockAccount } from '#db/accounts.ts'
import type { Db } from '#db/client.ts'
import { recordDecision } from '#db/decisions.ts'
import { refusalsInARow } from '#db/order-history.ts'
import { countReductions, takenSlots } from '#db/order-slots.ts'
import { insertOrder, liveOrders } from '#db/orders.ts'
import {
  addTakenLevels,
  changePosition,
  insertOpening,
  lockPosition,
  type Position,
  setDecision,
} from '#db/positions.ts'
import { reserveRisk } from '#db/risk-reservations.ts'
import { stopLingers } from '#db/stops.ts'
import type { CloseReason } from '../domain/close-reason.ts'
import { Decimal, type DecimalText } from '../domain/decimal.ts'
import type { Decision } from '../domain/entries/decision.ts'
import type { ExitRules } from '../domain/exits/exit-rules.ts'
import { wantedStop } from '../domain/exits/resting-stop.ts'
import { isSellable, wholeSteps } from '../domain/exits/venue-minimum.ts'
import type { OrderSlot } from '../domain/order.ts'
import { entrySide, exitSide } from '../domain/side.ts'
import { cardOf } from '../exchange/venue-cards.ts'
import { newClientOrderId } from '../vault/client-order-id.ts'
import type { KeyRing } from '../vault/key-ring.ts'
import { crashpoint } from './crashpoint.ts'
import { closeBooks, type SettleContext } from './settle.ts'

/** An entry is worth nothing later than this after its decision, in wall ms. */
export const entryLivesMs = 30_000

/** A decision to enter, with what it is executed by. */
export interface EntryPlan {
  readonly account: Pick<Account, 'id' | 'userId' | 'exchange' | 'market'>
  readonly decision: Extract<Decision, { action: 'open' }>
  readonly signal: { readonly id: string; readonly source: string }
  /** Wall ms until the signal ends. */
  readonly signalLeftMs: number
  readonly type: 'market' | 'limit'
  /** The limit, on its tick; limit orders alone. */
  readonly limitPrice?: DecimalText
  /** How long it may rest at the venue, in wall ms, and what follows then; limit orders alone. */
  readonly rests?: { readonly forMs: number; readonly onTimeout: 'reprice' | 'skip' }
  readonly rules: ExitRules
  readonly marketNowMs: number
  readonly actor: string
}

/**
 * Writes a taken decision with its position, its order and its reservation, in the caller's transaction and under the
 * account's lock. Returns the order to send, or undefined when the account has entered on this signal or lives on the
 * symbol already, or while the stop of an older position may still rest there and would close this one.
 */
export async function planEntry(tx: Db, keys: KeyRing, plan: EntryPlan): Promise<string | undefined> {
  const { account, decision, signal } = plan
  const { entry } = decision
  await lockAccount(tx, account.id)
  if (await stopLingers(tx, account.id, entry.symbol)) return undefined
  const owner = { userId: account.userId, accountId: account.id }
  const positionId = await insertOpening(tx, {
    ...owner,
    signalId: signal.id,
    source: signal.source,
    symbol: entry.symbol,
    side: entry.side,
    leverage: entry.leverage,
    stopLoss: entry.stopLoss,
    takeProfit: entry.takeProfit,
    rules: plan.rules,
  })
  if (positionId === undefined) return undefined
  const place = { ...owner, signalId: signal.id, marketNowMs: plan.marketNowMs }
  const decisionId = await recordDecision(tx, place, decision)
  if (decisionId !== undefined) await setDecision(tx, positionId, decisionId)
  await reserveRisk(tx, owner, {
    positionId,
    notional: entry.notional,
    margin: entry.margin,
    risk: entry.risk,
  })
  return insertOrder(
    tx,
    {
      ...owner,
      positionId,
      exchange: account.exchange,
      symbol: entry.symbol,
      side: entrySide(entry.side),
      purpose: 'entry',
      type: plan.type,
      quantity: entry.quantity,
      price: plan.limitPrice ?? null,
      stopPrice: stopToCarry(plan),
      referencePrice: new Decimal(entry.entryPrice).toString(),
      isReduceOnly: false,
      leverage: new Decimal(entry.leverage).toString(),
      clientOrderId: newClientOrderId(keys, account.id),
      expiresInMs: Math.min(entryLivesMs, plan.signalLeftMs),
      ...(plan.rests && { restsForMs: plan.rests.forMs, onTimeout: plan.rests.onTimeout }),
    },
    ['entry'],
    { actor: plan.actor, evidence: { decisionId } },
  )
}

/** The stop that the entry takes with it, on its tick, where the venue attaches one to what fills. */
function stopToCarry({ account, decision: { entry }, rules }: EntryPlan): DecimalText | null {
  if (cardOf(account)?.hasAttachedStop !== true) return null
  const { side, quantity, stopLoss } = entry
  const stop = wantedStop({ side, quantity, stopLoss, trailingStop: null }, rules)
  return stop ? new Decimal(stop.price).toString() : null
}

/** An exit that is wanted; domain's ExitDecision fits with its position's id and an actor. */
export interface ExitPlan {
  readonly positionId: string
  readonly quantity: DecimalText | 'all'
  /** Empty for a halving before liquidation: its slot is numbered here. */
  readonly slots: readonly OrderSlot[]
  /** Partial take-profit levels that this exit takes. */
  readonly levels?: readonly number[]
  readonly reason: CloseReason
  /** The price that was evaluated. */
  readonly price: number
  readonly actor: string
  /** Which attempt at the same effect this is; 1 by default. */
  readonly attempt?: number
  /** Follows at once from what the venue said of a refused one. */
  readonly isCorrection?: boolean
}

/**
 * Plans an exit in the caller's transaction: under the position's lock it is clipped to what no other exit holds,
 * reserved, and given its slots. Returns the order to send, or undefined when there is nothing to do: another exit has
 * the slot, nothing is left, the venue would refuse what is left, or it has just refused the same.
 */
export async function planExit(tx: Db, keys: KeyRing, plan: ExitPlan): Promise<string | undefined> {
  const position = await lockPosition(tx, plan.positionId)
  if (position.state !== 'open' && position.state !== 'closing' && position.state !== 'stray')
    return undefined
  const quantity = exitQuantity(position, plan)
  if (quantity === undefined) return undefined
  const slots = await freeSlots(tx, plan)
  if (slots === undefined || (!plan.isCorrection && (await isTooSoon(tx, position.id)))) return undefined
  const account = await accountOrThrow(tx, position.accountId)
  const isClose = slots.includes('close')
  await changePosition(tx, position.id, {
    quantityReserved: new Decimal(position.quantityReserved).plus(quantity).toString(),
    closeReason: plan.reason,
    ...(isClose && position.state === 'open' && { state: 'closing' }),
  })
  await addTakenLevels(tx, position.id, plan.levels ?? [])
  const orderId = await insertOrder(
    tx,
    {
      userId: position.userId,
      accountId: position.accountId,
      positionId: position.id,
      exchange: account.exchange,
      symbol: position.symbol,
      side: exitSide(position.side),
      purpose: 'exit',
      type: 'market',
      quantity,
      referencePrice: new Decimal(plan.price).toString(),
      isReduceOnly: position.rules.reduceOnly,
      clientOrderId: newClientOrderId(keys, position.accountId),
      closeReason: plan.reason,
      ...(plan.attempt !== undefined && { attempt: plan.attempt }),
    },
    slots,
    { actor: plan.actor, evidence: { reason: plan.reason, price: plan.price } },
  )
  crashpoint('mid-plan')
  return orderId
}

/**
 * Closes the books on a remainder that the venue would refuse to sell. Returns false when the position has orders under
 * way, or something that can be sold.
 */
export async function writeOff(
  tx: Db,
  off: { readonly positionId: string; readonly reason: CloseReason; readonly price: number },
  context: SettleContext,
): Promise<boolean> {
  const position = await lockPosition(tx, off.positionId)
  if (position.state !== 'open' && position.state !== 'closing' && position.state !== 'stray') return false
  if ((await liveOrders(tx, position.id)).some((order) => order.purpose !== 'stop')) return false
  if (exitQuantity(position, { quantity: 'all', price: off.price }) !== undefined) return false
  await closeBooks(tx, { ...position, closeReason: position.closeReason ?? off.reason }, context)
  return true
}

/** What can be sent of what is wanted: no more than is free, in whole steps, and nothing that the venue would refuse. */
function exitQuantity(
  position: Position,
  plan: Pick<ExitPlan, 'quantity' | 'price'>,
): DecimalText | undefined {
  const free = new Decimal(position.quantityOpen).minus(position.quantityReserved)
  const wanted = plan.quantity === 'all' ? free : Decimal.min(plan.quantity, free)
  const whole = wholeSteps(wanted, position.rules)
  if (whole.lte(0)) return undefined
  const isTaken = position.rules.reduceOnly || isSellable(whole, plan.price, position.rules)
  return isTaken ? whole.toString() : undefined
}

async function freeSlots(tx: Db, plan: ExitPlan): Promise<readonly OrderSlot[] | undefined> {
  const taken = await takenSlots(tx, plan.positionId)
  if (plan.slots.length > 0) return plan.slots.some((slot) => taken.includes(slot)) ? undefined : plan.slots
  // A halving on its way is enough: two evaluators that see the same margin halve once.
  const live = await liveOrders(tx, plan.positionId)
  if (live.some((order) => order.purpose === 'exit')) return undefined
  return [`reduce:${(await countReductions(tx, plan.positionId)) + 1}`]
}

/** Refused exits are tried again, not hammered: after 2 s, and from the third in a row after 30 s. */
async function isTooSoon(tx: Db, positionId: string): Promise<boolean> {
  const { count, lastMsAgo } = await refusalsInARow(tx, positionId)
  return count > 0 && lastMsAgo < (count >= 3 ? 30_000 : 2_000)
}
