import { type Candle, timeframeMs } from '#src/domain/candle.ts'

/**
 * 5 m candles of a market that wanders by at most `swing` a candle and now and then leaps by up to `leap`. Drawn by a seed,
 * so that a failing case is a small number and not a thousand candles.
 */
export function walk(
  seed: number,
  count: number,
  { startMs = 0, start = 100, swing = 0.01, leap = 0 } = {},
): Candle[] {
  let state = seed >>> 0
  const draw = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  let close = start
  return Array.from({ length: count }, (_, i) => {
    const open = close * (draw() < 0.01 ? 1 + (draw() - 0.5) * 2 * leap : 1)
    close = open * (1 + (draw() - 0.5) * 2 * swing)
    return {
      openTimeMs: startMs + i * timeframeMs['5m'],
      open,
      high: Math.max(open, close) * (1 + draw() * swing * 0.3),
      low: Math.min(open, close) * (1 - draw() * swing * 0.3),
      close,
      volume: draw() * 20,
    }
  })
}
