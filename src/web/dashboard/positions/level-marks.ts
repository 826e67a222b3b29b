import type { PositionDetail } from '../../api/position-detail.ts'
import type { PriceLevel } from '../parts/chart-marks.ts'

/** The prices that matter to an open position, as lines of its chart. */
export function levelsOf(detail: PositionDetail): PriceLevel[] {
  const { entryPrice, lastPrice, stopLoss, trailingStop, takeProfit, levels } = detail
  const named: (PriceLevel | undefined)[] = [
    line('Entry', entryPrice, 'plain', true),
    line('Price', lastPrice, 'accent'),
    line('Stop', stopLoss, 'down'),
    line('Trailing', trailingStop, 'warn'),
    line('Target', takeProfit, 'up'),
    ...levels
      .filter(({ isTaken }) => !isTaken)
      .map(({ level, price }) => line(`Part ${level}`, price, 'up', true)),
  ]
  return named.filter((level) => level !== undefined)
}

function line(
  name: string,
  price: string | null,
  tone: PriceLevel['tone'],
  isDashed = false,
): PriceLevel | undefined {
  return price === null ? undefined : { name, price: Number(price), tone, isDashed }
}
