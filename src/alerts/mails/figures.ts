import { Decimal, type DecimalText } from '../../domain/decimal.ts'

/** Money with two digits, or more where it is small: `1,234.50 USDT`. */
export function money(value: DecimalText, currency: string): string {
  return `${grouped(value)} ${currency}`
}

/** The same with its sign, which says in words what a colour would: `+12.30 USDT`. */
export function gain(value: DecimalText, currency: string): string {
  return `${new Decimal(value).gt(0) ? '+' : ''}${money(value, currency)}`
}

/** A ratio as a percentage with its sign: 0.0123 is `+1.23 %`. */
export function change(ratio: number): string {
  return `${ratio > 0 ? '+' : ''}${(ratio * 100).toFixed(2).replace('-', '−')} %`
}

/** A ratio as a whole percentage. */
export function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(0)} %`
}

/** A price or a quantity, as it is, without trailing zeros and in groups. */
export function amount(value: DecimalText): string {
  const [whole = '', part] = new Decimal(value).toDecimalPlaces(8).toString().split('.')
  return part === undefined ? groups(whole) : `${groups(whole)}.${part}`
}

function grouped(value: DecimalText): string {
  const decimal = new Decimal(value)
  const digits = decimal.abs().gte(0.01) || decimal.isZero() ? 2 : 6
  const [whole = '', part = ''] = decimal.toFixed(digits).split('.')
  return `${groups(whole).replace('-', '−')}.${part}`
}

function groups(whole: string): string {
  return whole.replace(/\B(?=(\d{3})+$)/g, ',')
}
