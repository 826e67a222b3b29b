import { directionOf, type Side } from '../side.ts'

/** Warn and halve from 15 % of buffer down, close from 3.5 % down. */
const warnBuffer = 0.15
const closeBuffer = 0.035

/** The same position is halved at most this often. */
const halveEveryMs = 15 * 60_000

/**
 * Margin buffer as a ratio: (equity − MM) / (used margin − MM), where MM is the venue's own stop-out amount. 1 just opened,
 * 0 at stop-out; equity ÷ used margin when MM is 0.
 */
export function marginBuffer(margin: { equity: number; used: number; stopOut: number }): number {
  const room = margin.used - margin.stopOut
  const left = margin.equity - margin.stopOut
  if (room <= 0) return left > 0 ? 1 : 0
  return left / room
}

/** How far the mark price is from the liquidation price, as a ratio of the mark price; negative beyond it. */
export function liquidationDistance(position: {
  side: Side
  markPrice: number
  liquidationPrice: number
}): number {
  return (directionOf(position.side) * (position.markPrice - position.liquidationPrice)) / position.markPrice
}

/** A position that shares the margin being judged. Loss or gain in quote, at the mark price. */
export interface MarginedPosition {
  readonly positionId: string
  readonly unrealizedPnl: number
}

/** What the buffer asks for: positions to close, one to halve, and whether to warn. */
export interface LiquidationPlan {
  readonly warns: boolean
  readonly close: readonly string[]
  readonly halve: string | undefined
}

/**
 * Judges one margin: an isolated position alone, or a cross account with all of its positions. At 3.5 % everything on it is
 * closed; at 15 % the one with the largest loss is halved, once per 15 minutes.
 */
export function planLiquidation(margin: {
  readonly buffer: number
  readonly positions: readonly MarginedPosition[]
  readonly halvedAtMs: number | undefined
  readonly nowMs: number
}): LiquidationPlan {
  const { buffer, positions, halvedAtMs, nowMs } = margin
  if (!(buffer <= warnBuffer)) return { warns: false, close: [], halve: undefined }
  if (buffer <= closeBuffer)
    return { warns: true, close: positions.map(({ positionId }) => positionId), halve: undefined }
  const isRested = halvedAtMs === undefined || nowMs - halvedAtMs >= halveEveryMs
  const worst = positions.toSorted((a, b) => a.unrealizedPnl - b.unrealizedPnl)[0]
  return { warns: true, close: [], halve: isRested ? worst?.positionId : undefined }
}
