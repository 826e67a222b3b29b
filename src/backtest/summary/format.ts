/** Numbers, times and names as people read them in a report; UTC and English everywhere, so that a report reads the same anywhere. */

const minus = '−'
const nothing = '–'
const sixDigits = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 6 })

/** 1234.5 with two decimals: '1,234.50'. */
export function money(value: number | null): string {
  return value === null ? nothing : signed(value, 2, '')
}

/** A gain or a loss with its sign: '+21.40'; no sign for what shows as zero. */
export function gain(value: number | null): string {
  return value === null ? nothing : signed(value, 2, '+')
}

/** A ratio as percent, 0.0123 is '1.23 %'. */
export function percent(ratio: number | null, decimals = 2): string {
  return ratio === null ? nothing : `${signed(ratio * 100, decimals, '')} %`
}

/** A ratio as percent with its sign, 0.0123 is '+1.23 %'. */
export function change(ratio: number | null, decimals = 2): string {
  return ratio === null ? nothing : `${signed(ratio * 100, decimals, '+')} %`
}

/** A figure without a unit: '1.42'. */
export function figure(value: number | null): string {
  return value === null ? nothing : signed(value, 2, '')
}

/** A count: '12,480'. */
export function count(value: number): string {
  return plain(value, 0)
}

/** A price with the decimals its size asks for: 67,412.50, 3.2841, 0.52140. */
export function price(value: number): string {
  const size = Math.abs(value)
  return plain(value, size >= 100 ? 2 : size >= 10 ? 3 : size >= 1 ? 4 : size >= 0.01 ? 5 : 8)
}

/** A quantity of base with up to six significant digits. */
export function quantity(value: number): string {
  return sixDigits.format(value)
}

/** A span as its two largest units: '2 d 4 h', '41 min', '12 s'. */
export function span(ms: number | null): string {
  if (ms === null) return nothing
  const minutes = Math.round(ms / 60_000)
  if (minutes < 1) return `${Math.round(ms / 1_000)} s`
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
  return hours % 24 === 0 ? `${count(hours / 24)} d` : `${count(Math.floor(hours / 24))} d ${hours % 24} h`
}

/** '2025-01-31 14:05', UTC. */
export function moment(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ')
}

/** '2025-01-31', UTC. */
export function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

/** A name of the program as words: 'max_drawdown' is 'Max drawdown', 'smart_exit:reversal' is 'Smart exit: reversal'. */
export function words(name: string): string {
  const text = name
    .replaceAll('_', ' ')
    .replaceAll(':', ': ')
    .replace(/\btp\b/, 'TP')
    .trim()
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function signed(value: number, decimals: number, plus: '+' | ''): string {
  const text = plain(Math.abs(value), decimals)
  if (!/[1-9]/.test(text)) return text
  return `${value < 0 ? minus : plus}${text}`
}

/** By their decimals: making a format takes far longer than using it, and a report has thousands of numbers. */
const formats = new Map<number, Intl.NumberFormat>()

function plain(value: number, decimals: number): string {
  const made = formats.get(decimals)
  if (made) return made.format(value)
  const format = new Intl.NumberFormat('en-US', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  })
  formats.set(decimals, format)
  return format.format(value)
}
