import { Decimal, type DecimalText } from '../../domain/decimal.ts'

/** What reckoning the risk of a position needs. */
interface Stopped {
  readonly side: 'long' | 'short'
  readonly quantity: DecimalText
  readonly lastPrice: DecimalText | null
  readonly stopLoss: DecimalText | null
  readonly trailingStop: DecimalText | null
}

/**
 * What equity loses when every position falls from its last price to its own stop, in quote and before fees and slippage.
 * The nearer of the stop loss and the trailing stop counts; one already passed costs nothing more.
 * `withoutStop` counts the priced positions that have neither, whose risk is not in the sum.
 */
export function openRiskOf(positions: readonly Stopped[]): {
  readonly openRisk: DecimalText
  readonly withoutStop: number
} {
  let openRisk = new Decimal(0)
  let withoutStop = 0
  for (const position of positions) {
    if (position.lastPrice === null || new Decimal(position.quantity).isZero()) continue
    const stop = nearestStop(position)
    if (!stop) {
      withoutStop += 1
      continue
    }
    const fall = new Decimal(position.lastPrice).minus(stop).times(position.side === 'long' ? 1 : -1)
    openRisk = openRisk.plus(Decimal.max(0, fall).times(position.quantity))
  }
  return { openRisk: openRisk.toDecimalPlaces(8).toFixed(), withoutStop }
}

function nearestStop({ side, stopLoss, trailingStop }: Stopped): Decimal | undefined {
  const stops = [stopLoss, trailingStop].filter((stop) => stop !== null).map((stop) => new Decimal(stop))
  if (stops.length === 0) return undefined
  return side === 'long' ? Decimal.max(...stops) : Decimal.min(...stops)
}
