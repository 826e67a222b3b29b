import { Decimal } from '../domain/decimal.ts'
import { filledOf, type JournalOrders, type OrderRow, plain } from './journal-orders.ts'
import type { Truth } from './truth.ts'

/** A time in which a position stood at the venue without a stop resting there, by the simulator's clock. */
export interface Stretch {
  readonly positionId: string
  readonly fromMs: number
  readonly toMs: number
}

/**
 * The longest stretch in which each futures position stood at the venue without a stop resting there, between its first
 * entry fill and its last exit fill. Positions that were found at the venue, and those
 * whose stops somebody took away by hand, are left out: nobody here could have protected them.
 */
export function unprotected(
  { orders, executedOf, restingOf }: JournalOrders,
  truth: Truth,
  nowMs: number,
): Stretch[] {
  const stretches: Stretch[] = []
  for (const [positionId, own] of Map.groupBy(orders, (order) => order.position_id)) {
    if (!own[0]?.symbol.includes(':') || own.some((order) => order.is_adopted)) continue
    const of = (purposes: readonly string[]) =>
      own.filter(({ purpose }) => purposes.includes(purpose)).flatMap(executedOf)
    const times = (purposes: readonly string[]) => of(purposes).flatMap((effect) => effect.times)
    const entered = Math.min(...times(['entry']))
    if (!Number.isFinite(entered)) continue
    const isFlat = new Decimal(filledOf(of(['exit', 'stop']))).gte(filledOf(of(['entry'])))
    const left = isFlat ? Math.max(...times(['exit', 'stop'])) : nowMs
    if (isBared(own[0], truth, entered, left)) continue
    let coveredUntil = entered
    let longest: Stretch = { positionId, fromMs: entered, toMs: entered }
    const note = (toMs: number) => {
      if (toMs - coveredUntil > longest.toMs - longest.fromMs)
        longest = { positionId, fromMs: coveredUntil, toMs }
    }
    const stops = own.filter(({ purpose }) => purpose === 'stop').flatMap(restingOf)
    for (const stop of stops.toSorted((a, b) => a.createdAt - b.createdAt)) {
      note(Math.min(stop.createdAt, left))
      coveredUntil = Math.max(coveredUntil, stop.status === 'open' ? nowMs : stop.updatedAt)
    }
    note(left)
    stretches.push(longest)
  }
  return stretches
}

/** From so long on a position without its stop must be on its way out. */
const bareAtMostMs = 30_000

/** The stretches that lasted longer than 30 s, and those of them in which no exit was planned by then. */
export function bareTooLong(
  stretches: readonly Stretch[],
  orders: readonly Pick<OrderRow, 'position_id' | 'purpose' | 'planned_ms'>[],
): { readonly long: number; readonly notClosing: number } {
  const long = stretches.filter(({ fromMs, toMs }) => toMs - fromMs > bareAtMostMs)
  const isClosing = ({ positionId, fromMs }: Stretch) =>
    orders.some(
      ({ position_id, purpose, planned_ms }) =>
        position_id === positionId && purpose === 'exit' && planned_ms <= fromMs + bareAtMostMs,
    )
  return { long: long.length, notClosing: long.filter((stretch) => !isClosing(stretch)).length }
}

/** Whether somebody took a stop on the symbol away by hand while the position lived. */
function isBared({ api_key, symbol }: OrderRow, truth: Truth, from: number, to: number): boolean {
  const orders = truth.get(api_key)?.orders ?? []
  return orders.some(
    (order) =>
      order.endedByHand &&
      order.triggerPrice !== undefined &&
      plain(order.symbol) === plain(symbol) &&
      order.updatedAt >= from &&
      order.updatedAt <= to,
  )
}
