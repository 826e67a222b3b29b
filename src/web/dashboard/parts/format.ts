/** Numbers and times as people read them. Doubles are for the eye only; sums are made in the API. */

const minus = '−'

/** '+12.34' or '−12.34', without a sign for what shows as zero. */
function signed(value: number, decimals: number): string {
  const text = plain(Math.abs(value), decimals)
  const isZero = Number(text.replaceAll(',', '')) === 0
  return isZero ? text : `${value < 0 ? minus : '+'}${text}`
}

function plain(value: number, decimals: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
}

/** An amount of money: '10,142.87'. */
export function money(value: string | number): string {
  const amount = Number(value)
  return `${amount < 0 ? minus : ''}${plain(Math.abs(amount), 2)}`
}

/** A gain or a loss with its sign: '+21.40'. */
export function gain(value: string | number): string {
  return signed(Number(value), 2)
}

/** A ratio as signed percent: 0.0123 is '+1.23 %'. */
export function percent(ratio: number): string {
  return `${signed(ratio * 100, 2)} %`
}

/** A ratio as percent without a sign: 0.0123 is '1.23 %'. */
export function plainPercent(ratio: number): string {
  return `${plain(ratio * 100, 2)} %`
}

/** A ratio from 0 to 1 as whole percent: '58 %'. */
export function share(ratio: number): string {
  return `${Math.round(ratio * 100)} %`
}

/** A price with the decimals its size asks for: 67,412.50, 3.2841, 0.52140. */
export function price(value: string | number): string {
  const amount = Number(value)
  const size = Math.abs(amount)
  const decimals = size >= 100 ? 2 : size >= 10 ? 3 : size >= 1 ? 4 : size >= 0.01 ? 5 : 8
  return plain(amount, decimals)
}

/** A quantity without superfluous zeros. */
export function quantity(value: string | number): string {
  return Number(value).toLocaleString('en-US', { maximumSignificantDigits: 6 })
}

/** Whether something gained, lost, or shows as zero. */
export function trendOf(value: string | number | null): 'up' | 'down' | 'flat' {
  const amount = Number(value ?? 0)
  if (Math.abs(amount) < 0.005) return 'flat'
  return amount > 0 ? 'up' : 'down'
}

/** A span as its two largest units: '2 d 4 h', '41 min', '12 s'. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
  return hours % 24 === 0 ? `${Math.floor(hours / 24)} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** How long ago, as its largest unit: 'just now', '12 min ago', '6 h ago'. */
export function ago(ms: number): string {
  if (ms < 5_000) return 'just now'
  if (ms < 3_600_000) return `${span(ms)} ago`
  const hours = Math.floor(ms / 3_600_000)
  return hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} d ago`
}

const clockFormat = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
})
const dayFormat = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
const fullFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

/** Local hour and minute: '14:05'. */
export function clock(ms: number): string {
  return clockFormat.format(ms)
}

/** Local day: 'Mar 28'. */
export function day(ms: number): string {
  return dayFormat.format(ms)
}

/** Local date and time with UTC beside it, for hovering. */
export function fullTime(ms: number): string {
  return `${fullFormat.format(ms)} (${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC)`
}
