import type { Trouble, WireAnswer } from '../venue.ts'

const idsOfOrders = ['txid', 'cl_ord_id']

/** The venue's error answers for what is its own fault, or the client's haste. */
export function troubled(trouble: Trouble): WireAnswer {
  switch (trouble.kind) {
    case 'server-error':
      return atTheEdge(trouble.status, 'Web server is returning an unknown error')
    case 'unexpected-response':
      return failed('EGeneral:Internal error')
    case 'timeout':
      return failed('EService:Timeout')
    case 'too-many-requests':
      return atTheEdge(429, 'Too many requests', trouble.retryAfterS)
    case 'banned':
      return atTheEdge(403, 'Access denied', trouble.retryAfterS)
  }
}

/** An error answer in the venue's own form. */
export function failed(text: string): WireAnswer {
  return { status: 200, headers: json, body: JSON.stringify({ error: [text] }) }
}

/** An answer without the ids of its order. */
export function nameless(answer: WireAnswer): WireAnswer {
  const { error, result } = JSON.parse(answer.body) as { error: string[]; result?: object }
  if (result === undefined) return answer
  const rest = Object.entries(result).filter(([name]) => !idsOfOrders.includes(name))
  return { ...answer, body: JSON.stringify({ error, result: Object.fromEntries(rest) }) }
}

export const json = { 'content-type': 'application/json; charset=utf-8' }

/** What comes from in front of the venue's own servers is a web page. */
function atTheEdge(status: number, text: string, retryAfterS?: number): WireAnswer {
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=UTF-8',
      ...(retryAfterS !== undefined && { 'retry-after': String(retryAfterS) }),
    },
    body: `<!DOCTYPE html><html><head><title>${text}</title></head><body>${text}</body></html>`,
  }
}
