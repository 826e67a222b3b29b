import { request } from 'undici'
import { z } from 'zod'
import { messageOf, VenueUnavailable } from '../errors.ts'
import type { Question } from './market-source.ts'
import { directAgent } from './public-agent.ts'
import type { VenueCard } from './venue-card.ts'

const timeoutMs = 4_000

/**
 * Asks a venue's public API at `base`, one HTTP request. Throws VenueUnavailable when it does not answer or answers
 * nonsense; with the code rate-limited, and for how long where the venue says it, when it asks for patience: by 429 or 418,
 * or in words of its own that `meaningOf` knows.
 */
export async function askPublic<T>(
  base: string,
  { path, read }: Question<T>,
  meaningOf: VenueCard['meaningOf'] = () => undefined,
): Promise<T> {
  const asked = `${path.split('?', 1)[0]} of ${new URL(base).host}`
  try {
    const signal = AbortSignal.timeout(timeoutMs)
    const { statusCode, headers, body } = await request(new URL(path, base), {
      dispatcher: directAgent,
      signal,
    })
    const text = await body.text()
    const seconds = Number(headers['retry-after'])
    const retryAfterMs = seconds > 0 ? seconds * 1_000 : undefined
    const meaning = isShort(text)
      ? meaningOf({ status: statusCode, body: jsonOf(text), text, retryAfterMs })
      : undefined
    if (statusCode === 429 || statusCode === 418 || meaning?.whose === 'ip') {
      const forMs = retryAfterMs ?? meaning?.retryAfterMs
      throw new VenueUnavailable(`${asked}: HTTP ${statusCode} ${text.slice(0, 120)}`, {
        code: 'rate-limited',
        whose: 'ip',
        ...(forMs !== undefined && { retryAfterMs: forMs }),
      })
    }
    if (statusCode !== 200) throw new Error(`HTTP ${statusCode} ${text.slice(0, 120)}`)
    return read(JSON.parse(text))
  } catch (error) {
    if (error instanceof VenueUnavailable) throw error
    const reason = error instanceof z.ZodError ? ruleOf(error) : messageOf(error)
    throw new VenueUnavailable(`${asked}: ${reason}`, { cause: error })
  }
}

/** A refusal is short; prices of everything are not, and are parsed once. */
const isShort = (text: string) => text.length < 1_000

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The first rule that an answer broke, and where in it. */
function ruleOf({ issues: [issue] }: z.ZodError): string {
  const place = issue?.path.join('.')
  return `${issue?.message}${place ? ` at ${place}` : ''}`
}
