import { Decimal } from '../../../domain/decimal.ts'
import { invalid } from './failure.ts'

const decimalPattern = /^\d{1,20}(\.\d{1,18})?$/
const uuidPattern = /^[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$/i
const freeIdPattern = /^[\x21-\x7e]{1,18}$/
const mostUserref = 2 ** 31

/** The parameters of a request: a form, with `close[price]` for what lies inside, or JSON. */
export class Parameters {
  readonly #values = new Map<string, string>()

  constructor(query: string, body: string) {
    for (const [name, value] of new URLSearchParams(query)) this.#values.set(name, value)
    if (body.startsWith('{')) for (const [name, value] of flat(body)) this.#values.set(name, value)
    else for (const [name, value] of new URLSearchParams(body)) this.#values.set(name, value)
  }

  find(name: string): string | undefined {
    const value = this.#values.get(name)
    return value === '' ? undefined : value
  }

  text(name: string): string {
    const value = this.find(name)
    if (value === undefined) throw invalid(name)
    return value
  }

  flag(name: string): boolean {
    return this.find(name)?.toLowerCase() === 'true'
  }

  oneOf<T extends string>(name: string, values: readonly T[]): T {
    const value = this.text(name)
    if (!(values as readonly string[]).includes(value)) throw invalid(name)
    return value as T
  }

  /** A whole number from 0 on that may be left out. */
  findInteger(name: string): number | undefined {
    const value = this.find(name)
    if (value === undefined) return undefined
    if (!/^\d{1,15}$/.test(value)) throw invalid(name)
    return Number(value)
  }

  /** A decimal above 0. Prices that are relative ('+5%') are not taken. */
  decimal(name: string): Decimal {
    const value = this.text(name)
    if (!decimalPattern.test(value)) throw invalid(name)
    const decimal = new Decimal(value)
    if (decimal.lte(0)) throw invalid(name)
    return decimal
  }

  /** Values between commas; none when the parameter is left out. */
  list(name: string): string[] {
    return (this.find(name) ?? '').split(',').filter((each) => each !== '')
  }

  /** A moment in seconds, with a fraction perhaps; or the id of something, which `momentOf` knows the moment of. */
  findMoment(name: string, momentOf: (txid: string) => number | undefined): number | undefined {
    const value = this.find(name)
    if (value === undefined) return undefined
    const ms = decimalPattern.test(value) ? Number(value) * 1000 : momentOf(value)
    if (ms === undefined) throw invalid(name)
    return ms
  }

  /** The client's id of an order: a UUID, with or without dashes, or up to 18 characters of any text. */
  findClientId(): string | undefined {
    const value = this.find('cl_ord_id')
    if (value !== undefined && !uuidPattern.test(value) && !freeIdPattern.test(value))
      throw invalid('cl_ord_id')
    return value
  }

  /** The client's number for any of its orders, 32 bits with a sign. */
  findUserref(): number | undefined {
    const value = this.find('userref')
    if (value === undefined) return undefined
    const number = /^-?\d{1,10}$/.test(value) ? Number(value) : Number.NaN
    if (!(number >= -mostUserref && number < mostUserref)) throw invalid('userref')
    return number
  }
}

/** The values of a JSON object by their paths: {"close": {"price": 5}} is close[price]. */
function flat(body: string): [name: string, value: string][] {
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch {
    throw invalid('body')
  }
  const walk = (value: unknown, name: string): [string, string][] =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).flatMap(([key, inner]) => walk(inner, name === '' ? key : `${name}[${key}]`))
      : [[name, Array.isArray(value) ? value.join(',') : String(value ?? '')]]
  return walk(parsed, '')
}
