import { messageOf } from '../../errors.ts'
import { OutwardRefused, outwardFetch } from '../../outward-fetch.ts'
import { misfit, titanAnswer } from './contract.ts'
import type { TitanProvider } from './provider.ts'
import { isTransientStatus, TitanUnavailable } from './unavailable.ts'

/** Longest answer that is read. */
const maxBytes = 1_000_000

/** Titan behind an HTTP endpoint of the operator: POST as JSON, with the key as bearer token. */
export function httpTitan({
  url,
  key,
}: {
  readonly url: string
  readonly key?: string | undefined
}): TitanProvider {
  const fetch = outwardFetch({ givenBy: 'operator', maxBytes })
  return {
    async ask(question, signal) {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          ...(key !== undefined && { authorization: `Bearer ${key}` }),
        },
        body: JSON.stringify(question),
        signal,
      }).catch(rethrown)
      if (!response.ok) {
        await response.body?.cancel()
        const isTransient = isTransientStatus(response.status)
        throw new TitanUnavailable(
          isTransient ? 'unreachable' : 'refused',
          `titan answers HTTP ${response.status}`,
          {
            isTransient,
          },
        )
      }
      const answer = titanAnswer.safeParse(parsed(await response.text().catch(rethrown)))
      if (!answer.success) {
        const [issue] = answer.error.issues
        throw new TitanUnavailable(
          'bad-answer',
          `titan's answer does not fit: ${issue?.path.join('.') || 'it'} ${issue?.code}`,
        )
      }
      const complaint = misfit(question, answer.data)
      if (complaint !== undefined)
        throw new TitanUnavailable('bad-answer', `titan's answer does not fit: ${complaint}`)
      return answer.data
    },
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new TitanUnavailable('bad-answer', "titan's answer is not JSON")
  }
}

/** What broke the wire, in our words. */
function rethrown(error: unknown): never {
  if (error instanceof OutwardRefused)
    throw new TitanUnavailable('bad-answer', error.message, { cause: error })
  const { name, cause } = error as Error
  if (name === 'TimeoutError' || name === 'AbortError')
    throw new TitanUnavailable('timeout', 'titan did not answer in time', { cause: error })
  throw new TitanUnavailable('unreachable', `titan cannot be reached: ${messageOf(cause ?? error)}`, {
    cause: error,
    isTransient: true,
  })
}
