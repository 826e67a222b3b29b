import { directionOf, type Side } from '../side.ts'
import type { ExitHints } from './exit-decision.ts'
import { marginBuffer, planLiquidation } from './liquidation.ts'
import { type Margin, type MarginReading, marginsAt } from './margin-reading.ts'

/** A position of the books whose margin is judged. Quantity in base. */
export interface JudgedPosition {
  readonly positionId: string
  readonly symbol: string
  readonly side: Side
  readonly quantity: number
  readonly entryPrice: number
  /** How long ago it was last halved before a liquidation; null for never. */
  readonly halvedMsAgo: number | null
}

/** What an account's margin asks for. */
export interface MarginJudgement {
  /** The smallest buffer of its margins, as a ratio; null when nothing can be judged. */
  readonly buffer: number | null
  /** Positions of a margin that is nearly used up. */
  readonly warned: readonly string[]
  /** What is to be done, by position. */
  readonly hints: ReadonlyMap<string, NonNullable<ExitHints['liquidation']>>
}

/**
 * Judges an account at the prices of now: the positions that share its margin together, each isolated one alone. A margin
 * that says nothing (nothing used, or no number) asks for nothing: a missing report is no liquidation.
 */
export function judgeMargin(
  reading: MarginReading,
  positions: readonly JudgedPosition[],
  priceOf: (symbol: string) => number | undefined,
): MarginJudgement {
  const books = booksOf(positions)
  const { cross, isolated } = marginsAt(reading, { priceOf, heldOf: (symbol) => books[symbol] ?? 0 })
  const groups: [Margin, readonly JudgedPosition[]][] = [
    [cross, positions.filter(({ symbol }) => !isolated.has(symbol))],
    ...[...isolated].map(([symbol, margin]): [Margin, readonly JudgedPosition[]] => [
      margin,
      positions.filter((position) => position.symbol === symbol),
    ]),
  ]
  const hints = new Map<string, NonNullable<ExitHints['liquidation']>>()
  const warned: string[] = []
  let least: number | null = null
  for (const [margin, sharing] of groups) {
    if (sharing.length === 0 || !(margin.used > 0)) continue
    const buffer = marginBuffer(margin)
    if (!Number.isFinite(buffer)) continue
    least = least === null ? buffer : Math.min(least, buffer)
    const rests = sharing.flatMap(({ halvedMsAgo }) => halvedMsAgo ?? [])
    const plan = planLiquidation({
      buffer,
      positions: sharing.map((position) => ({
        positionId: position.positionId,
        unrealizedPnl: pnlOf(position, priceOf(position.symbol) ?? position.entryPrice),
      })),
      halvedAtMs: rests.length === 0 ? undefined : -Math.min(...rests),
      nowMs: 0,
    })
    if (plan.warns) warned.push(...sharing.map(({ positionId }) => positionId))
    for (const positionId of plan.close) hints.set(positionId, 'close')
    if (plan.halve !== undefined) hints.set(plan.halve, 'halve')
  }
  return { buffer: least, warned, hints }
}

/** What positions hold of each symbol, as a reading keeps it. */
export function booksOf(positions: readonly JudgedPosition[]): MarginReading['books'] {
  const books: Record<string, number> = {}
  for (const { symbol, quantity } of positions) books[symbol] = (books[symbol] ?? 0) + quantity
  return books
}

function pnlOf({ side, quantity, entryPrice }: JudgedPosition, price: number): number {
  return directionOf(side) * (price - entryPrice) * quantity
}
