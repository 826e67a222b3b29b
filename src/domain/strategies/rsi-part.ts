import { clamp } from '../market/series.ts'

/** What RSI 14 says, −1…1: (RSI − 50)/20, and nothing where the move is overdone (above 70, below 30). */
export function rsiPart(rsi: number): number {
  if (rsi > 70 || rsi < 30) return 0
  return clamp((rsi - 50) / 20, -1, 1)
}
