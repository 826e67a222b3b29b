import type { DrawnTrade } from '../price-page.ts'

/** Where times (seconds) and prices lie on the canvas, and what is painted with. */
export interface Canvas {
  readonly context: CanvasRenderingContext2D
  readonly x: (time: number) => number
  readonly y: (price: number) => number
  readonly ink: Readonly<Record<'up' | 'down' | 'stop' | 'entry' | 'edge', string>>
  /** Half the width of a mark in pixels. */
  readonly size: number
}

/**
 * Runs in the page: one trade on the canvas: a triangle at the entry that points where the trade earns, a dot at each exit, dashes between
 * them, and the stop as it moved. Its text goes into the page, so it may use nothing but itself.
 */
export function paintTrade(trade: DrawnTrade, { context, x, y, ink, size }: Canvas): void {
  const last = trade.exits.at(-1)?.[0] ?? trade.at
  const result = trade.result >= 0 ? ink.up : ink.down

  context.lineWidth = 1.5
  context.strokeStyle = ink.stop
  context.beginPath()
  for (const [i, [at, price]] of trade.stops.entries()) {
    if (price === null) continue
    const before = trade.stops[i - 1]?.[1]
    if (before === undefined || before === null) context.moveTo(x(at), y(price))
    else context.lineTo(x(at), y(price))
    context.lineTo(x(Math.max(at, trade.stops[i + 1]?.[0] ?? last)), y(price))
  }
  context.stroke()

  context.strokeStyle = result
  context.setLineDash([4, 3])
  for (const [at, price] of trade.exits) {
    context.beginPath()
    context.moveTo(x(trade.at), y(trade.price))
    context.lineTo(x(at), y(price))
    context.stroke()
  }
  context.setLineDash([])

  context.strokeStyle = ink.edge
  context.fillStyle = ink.entry
  context.beginPath()
  context.moveTo(x(trade.at), y(trade.price) - trade.direction * size)
  context.lineTo(x(trade.at) + size, y(trade.price) + trade.direction * size * 0.8)
  context.lineTo(x(trade.at) - size, y(trade.price) + trade.direction * size * 0.8)
  context.closePath()
  context.fill()
  context.stroke()

  context.fillStyle = result
  for (const [at, price] of trade.exits) {
    context.beginPath()
    context.arc(x(at), y(price), size * 0.8, 0, 2 * Math.PI)
    context.fill()
    context.stroke()
  }
}
