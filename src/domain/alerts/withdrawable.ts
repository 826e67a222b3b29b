import { Decimal, type DecimalText } from '../decimal.ts'

/** What stays free of what an account is worth, so that its positions have room to move. */
export const bufferRatio = 0.15

/**
 * What a month's profit lets its owner take out, in quote: never more than was earned, and so that at least 15 % of what is
 * left stays free. Of `free − w ≥ b · (equity − w)` the largest w is `(free − b · equity) / (1 − b)`. The rule is the monthly
 * step of the pro trader's maintenance list: "withdraw profits, keep a buffer of 15 % or more".
 */
export function withdrawable({
  profit,
  free,
  equity,
}: {
  readonly profit: DecimalText
  readonly free: DecimalText
  readonly equity: DecimalText
}): DecimalText {
  const room = new Decimal(free).minus(new Decimal(equity).times(bufferRatio)).div(1 - bufferRatio)
  return Decimal.max(0, Decimal.min(profit, room)).toDecimalPlaces(8).toString()
}
