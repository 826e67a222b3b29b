import type { Trouble, WireAnswer } from '../venue.ts'

const idsOfOrders = ['orderId', 'clientOrderId', 'origClientOrderId', 'algoId', 'clientAlgoId']

/** The venue's error answers for what is its own fault, or the client's haste. */
export function troubled(trouble: Trouble): WireAnswer {
  switch (trouble.kind) {
    case 'server-error':
      return failure(trouble.status, -1000, 'An unknown error occurred while processing the request.')
    case 'unexpected-response':
      return failure(
        500,
        -1006,
        'An unexpected response was received from the message bus. Execution status unknown.',
      )
    case 'timeout':
      return failure(
        504,
        -1007,
        'Timeout waiting for response from backend server. Send status unknown; execution status unknown.',
      )
    case 'too-many-requests':
      return failure(429, -1003, 'Too many requests.', trouble.retryAfterS)
    case 'banned':
      return failure(
        418,
        -1003,
        `Way too many requests; IP banned until ${trouble.untilMs}.`,
        trouble.retryAfterS,
      )
  }
}

/** An answer without the ids of its order. */
export function nameless(answer: WireAnswer): WireAnswer {
  if (answer.status !== 200) return answer
  const { body } = answer
  const rest = Object.entries(JSON.parse(body)).filter(([name]) => !idsOfOrders.includes(name))
  return { ...answer, body: JSON.stringify(Object.fromEntries(rest)) }
}

function failure(status: number, code: number, msg: string, retryAfterS?: number): WireAnswer {
  return {
    status,
    headers: {
      'content-type': 'application/json;charset=UTF-8',
      ...(retryAfterS !== undefined && { 'retry-after': String(retryAfterS) }),
    },
    body: JSON.stringify({ code, msg }),
  }
}
