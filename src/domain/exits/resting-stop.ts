import { Decimal, type DecimalText } from '../decimal.ts'
import type { OrderState } from '../order.ts'
import { directionOf, type Side } from '../side.ts'
import { roundToTick } from '../tick.ts'
import type { ExitRules } from './exit-rules.ts'
import { tighter } from './monitored-state.ts'
import { wholeSteps } from './venue-minimum.ts'

/** A trailing stop moves the order at the venue when it is this much of the price beyond it: not on every tick. */
const trailingStep = 0.001

/** The stop that should rest at the venue. */
export interface WantedStop {
  readonly price: number
  readonly quantity: DecimalText
  readonly reason: 'stop_loss' | 'trailing_stop'
}

/** A stop order that has not ended. */
export interface LiveStop {
  readonly orderId: string
  /** Its version: a later one replaces an earlier one. */
  readonly plan: number
  readonly state: OrderState
  readonly price: number
  /** What it would still close. */
  readonly left: DecimalText
  readonly isToBeCanceled: boolean
}

/** What is to be done so that the wanted stop rests, and nothing else. */
export interface StopChange {
  readonly place: WantedStop | undefined
  /** To be taken back at the venue. */
  readonly cancel: readonly string[]
  /** Planned and not sent: they never will be. */
  readonly abandon: readonly string[]
}

/** The stop for all of a position: the stop loss, or the trailing stop once it is tighter. Undefined without either. */
export function wantedStop(
  position: {
    readonly side: Side
    readonly quantity: DecimalText
    readonly stopLoss: number | null
    readonly trailingStop: number | null
  },
  rules: Pick<ExitRules, 'tick' | 'stepSize'>,
): WantedStop | undefined {
  const { side, stopLoss, trailingStop } = position
  const price = tighter(side, stopLoss, trailingStop)
  const quantity = wholeSteps(position.quantity, rules)
  if (price === null || quantity.lte(0)) return undefined
  return {
    price: roundToTick(price, rules.tick),
    quantity: quantity.toString(),
    reason: price === stopLoss ? 'stop_loss' : 'trailing_stop',
  }
}

/**
 * Compares what rests with what is wanted. The new stop is added before the old one is cancelled, and never a third: of
 * those that the venue has confirmed the best one stays and the others go, and what is older than it goes too. A stop
 * whose outcome is unknown may be lost, so a second one is placed beside it at once. `isExiting`: an exit is under way;
 * what it is about to take off the position needs no smaller stop, since a reduce-only stop closes no more than there is.
 */
export function changeStops(
  side: Side,
  wanted: WantedStop | undefined,
  live: readonly LiveStop[],
  isExiting: boolean,
): StopChange {
  const fits = (stop: LiveStop) => wanted !== undefined && isRight(side, stop, wanted, isExiting)
  const abandon = live.filter((stop) => stop.state === 'planned' && (stop.isToBeCanceled || !fits(stop)))
  const sent = live.filter((stop) => !abandon.includes(stop)).sort((a, b) => b.plan - a.plan)
  const wantedBack = (isGone: (stop: LiveStop) => boolean) =>
    sent.filter((stop) => !stop.isToBeCanceled && isGone(stop)).map(({ orderId }) => orderId)
  const change = { place: undefined, cancel: [], abandon: abandon.map(({ orderId }) => orderId) }
  if (wanted === undefined) return { ...change, cancel: wantedBack(() => true) }

  const standing = sent.filter((stop) => !stop.isToBeCanceled)
  const best = bestOf(side, standing.filter(isConfirmed), wanted, fits)
  if (best !== undefined && fits(best)) return { ...change, cancel: wantedBack((stop) => stop !== best) }
  const cancel = best
    ? wantedBack((stop) => stop !== best && (isConfirmed(stop) || stop.plan < best.plan))
    : []
  const [newest] = standing
  const isUnderWay = newest !== undefined && fits(newest) && newest.state !== 'unknown'
  return { ...change, cancel, place: isUnderWay || sent.length >= 2 ? undefined : wanted }
}

/** The newest that fits, else the tightest that closes all, else the one that closes most. */
function bestOf(
  side: Side,
  confirmed: readonly LiveStop[],
  wanted: WantedStop,
  fits: (stop: LiveStop) => boolean,
): LiveStop | undefined {
  const direction = directionOf(side)
  const tightestFirst = [...confirmed].sort((a, b) => direction * (b.price - a.price))
  const byLeft = [...confirmed].sort((a, b) => new Decimal(b.left).cmp(a.left))
  return (
    confirmed.find(fits) ??
    tightestFirst.find(({ left }) => new Decimal(left).gte(wanted.quantity)) ??
    byLeft[0]
  )
}

/** Whether the venue has said that the stop rests. */
function isConfirmed({ state }: LiveStop): boolean {
  return state === 'open' || state === 'partially_filled'
}

/**
 * Whether a stop may stay as it is: it closes all that is open, and the wanted price is not tighter, or, for a trailing
 * stop, not by a step of 0.1 % of the price. (A stop loss moves with a re-evaluation, at most once in 5 min.)
 */
function isRight(side: Side, stop: LiveStop, wanted: WantedStop, isExiting: boolean): boolean {
  const left = new Decimal(stop.left)
  if (isExiting ? left.lt(wanted.quantity) : !left.eq(wanted.quantity)) return false
  const closer = side === 'long' ? wanted.price - stop.price : stop.price - wanted.price
  return closer <= 0 || (wanted.reason === 'trailing_stop' && closer < stop.price * trailingStep)
}
