import { Problem } from '../problem.ts'

/** No request of ours nests deeper: what does is meant to exhaust whoever walks through it. */
const deepest = 20

/**
 * Refuses what no schema looks for and the database cannot keep: NUL characters and halves of surrogate pairs, in values and
 * names alike, and nesting beyond 20 levels. Walks without recursion, so that depth costs no stack.
 * @throws Problem 400
 */
export function requirePlain(input: unknown): void {
  const left: { value: unknown; depth: number }[] = [{ value: input, depth: 0 }]
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { value, depth } = next
    if (typeof value === 'string') requireText(value)
    if (typeof value !== 'object' || value === null) continue
    if (depth === deepest) throw notPlain(`is nested deeper than ${deepest} levels`)
    for (const [name, inner] of Object.entries(value)) {
      requireText(name)
      left.push({ value: inner, depth: depth + 1 })
    }
  }
}

function requireText(text: string): void {
  if (text.includes('\0')) throw notPlain('contains a NUL character')
  if (!text.isWellFormed()) throw notPlain('contains half a surrogate pair, which is no character')
}

function notPlain(rule: string): Problem {
  return new Problem(400, 'invalid-request', `The request ${rule}.`, {
    advice: 'Leave that out and send the request again.',
  })
}
