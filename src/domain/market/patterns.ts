import type { Candle } from '../candle.ts'

/** Candle patterns the rules know; each speaks for the direction of `patternDirection`. */
export type Pattern =
  | 'bullish_engulfing'
  | 'hammer'
  | 'morning_star'
  | 'bearish_engulfing'
  | 'shooting_star'
  | 'evening_star'

/** +1 for a pattern that speaks for rising prices, −1 for falling ones. */
export function patternDirection(pattern: Pattern): 1 | -1 {
  return pattern === 'bullish_engulfing' || pattern === 'hammer' || pattern === 'morning_star' ? 1 : -1
}

/** The patterns that end with the last candle, the three-candle ones first. */
export function findPatterns(candles: readonly Candle[]): Pattern[] {
  const [first, middle, last] = [candles.at(-3), candles.at(-2), candles.at(-1)]
  if (middle === undefined || last === undefined) return []
  const found: Pattern[] = []
  if (first !== undefined) {
    if (isMorningStar(first, middle, last)) found.push('morning_star')
    if (isMorningStar(mirror(first), mirror(middle), mirror(last))) found.push('evening_star')
  }
  if (isBullishEngulfing(middle, last)) found.push('bullish_engulfing')
  if (isBullishEngulfing(mirror(middle), mirror(last))) found.push('bearish_engulfing')
  if (isHammer(middle, last)) found.push('hammer')
  if (isHammer(mirror(middle), mirror(last))) found.push('shooting_star')
  return found
}

/** −1…1: which way the patterns at the end of the candles point; contradicting ones cancel out. */
export function patternScore(candles: readonly Candle[]): number {
  let score = 0
  for (const pattern of findPatterns(candles)) score += patternDirection(pattern)
  return Math.sign(score)
}

/** A rising body that covers the falling one before it. Prices do not gap all day long, so touching edges count. */
function isBullishEngulfing(before: Candle, last: Candle): boolean {
  return (
    before.close < before.open &&
    last.close > last.open &&
    last.open <= before.close &&
    last.close >= before.open &&
    body(last) > body(before)
  )
}

/** A lower shadow at least twice the body and hardly an upper one, after a candle that fell. */
function isHammer(before: Candle, last: Candle): boolean {
  const size = body(last)
  const below = Math.min(last.open, last.close) - last.low
  const above = last.high - Math.max(last.open, last.close)
  return before.close < before.open && size > 0 && below >= 2 * size && above <= size / 2
}

/** A long falling candle, a small one, and a rising one that closes above the middle of the first. */
function isMorningStar(first: Candle, star: Candle, last: Candle): boolean {
  return (
    first.close < first.open &&
    body(first) > 0.5 * (first.high - first.low) &&
    body(star) <= 0.3 * body(first) &&
    Math.max(star.open, star.close) <= (first.open + first.close) / 2 &&
    last.close > last.open &&
    last.close > (first.open + first.close) / 2
  )
}

function body(candle: Candle): number {
  return Math.abs(candle.close - candle.open)
}

/** The candle upside down: bearish patterns are the bullish ones of the mirror image. */
function mirror(candle: Candle): Candle {
  return { ...candle, open: -candle.open, high: -candle.low, low: -candle.high, close: -candle.close }
}
