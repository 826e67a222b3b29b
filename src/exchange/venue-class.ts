import type { Exchange } from 'ccxt'
import type { RawAnswer } from './meaning.ts'

/** An unmodified ccxt class as this program uses it. */
export type VenueClass = typeof Exchange
export type VenueClient = InstanceType<VenueClass>

/** The raw answer behind an error that a venue client threw; undefined when there was none. */
export function answerOf(thrown: unknown): RawAnswer | undefined {
  return (thrown as { venueAnswer?: RawAnswer } | undefined)?.venueAnswer
}

/**
 * The class with two things added. Errors carry the raw answer, since ccxt's own classification loses the venue's code
 * and its `last_response` belongs to whoever asked last. And endpoints look up their object at the call, so that an
 * object derived from a loaded one signs with its own key, not with its parent's.
 */
export function withRawAnswers(Class: VenueClass): VenueClass {
  return class extends Class {
    override defineRestApiEndpoint(...definition: Parameters<Exchange['defineRestApiEndpoint']>) {
      const [methodName, method, , , path, paths, config = {}] = definition
      // The class's own definition says which names the endpoint has; what it binds them to is its object, for ever.
      const names = { capitalize: this.capitalize }
      super.defineRestApiEndpoint.apply(names as never, definition)
      const group = paths.length > 1 ? paths : paths[0]
      const endpoint = function (this: Requester, params = {}, context = {}) {
        return this[methodName]?.(path, group, method, params, undefined, undefined, config, context)
      }
      for (const name of Object.keys(names))
        if (name !== 'capitalize') Object.assign(this, { [name]: endpoint })
    }

    override handleErrors(...answer: Parameters<Exchange['handleErrors']>) {
      try {
        return super.handleErrors(...answer)
      } catch (error) {
        const [status, , , , headers, text, body] = answer
        throw attach(error, { status, body, text: cut(text), retryAfterMs: retryAfterMs(headers) })
      }
    }

    override handleHttpStatusCode(...answer: Parameters<Exchange['handleHttpStatusCode']>) {
      try {
        super.handleHttpStatusCode(...answer)
      } catch (error) {
        const [status, , , , text] = answer
        throw attach(error, { status, body: undefined, text: cut(text), retryAfterMs: undefined })
      }
    }
  }
}

type Requester = Record<string, ((...request: unknown[]) => Promise<unknown>) | undefined>

function attach(error: unknown, venueAnswer: RawAnswer): unknown {
  return error instanceof Error ? Object.assign(error, { venueAnswer }) : error
}

function cut(text: unknown): string {
  return typeof text === 'string' ? text.slice(0, 200) : ''
}

function retryAfterMs(headers: Readonly<Record<string, string>> | undefined): number | undefined {
  const seconds = Number(headers?.['Retry-After'])
  return seconds > 0 ? seconds * 1_000 : undefined
}
