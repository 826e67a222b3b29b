/** The lengths a recorded candle may have, in milliseconds. All of them divide a day. */
export const timeframeMs = {
  '1m': 60_000,
  '3m': 180_000,
  '5m': 300_000,
  '15m': 900_000,
  '30m': 1_800_000,
  '1h': 3_600_000,
  '2h': 7_200_000,
  '4h': 14_400_000,
  '6h': 21_600_000,
  '8h': 28_800_000,
  '12h': 43_200_000,
  '1d': 86_400_000,
} as const

export type Timeframe = keyof typeof timeframeMs

/** Whether the text names one of the lengths above. */
export function isTimeframe(text: string): text is Timeframe {
  return Object.hasOwn(timeframeMs, text)
}

/** The length's name; undefined when no candle is that long. */
export function timeframeOf(ms: number): Timeframe | undefined {
  return (Object.keys(timeframeMs) as Timeframe[]).find((name) => timeframeMs[name] === ms)
}
