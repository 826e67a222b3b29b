import { Agent, request } from 'undici'
import { messageOf, VenueUnavailable } from '#src/errors.ts'

/** Asks one public API. */
export interface PublicHttp {
  /** The parsed answer to a GET. Throws VenueUnavailable with what was asked and what came instead. */
  get(path: string, query?: Readonly<Record<string, string | number>>): Promise<unknown>
  close(): Promise<void>
}

/** Public questions to one origin, over connections of its own: no proxy of the environment is used. */
export function publicHttp(venue: string, origin: string, timeoutMs = 4_000): PublicHttp {
  const agent = new Agent({ connections: 16, pipelining: 1, keepAliveTimeout: 30_000, connectTimeout: 3_000 })
  return {
    async get(path, query) {
      const pairs = Object.entries(query ?? {}).map(([name, value]) => [name, String(value)])
      const search = pairs.length > 0 ? `?${new URLSearchParams(pairs)}` : ''
      let status: number
      let headers: Readonly<Record<string, string | string[] | undefined>>
      let text: string
      try {
        const signal = AbortSignal.timeout(timeoutMs)
        const answer = await request(`${origin}${path}${search}`, { dispatcher: agent, signal })
        status = answer.statusCode
        headers = answer.headers
        text = await answer.body.text()
      } catch (cause) {
        throw new VenueUnavailable(`${venue} did not answer GET ${path}: ${messageOf(cause)}`, { cause })
      }
      if (status === 429 || status === 418) {
        const seconds = Number(headers['retry-after'])
        throw new VenueUnavailable(`${venue} limits requests: HTTP ${status} to GET ${path}`, {
          code: 'rate-limited',
          whose: 'ip',
          ...(seconds > 0 && { retryAfterMs: seconds * 1_000 }),
        })
      }
      if (status !== 200)
        throw new VenueUnavailable(`${venue} answered GET ${path} with HTTP ${status}: ${text.slice(0, 200)}`)
      try {
        return JSON.parse(text)
      } catch (cause) {
        throw new VenueUnavailable(`${venue} answered GET ${path} with no JSON: ${text.slice(0, 80)}`, {
          cause,
        })
      }
    },
    close: () => agent.close(),
  }
}

/** A well-formed answer that is not what was asked for. */
export function badAnswer(venue: string, path: string, rule: string): VenueUnavailable {
  return new VenueUnavailable(`${venue} answered GET ${path}, but ${rule}`)
}
