import { fromNodeHeaders } from 'better-auth/node'
import type { Response as Answer, Request as Asked } from 'express'
import { Problem } from '../problem.ts'
import type { Library } from './library.ts'
import { refusalOf } from './refusals.ts'

/** What of the library is reached from outside. The rest is done by the API, with its rules and its audit. */
const forwarded: ReadonlySet<string> = new Set([
  'POST /sign-in/email',
  'POST /sign-up/email',
  'POST /sign-out',
  'POST /change-password',
  'POST /two-factor/enable',
  'POST /two-factor/disable',
  'POST /two-factor/generate-backup-codes',
  'POST /two-factor/verify-totp',
  'POST /two-factor/verify-backup-code',
])

/** Whether an address under /api/auth is the library's to answer. */
export function isForwarded(method: string, path: string): boolean {
  return forwarded.has(`${method} ${path}`)
}

/** Lets the library answer. What it refuses becomes a Problem, in our words. */
export async function forward(
  auth: Library,
  asked: Asked,
  answer: Answer,
  { url, body }: { readonly url: URL; readonly body: string },
): Promise<void> {
  const headers = fromNodeHeaders(asked.headers)
  headers.delete('content-length')
  const request = new Request(url, { method: asked.method, headers, ...(body !== '' && { body }) })
  const response = await auth.handler(request)
  const text = await response.text()
  answer.set('cache-control', 'no-store')
  for (const cookie of response.headers.getSetCookie()) answer.append('set-cookie', cookie)
  if (response.status >= 400) {
    const wait = Number(response.headers.get('x-retry-after') ?? Number.NaN)
    throw refusalOf(response.status, parsed(text), Number.isFinite(wait) ? Math.max(1, wait) : undefined)
  }
  answer
    .status(response.status)
    .type('json')
    .send(withoutToken(parsed(text)))
}

/** The cookie is the session; the page has no use for a second copy that its scripts can read. */
function withoutToken(said: object): object {
  return Object.fromEntries(Object.entries(said).filter(([name]) => name !== 'token'))
}

function parsed(text: string): Record<string, unknown> {
  try {
    const said: unknown = JSON.parse(text)
    return typeof said === 'object' && said !== null ? (said as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** There is nothing of the library at this address. */
export function notForwarded(path: string): Problem {
  return new Problem(404, 'not-found', `There is nothing at /api/auth${path}.`, {
    advice: 'Look at /api/docs for what there is.',
  })
}
