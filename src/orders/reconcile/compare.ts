import type { Position } from '#db/positions.ts'
import { Decimal, type DecimalText, sum } from '../../domain/decimal.ts'
import { directionOf, exitSide, type Side } from '../../domain/side.ts'
import type { VenueFill } from '../../exchange/venue-order.ts'

/** What the books and the venue say of one symbol. */
export interface Compared {
  readonly symbol: string
  /** What the venue holds less than our positions, in base; '0' when nothing is missing. */
  readonly missing: DecimalText
  /** What the venue holds beside our positions, signed on futures: the user's own. */
  readonly surplus: DecimalText
}

/**
 * Compares our living positions on a symbol with what the venue holds there (signed on futures, a balance on spot). What
 * is less than a step is nothing: fees and dust.
 */
export function compare(
  symbol: string,
  positions: readonly Pick<Position, 'side' | 'quantityOpen' | 'rules'>[],
  held: DecimalText,
): Compared {
  const ours = sum(
    positions.map(({ side, quantityOpen }) => new Decimal(quantityOpen).times(directionOf(side)).toString()),
  )
  const direction = new Decimal(ours).lt(0) ? -1 : 1
  const here = Decimal.max(0, new Decimal(held).times(direction))
  const missing = Decimal.max(0, new Decimal(ours).abs().minus(here))
  const step = positions[0]?.rules.stepSize ?? '0'
  const isMissing = missing.gt(0) && missing.gte(step)
  const matched = isMissing ? here : new Decimal(ours).abs()
  return {
    symbol,
    missing: isMissing ? missing.toString() : '0',
    surplus: new Decimal(held).minus(matched.times(direction)).toString(),
  }
}

/** One execution by somebody else's order, and how much of it was ours. */
export interface Part {
  readonly fill: VenueFill
  readonly quantity: DecimalText
  /** What another position did not take: its money is booked with the first part. */
  readonly isRest?: boolean
}

/**
 * Which executions took away what is missing: those on the exit's side, the newest first, since the user's own went
 * before ours. Less than is missing when there are not enough.
 */
export function departed(fills: readonly VenueFill[], side: Side, missing: DecimalText): Part[] {
  const parts: Part[] = []
  let left = new Decimal(missing)
  const candidates = fills.filter((fill) => fill.side === exitSide(side))
  for (const fill of candidates.toSorted((a, b) => b.filledAtMs - a.filledAtMs)) {
    if (left.lte(0)) break
    const quantity = Decimal.min(left, fill.quantity)
    left = left.minus(quantity)
    parts.unshift({ fill, quantity: quantity.toString() })
  }
  return parts
}
