import type { Trouble, WireAnswer } from '../venue.ts'
import { Failure } from './failure.ts'

const idsOfOrders = ['orderId', 'orderLinkId']

/** An error as the venue answers it. Beyond the address's limit it is the edge that answers, in plain words. */
export function failed(
  error: Failure,
  wallMs: number,
  headers: Readonly<Record<string, string>> = {},
): WireAnswer {
  if (error.status !== 200)
    return { status: error.status, headers: { 'content-type': 'text/plain' }, body: error.message }
  return {
    status: 200,
    headers: { 'content-type': 'application/json', ...headers },
    body: bodyOf(error.code, error.message, {}, wallMs),
  }
}

/** The body of every answer. */
export function bodyOf(code: number, text: string, result: unknown, wallMs: number): string {
  return JSON.stringify({ retCode: code, retMsg: text, result, retExtInfo: {}, time: wallMs })
}

/** The venue's error answers for what is its own fault, or the client's haste. */
export function troubled(trouble: Trouble): WireAnswer {
  const now = Date.now()
  switch (trouble.kind) {
    case 'server-error':
      return {
        status: trouble.status,
        headers: { 'content-type': 'application/json' },
        body: bodyOf(10016, 'System error. Please try again later.', {}, now),
      }
    case 'unexpected-response':
      return failed(new Failure(10016, 'System error. Please try again later.'), now)
    case 'timeout':
      return failed(new Failure(10000, 'Server Timeout'), now)
    case 'too-many-requests':
      return failed(new Failure(10006, 'Too many visits!'), now, {
        'x-bapi-limit': '10',
        'x-bapi-limit-status': '0',
        'x-bapi-limit-reset-timestamp': String(now + trouble.retryAfterS * 1000),
      })
    case 'banned':
      return failed(new Failure(403, 'access too frequent', 403), now)
  }
}

/** An answer without the ids of its orders. */
export function nameless(answer: WireAnswer): WireAnswer {
  if (answer.status !== 200) return answer
  const whole = JSON.parse(answer.body)
  const result = without(whole.result)
  if (Array.isArray(result.list)) result.list = result.list.map(without)
  return { ...answer, body: JSON.stringify({ ...whole, result }) }
}

function without(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !idsOfOrders.includes(name)))
}
