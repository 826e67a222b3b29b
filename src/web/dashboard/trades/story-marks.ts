import type { Story } from '../../api/story.ts'
import type { PriceMarker, PriceSteps } from '../parts/chart-marks.ts'
import { quantity } from '../parts/format.ts'

/** What was bought and sold, as arrows of a chart. */
export function fillMarkers({ fills, orders, symbol }: Story): PriceMarker[] {
  const [base] = symbol.split('/')
  const purposes = new Map(orders.map(({ id, purpose }) => [id, purpose]))
  return fills
    .map((fill): PriceMarker => {
      const isEntry = purposes.get(fill.orderId) === 'entry'
      return {
        at: fill.filledAt,
        text: `${isEntry ? 'Entry' : 'Exit'} ${quantity(fill.quantity)} ${base}`,
        direction: fill.side,
        tone: isEntry ? 'accent' : 'warn',
      }
    })
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
}

/** Where the stop stood from the entry to the end, in market time. */
export function stopSteps({ plan, stops, trade }: Story, openedAt: string | null): PriceSteps[] {
  const begin = trade?.openedAt ?? openedAt
  if (begin === null) return []
  const moves = stops.filter(({ what, newStopLoss }) => what === 'stop_loss' && newStopLoss !== null)
  const first = moves[0]?.oldStopLoss ?? plan.stopLoss
  const points = [
    ...(first === null ? [] : [{ at: begin, price: Number(first) }]),
    ...moves.map(({ marketAt, newStopLoss }) => ({ at: marketAt, price: Number(newStopLoss) })),
  ]
  const last = points.at(-1)
  if (last && trade) points.push({ at: trade.closedAt, price: last.price })
  return points.length > 1 ? [{ name: 'Stop', tone: 'down', points }] : []
}
