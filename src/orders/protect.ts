import { accountOrThrow } from '#db/accounts.ts'
import { entriesWithStop, insertAttachedStop } from '#db/attached-stops.ts'
import type { Db } from '#db/client.ts'
import { refusalsInARow } from '#db/order-history.ts'
import { releaseSlots } from '#db/order-slots.ts'
import { insertOrder, liveOrders, moveOrder } from '#db/orders.ts'
import { changePosition, type Position } from '#db/positions.ts'
import { reviewGaps } from '#db/protection-gaps.ts'
import { hotStopsOf, lockStops, requestCancel, type StopOrder } from '#db/stops.ts'
import { Decimal } from '../domain/decimal.ts'
import { changeStops, type LiveStop, type WantedStop, wantedStop } from '../domain/exits/resting-stop.ts'
import type { PositionState } from '../domain/position.ts'
import { exitSide } from '../domain/side.ts'
import { newClientOrderId } from '../vault/client-order-id.ts'
import type { KeyRing } from '../vault/key-ring.ts'
import { crashpoint } from './crashpoint.ts'

/** A stop that was refused three times in a row is tried once in this time. */
const refusedOftenWaitMs = 30_000

/** What protecting needs besides the books. */
export interface ProtectContext {
  readonly actor: string
  /** Names the stops that are planned. */
  readonly keys: KeyRing
}

/**
 * Brings the resting stop of a living position in line with its quantity and its stops, in the transaction that changed
 * them and under the position's lock: plans the next version, and asks for old ones to be taken back once a newer one is
 * confirmed. On a market without reduce-only orders nothing rests: the monitor protects. Keeps the record of gaps.
 */
export async function protectPosition(tx: Db, found: Position, context: ProtectContext): Promise<void> {
  if (!isLiving(found.state)) return
  let position = found
  if (position.rules.reduceOnly === true) {
    position = await noteAttached(tx, position, context)
    const live = await lockStops(tx, position.id)
    const isExiting = (await liveOrders(tx, position.id)).some((order) => order.purpose === 'exit')
    const isDeclined = position.stopDeclinedAt !== null
    const wanted = isDeclined ? undefined : await wantedFor(tx, position)
    const change = changeStops(position.side, wanted, live.map(toLiveStop), isExiting)
    await abandonStops(
      tx,
      live.filter(({ id }) => change.abandon.includes(id)),
      context.actor,
    )
    await requestCancel(tx, change.cancel)
    if (change.place !== undefined && !(await isTooSoon(tx, position.id)))
      await placeStop(tx, position, change.place, context)
  }
  await reviewGaps(tx, { positionId: position.id })
}

/** Takes the stops that the venue has attached to an entry's fills into the journal: they rest since the first fill. */
async function noteAttached(tx: Db, position: Position, { actor, keys }: ProtectContext): Promise<Position> {
  let plan = position.stopPlan
  for (const entry of await entriesWithStop(tx, position.id)) {
    plan += 1
    const clientOrderId = newClientOrderId(keys, position.accountId)
    await insertAttachedStop(tx, entry, { plan, clientOrderId, actor })
  }
  if (plan === position.stopPlan) return position
  await changePosition(tx, position.id, { stopPlan: plan })
  return { ...position, stopPlan: plan }
}

/** Whether a position in this state may hold something. */
function isLiving(state: PositionState): boolean {
  return state === 'open' || state === 'closing' || state === 'stray'
}

/** Takes back every stop of a position whose books are closed: none may rest on. */
export async function dismissStops(tx: Db, positionId: string, actor: string): Promise<void> {
  const live = await lockStops(tx, positionId)
  const planned = live.filter(({ state }) => state === 'planned')
  await abandonStops(tx, planned, actor)
  await requestCancel(
    tx,
    live.filter((stop) => !planned.includes(stop)).map(({ id }) => id),
  )
  await reviewGaps(tx, { positionId })
}

async function wantedFor(tx: Db, position: Position): Promise<WantedStop | undefined> {
  const hot = await hotStopsOf(tx, position.id)
  const { side, rules } = position
  return wantedStop({ side, quantity: position.quantityOpen, ...hot }, rules)
}

async function placeStop(
  tx: Db,
  position: Position,
  wanted: WantedStop,
  { actor, keys }: ProtectContext,
): Promise<void> {
  const { exchange } = await accountOrThrow(tx, position.accountId)
  const plan = position.stopPlan + 1
  const price = new Decimal(wanted.price).toString()
  await changePosition(tx, position.id, { stopPlan: plan, stopReachedAt: null })
  await insertOrder(
    tx,
    {
      userId: position.userId,
      accountId: position.accountId,
      positionId: position.id,
      exchange,
      symbol: position.symbol,
      side: exitSide(position.side),
      purpose: 'stop',
      type: 'stop_market',
      quantity: wanted.quantity,
      stopPrice: price,
      referencePrice: price,
      isReduceOnly: true,
      clientOrderId: newClientOrderId(keys, position.accountId),
      closeReason: wanted.reason,
      attempt: plan,
    },
    [`stop:${plan}`],
    { actor, evidence: { reason: wanted.reason, price } },
  )
  crashpoint('mid-protect')
}

/** Ends stops that were never sent. */
async function abandonStops(tx: Db, stops: readonly StopOrder[], actor: string): Promise<void> {
  const reason = 'another stop takes its place, or none is wanted any more'
  for (const stop of stops) {
    await moveOrder(tx, stop, 'abandoned', { actor, evidence: { reason } }, { failureReason: reason })
    await releaseSlots(tx, stop.id)
  }
}

/** A refused stop is planned again at once, twice; from the third refusal in a row every 30 s. */
async function isTooSoon(tx: Db, positionId: string): Promise<boolean> {
  const { count, lastMsAgo } = await refusalsInARow(tx, positionId, 'stop')
  return count >= 3 && lastMsAgo < refusedOftenWaitMs
}

function toLiveStop(stop: StopOrder): LiveStop {
  return {
    orderId: stop.id,
    plan: stop.plan,
    state: stop.state,
    price: Number(stop.stopPrice),
    left: stop.left,
    isToBeCanceled: stop.cancelRequestedAt !== null,
  }
}
