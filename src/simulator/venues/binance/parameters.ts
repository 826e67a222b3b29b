import { Decimal } from '../../../domain/decimal.ts'
import { Failure, missing } from './failure.ts'

const decimalPattern = /^([0-9]{1,20})(\.[0-9]{1,20})?$/
const clientIdPattern = /^[.A-Z:/a-z0-9_-]{1,36}$/

/** The parameters of a request, from its query and its body alike; the query wins. */
export class Parameters {
  readonly #values = new Map<string, string>()

  constructor(query: string, body: string) {
    for (const text of [body, query]) {
      if (text !== '') for (const [name, value] of new URLSearchParams(text)) this.#values.set(name, value)
    }
  }

  /** Refuses what the endpoint does not know. */
  onlyKnow(names: ReadonlySet<string>): void {
    const sent = [...this.#values.keys()].filter((name) => name !== 'signature')
    const read = sent.filter((name) => names.has(name))
    if (read.length === sent.length) return
    throw new Failure(
      -1104,
      `Not all sent parameters were read; read '${read.length}' parameter(s) but was sent '${sent.length}'.`,
    )
  }

  find(name: string): string | undefined {
    const value = this.#values.get(name)
    return value === '' ? undefined : value
  }

  text(name: string): string {
    const value = this.find(name)
    if (value === undefined) throw missing(name)
    return value
  }

  /** A whole number that may be left out. */
  findInteger(name: string): number | undefined {
    const value = this.find(name)
    if (value === undefined) return undefined
    if (!/^\d{1,20}$/.test(value)) throw illegal(name, '^[0-9]{1,20}$')
    return Number(value)
  }

  /** A positive decimal that may be left out, with at most 8 digits after the point. */
  findDecimal(name: string): Decimal | undefined {
    const value = this.find(name)
    if (value === undefined) return undefined
    if (!decimalPattern.test(value)) throw illegal(name, '^([0-9]{1,20})(\\.[0-9]{1,20})?$')
    const decimal = new Decimal(value)
    if (decimal.decimalPlaces() > 8) throw new Failure(-1111, `Parameter '${name}' has too much precision.`)
    return decimal
  }

  decimal(name: string): Decimal {
    const value = this.findDecimal(name)
    if (value === undefined) throw missing(name)
    return value
  }

  flag(name: string): boolean {
    return this.find(name)?.toLowerCase() === 'true'
  }

  oneOf<T extends string>(name: string, values: readonly T[], otherwise: Failure): T {
    const value = this.text(name)
    if (!(values as readonly string[]).includes(value)) throw otherwise
    return value as T
  }

  /** The client's id for an order, checked; undefined when the client leaves it to the venue. */
  findClientId(name: string): string | undefined {
    const value = this.find(name)
    if (value !== undefined && !clientIdPattern.test(value))
      throw illegal(name, '^[\\.A-Z\\:/a-z0-9_-]{1,36}$')
    return value
  }
}

function illegal(name: string, range: string): Failure {
  return new Failure(-1100, `Illegal characters found in parameter '${name}'; legal range is '${range}'.`)
}
