import { directionOf, type Side } from '../side.ts'
import { roundToTick, type Tick } from '../tick.ts'
import { tighter } from './monitored-state.ts'

/** A position as a person steers it; prices in quote. */
export interface Steered {
  readonly side: Side
  readonly entryPrice: number
  readonly lastPrice: number
  readonly stopLoss: number | null
  readonly trailingStop: number | null
  /** Null where it is not known: prices stay as they were sent. */
  readonly tick: Tick | null
}

/** Where a stop or a target may be put; both ends are allowed. Null where there is no room. */
export interface Room {
  readonly from: number
  readonly to: number
}

/** Farther than this from the entry no target makes sense: twice the price, or a tenth of it. */
const farthest = { long: 2, short: 0.1 } as const

/**
 * Where the stop may go: from where it holds now, the trailing stop included, up to one tick before the last price. A stop
 * only tightens, and one at the price would be a market order by another name.
 */
export function stopRoom(position: Steered): Room | null {
  const { side, stopLoss, trailingStop, lastPrice } = position
  const held = tighter(side, stopLoss, trailingStop)
  const beforePrice = lastPrice - directionOf(side) * step(position)
  const loosest = held ?? (side === 'long' ? step(position) : lastPrice * 2)
  return ordered(side, loosest, beforePrice)
}

/** Where the target may go: from one tick beyond the last price to twice the entry (a tenth of it for a short). */
export function targetRoom(position: Steered): Room | null {
  const { side, entryPrice, lastPrice } = position
  return ordered(side, lastPrice + directionOf(side) * step(position), entryPrice * farthest[side])
}

/** A price on its tick. */
export function onTick(price: number, { tick }: Pick<Steered, 'tick'>): number {
  return tick === null ? price : roundToTick(price, tick)
}

/** Whether a price lies in the room. */
export function hasRoomFor(room: Room | null, price: number): boolean {
  return room !== null && price >= room.from && price <= room.to
}

/** The smallest step of a price; a millionth of it where the tick is not known. */
function step({ tick, lastPrice }: Steered): number {
  return tick === null ? lastPrice * 1e-6 : tick.units / tick.scale
}

/** For a long, `nearer` lies above `loosest`; for a short below. */
function ordered(side: Side, near: number, far: number): Room | null {
  const [from, to] = side === 'long' ? [near, far] : [far, near]
  return from <= to ? { from, to } : null
}
