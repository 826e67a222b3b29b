import { Decimal } from '../../../domain/decimal.ts'
import { badParameter } from './failure.ts'

const decimalPattern = /^\d{1,20}(\.\d{1,20})?$/

/** The parameters of a request: of a GET its query, of a POST its JSON body. What is not a scalar is not there. */
export class Parameters {
  readonly #values = new Map<string, string>()

  /** Throws a failure when the body is not a JSON object. */
  static of(method: string, query: string, body: string): Parameters {
    if (method === 'POST') return new Parameters(body === '' ? [] : Object.entries(objectOf(body)))
    return new Parameters(query === '' ? [] : new URLSearchParams(query))
  }

  constructor(entries: Iterable<readonly [string, unknown]>) {
    for (const [name, value] of entries) {
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
        this.#values.set(name, String(value))
    }
  }

  /** A parameter; an empty one is none. */
  find(name: string): string | undefined {
    const value = this.#values.get(name)
    return value === '' ? undefined : value
  }

  text(name: string): string {
    const value = this.find(name)
    if (value === undefined) throw badParameter(`${name} is required`)
    return value
  }

  /** A whole number that may be left out. */
  findInteger(name: string): number | undefined {
    const value = this.find(name)
    if (value === undefined) return undefined
    if (!/^\d{1,15}$/.test(value)) throw badParameter(`${name} invalid`)
    return Number(value)
  }

  /** A positive decimal that may be left out. */
  findDecimal(name: string): Decimal | undefined {
    const value = this.find(name)
    if (value === undefined) return undefined
    const decimal = decimalPattern.test(value) ? new Decimal(value) : undefined
    if (decimal === undefined || decimal.lte(0)) throw badParameter(`${name} invalid`)
    return decimal
  }

  decimal(name: string): Decimal {
    const value = this.findDecimal(name)
    if (value === undefined) throw badParameter(`${name} is required`)
    return value
  }

  flag(name: string): boolean {
    return this.find(name) === 'true'
  }

  oneOf<T extends string>(name: string, values: readonly T[]): T {
    const value = this.text(name)
    if (!(values as readonly string[]).includes(value)) throw badParameter(`${name} invalid`)
    return value as T
  }
}

function objectOf(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>
  } catch {}
  throw badParameter('the body is not a JSON object')
}
